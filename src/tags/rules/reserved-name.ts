/** Tags that mean something to others, so that no name which somebody else may choose gives them. */
import { readPep440 } from "../versions/pep440.ts";

/** What a name is of: whoever may push a branch may do less than whoever may push a git tag. */
export type NameKind = "branch" | "git tag";

/**
 * What a tag that comes from such a name would be taken for, as a phrase; `undefined` for a tag that is nobody's. Anyone who
 * may push a branch could otherwise replace a release: the reference lets a branch `1.2` take the tag `1.2`.
 */
export function reservedMeaning(text: string, kind: NameKind = "branch"): string | undefined {
  return meanings.find(({ matches, of = both }) => of.includes(kind) && matches(text))?.meaning;
}

const both: readonly NameKind[] = ["branch", "git tag"];

interface Meaning {
  readonly meaning: string;
  readonly matches: (text: string) => boolean;
  /** Whose names give no such tag. */
  readonly of?: readonly NameKind[];
}

const meanings: readonly Meaning[] = [
  { meaning: "the tag latest", matches: (text) => /^latest$/i.test(text) },
  { meaning: "a pull request", matches: (text) => /^pr-\d+$/i.test(text) },
  { meaning: "the images' cache", matches: (text) => /^buildcache/i.test(text) },
  // Ours has 16 digits; with an ending it is taken for one where it can't be a word.
  { meaning: "a source hash", matches: (text) => /^src-(?:[0-9a-f]+$|[0-9a-f]{7,}[-_.]|[0-9a-f]{16})/i.test(text) },
  // Referrers and signatures of images, where a registry has no other place for them (OCI distribution-spec, "Referrers Tag Schema").
  { meaning: "what belongs to a digest", matches: (text) => /^sha(?:256|384|512)-[0-9a-f]{64}/i.test(text) },
  { meaning: "a commit", of: ["branch"], matches: (text) => /^sha-[0-9a-f]+$/i.test(text) || isCommitLike(text) },
  { meaning: "a version", of: ["branch"], matches: isVersionLike },
];

/** A commit or its beginning: 7 digits and more, or fewer where the run's own are shorter. */
export function isCommitLike(text: string, shortest = 7): boolean {
  return /^[0-9a-f]{1,64}$/i.test(text) && text.length >= Math.min(shortest, 7);
}

/** Semantic, Python's and calendar versions, whole or in part, with or without a `v`. */
export function isVersionLike(text: string): boolean {
  return dotted.test(text) || isVersion(text);
}

/**
 * Whether a tag that names its commit is a version all the same: `1.2.3-e973f3c` is one of semver, `2026.06-e973f3c` of the
 * calendar; `1.2-e973f3c` is a branch `1.2` and its commit, which nothing else is called.
 */
export function isVersionWithCommit(text: string): boolean {
  return isVersion(text) || (dotted.test(text) && !/^v?\d+\.\d+[-+_]/i.test(text));
}

function isVersion(text: string): boolean {
  // In a tag the epoch's `!` is a dash: `1!2.0` is `1-2.0`.
  return calendar.some((each) => each.test(text)) || isPythonVersion(text) || isPythonVersion(text.replace("-", "!"));
}

/** Whether it is a version as Python writes them (`1.2`, `1.0rc1`), which has no words of anybody's own in it. */
export function isPythonVersion(text: string): boolean {
  return readPep440(text) !== undefined;
}

/** `1.2`, `1.2.3-rc.1`, `2026.11.30-e973f3c`. */
const dotted = /^v?\d+(?:\.\d+)+(?:[-+_].*)?$/i;

const calendar = [
  // 2026-11-30, 1_2_3
  /^v?\d+(?:[-_.]\d+)*$/i,
  // 2026-11-e973f3c, 20261130-e973f3c, 20261130T101500Z
  /^v?(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])(?:\1(?:0[1-9]|[12]\d|3[01]))?(?:[-_.][0-9a-f]{7,40}|[-_.]?t\d{2,6}z?|[-_.](?:a|b|rc|alpha|beta|dev|pre)[-_.]?\d*)$/i,
  // 2026-W48, 2026.Q4
  /^v?(?:19|20)\d\d[-_.]?(?:w\d\d?|q[1-4])$/i,
];
