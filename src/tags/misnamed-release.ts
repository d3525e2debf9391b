/** Git tags that are written as the release of one image, where no image has that name: a typo, or something else's release. */
import { editDistance } from "../nearest.ts";
import { type Release, type ReleaseNames, type ReleasePattern, readReleaseTag } from "./release-tag.ts";
import type { Rule } from "./rule.ts";
import { usesTag } from "./uses-tag.ts";

export interface MisnamedRelease {
  /** What the tag has in an image's place. */
  readonly name: string;
  /** The image whose name is most like it. */
  readonly nearest: string;
  /** It is that image's name but for a typo. */
  readonly isTypo: boolean;
}

/**
 * `NAME-1.2.3`, `NAME-v…`, `NAME/v…`, `NAME@…` and what has a name in the place of `{{name}}` in a pattern. A number without dots
 * may be anything (`demo-2026`), and counts only where the name is a typo. To be asked of tags that release no image in particular.
 */
export function misnamedRelease(tag: string, all: ReleaseNames): MisnamedRelease | undefined {
  const before = known.get(all.names);
  if (before?.tag === tag && before.releaseTags === all.releaseTags) return before.found;
  const found = findMisnamed(tag, all);
  known.set(all.names, { tag, releaseTags: all.releaseTags, found });
  return found;
}

/** It is asked of every image, and the answer is the same for all. */
const known = new WeakMap<
  readonly string[],
  {
    readonly tag: string;
    readonly releaseTags: ReleaseNames["releaseTags"];
    readonly found: MisnamedRelease | undefined;
  }
>();

function findMisnamed(tag: string, { names, releaseTags }: ReleaseNames): MisnamedRelease | undefined {
  const patterns = [...(releaseTags?.values() ?? [])].flat();
  const candidates = [...named(tag), ...patterns.flatMap((each) => namedBy(tag, each))].slice(0, mostCandidates);
  if (candidates.some(({ name }) => names.includes(name))) return undefined;
  for (const { name } of candidates) {
    const nearest = names.find((each) => isTypoOf(name, each));
    if (nearest !== undefined) return { name, nearest, isTypo: true };
  }
  const certain = candidates.find(({ isCertain }) => isCertain);
  const nearest = certain && closest(certain.name, names);
  return certain === undefined || nearest === undefined ? undefined : { name: certain.name, nearest, isTypo: false };
}

/** Whoever pushes a git tag chooses how long it is, and how many dashes it has. */
const mostCandidates = 20;

/**
 * What a git tag means to an image of the repository: as `readReleaseTag`, but one that names no image releases only images whose
 * own rules say what it means.
 */
export function releaseOfImage(tag: string, name: string, all: ReleaseNames, rules: readonly Rule[]): Release {
  const release = readReleaseTag(tag, name, all);
  // Where it releases images in particular, the rules see less than the whole of it, or it has a pattern's form.
  if (release.kind === "left" || release.tag !== tag) return release;
  const misnamed = misnamedRelease(tag, all);
  if (misnamed === undefined || usesTag(rules, tag)) return release;
  return { kind: "left", because: `the git tag is written as a release of "${misnamed.name}", which is no image` };
}

interface Candidate {
  readonly name: string;
  /** What follows is a version beyond doubt. */
  readonly isCertain: boolean;
}

const version = "\\d+(?:\\.\\d+)*(?:[-+._].*)?";
const versioned = new RegExp(`^v?${version}$`);
const beyondDoubt = /^(?:v\d|\d+\.\d)/;
/** A version that has dashes itself begins with a number, perhaps behind a `v`. */
const isName = (text: string): boolean => /^[a-z]/i.test(text) && !/^v\.?\d/i.test(text);

/** The shortest name first. */
function named(tag: string): readonly Candidate[] {
  return [...tag.matchAll(/[/@-]/g)].flatMap(({ index, 0: separator }) => {
    const [name, rest] = [tag.slice(0, index), tag.slice(index + 1)];
    if (!isName(name) || !versioned.test(rest)) return [];
    return [{ name, isCertain: separator === "@" || beyondDoubt.test(rest) }];
  });
}

function namedBy(tag: string, { parts }: ReleasePattern): readonly Candidate[] {
  if (!parts.some((part) => typeof part !== "string" && part.kind === "value" && part.name === "name")) return [];
  const expression = parts.map((part) => {
    if (typeof part === "string") return part.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    return part.kind === "value" && part.name === "name" ? "([^/@]+?)" : `v?${version}`;
  });
  const name = new RegExp(`^${expression.join("")}$`, "s").exec(tag)?.[1];
  return name === undefined || !isName(name) ? [] : [{ name, isCertain: true }];
}

/** One letter is wrong, missing or too many, or two change places; in a long name that may be so twice. */
function isTypoOf(given: string, name: string): boolean {
  const most = given.length >= 5 ? 2 : 1;
  if (Math.abs(given.length - name.length) > most) return false;
  return editDistance(given.toLowerCase(), name.toLowerCase(), most) <= most;
}

function closest(given: string, names: readonly string[]): string | undefined {
  const text = given.toLowerCase().slice(0, 40);
  const distances = names.map((name) => ({
    name,
    distance: editDistance(text, name.toLowerCase().slice(0, 40), text.length + 40),
  }));
  return distances.sort((a, b) => a.distance - b.distance)[0]?.name;
}
