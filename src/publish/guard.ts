/**
 * Whether a tag may go where a run wants it: exact tags are immutable, and moving ones never go backwards. The guard is
 * asked twice, when the plan is made and right before a tag is pushed.
 */

import { pause } from "../lib/pause.ts";
import type { Digest } from "../model/digest.ts";
import { type ImageTag, tagText } from "../model/image-tags.ts";
import type { Platform } from "../model/platform.ts";
import type { Tag } from "../model/reference.ts";
import { type Commit, gitRef } from "../model/run-context.ts";
import { RegistryError } from "../oci/registry/registry-error.ts";
import { exactTagsFor, highestOfLine, isHigher, type PublishedRelease, type Release } from "../plan/version-line.ts";
import type { TagState } from "./registry-tags/tag-state.ts";
import { hasPlatforms } from "./registry-tags/tag-state.ts";

export type Verdict =
  /** The tag doesn't exist. */
  | { readonly kind: "free" }
  /** It names the digest already. */
  | { readonly kind: "there" }
  /** `remark`: a sentence without a full stop. */
  | { readonly kind: "moves"; readonly remark?: string }
  /** It stays where it is; `why` is a clause. */
  | { readonly kind: "stays"; readonly why: string; readonly higher?: PublishedRelease }
  /** It is unknown whether it may move, so it does not; `why` is a clause. */
  | { readonly kind: "unknown"; readonly why: string; readonly hint: string };

/** The run that pushes tags. */
export interface RunIdentity {
  /** The commit that the run is about. */
  readonly commit: Commit;
  /** Its full ref. */
  readonly ref: string;
  /** The same commit is built anew on purpose: by a schedule, or `rebuild: always`. */
  readonly isRebuild: boolean;
  /** `move: any`. */
  readonly mayGoBack: boolean;
  /** `undefined` where the tags are no release's. */
  readonly release: Release | undefined;
  /** Empty: whatever there is. */
  readonly platforms: readonly Platform[];
}

/** How a commit is related to another: it `descends` from it, is the same, is `before` it, or neither. */
export type Position = "descends" | "same" | "before" | "apart" | "unknown";

/** What the guard looks up, only where an answer depends on it. */
export interface History {
  /** How the first stands to the second. */
  position(commit: Commit, to: Commit): Promise<Position>;
  /** Whether the run's commit is what its ref is on the forge now; `undefined` where that is unknown. */
  isHeadNow(): Promise<boolean | undefined>;
  /**
   * All tags of the repository; `undefined` where the registry knows no such repository.
   * @param named tags that may be there, by which a list that is late can be known. @throws RegistryError
   */
  published(named: readonly Tag[]): Promise<readonly Tag[] | undefined>;
  /** With `attest`: whether GitHub lists an attestation of the digest; `undefined` where that is unknown. */
  readonly attested?: (digest: Digest) => Promise<boolean | undefined>;
}

/**
 * @param tagState what the tag holds now; `undefined`: nothing.
 * @param digest what it is wanted on; `undefined` where it isn't built yet.
 */
export async function judge(
  tag: ImageTag,
  tagState: TagState | undefined,
  digest: Digest | undefined,
  identity: RunIdentity,
  history: History,
): Promise<Verdict> {
  if (tagState !== undefined && tagState.digest === digest) return { kind: "there" };
  if (!tag.moves) return tagState === undefined ? { kind: "free" } : judgeExact(tag, tagState, identity, history);
  if (identity.release !== undefined && !identity.mayGoBack)
    return judgeLine(tag.tag, identity.release, tagState, history);
  if (tagState === undefined) return { kind: "free" };
  return identity.mayGoBack ? { kind: "moves" } : judgeHistory(tag.tag, tagState, identity, history);
}

/** Only what was made from this commit or one before it is promoted: no other branch's work. */
export async function isFromOwnHistory(
  { revision }: TagState,
  { commit }: Pick<RunIdentity, "commit">,
  history: Pick<History, "position">,
): Promise<boolean> {
  if (revision === undefined || revision === commit) return true;
  return (await history.position(commit, revision)) === "descends";
}

async function judgeExact(
  { of }: ImageTag,
  tagState: TagState,
  { commit, isRebuild, platforms, release }: RunIdentity,
  history: History,
): Promise<Verdict> {
  if (of === "content" && !hasPlatforms(tagState, platforms)) {
    return { kind: "moves", remark: "it was missing a platform" };
  }
  const isSame = tagState.revision === undefined || tagState.revision === commit;
  if (of === "commit" && isSame && (isRebuild || !hasPlatforms(tagState, platforms))) return { kind: "moves" };
  // Of a release, others have found that it is the same content.
  const mayBeMadeAgain = of !== "content" && (isSame || release !== undefined);
  if (mayBeMadeAgain && (await isUnattested(tagState, history))) return { kind: "moves", remark: unattested };
  const from = tagState.revision === undefined ? "" : `, made from ${short(tagState.revision)}`;
  return { kind: "stays", why: `it names other bytes already${from}` };
}

/** So many tags are compared without a pause. */
const atOnce = 5_000;

/** A promoted digest doesn't show which release it was made for: the exact tags of all releases do. */
async function judgeLine(
  tag: Tag,
  release: Release,
  tagState: TagState | undefined,
  history: History,
): Promise<Verdict> {
  const published = await listed(release, tagState, history);
  if ("kind" in published) return published;
  let highest = highestOfLine(tag, release, [release.tag]);
  // A registry may list a million.
  for (let at = 0; at < published.length; at += atOnce) {
    const before = highest === undefined ? [] : [highest.tag];
    highest = highestOfLine(tag, release, [...before, ...published.slice(at, at + atOnce)]);
    if (at + atOnce < published.length) await pause();
  }
  if (highest === undefined || !isHigher(highest.version, release.version))
    return { kind: tagState ? "moves" : "free" };
  return { kind: "stays", why: `${highest.version} is published, which is higher`, higher: highest };
}

/** Higher releases are unknown where the registry can't list tags, or denies a repository that has a tag. */
async function listed(
  release: Release,
  tagState: TagState | undefined,
  history: History,
): Promise<readonly Tag[] | Verdict> {
  const { kind, name } = gitRef(tagState?.record?.ref ?? "");
  try {
    const published = await history.published(kind === "tag" ? exactTagsFor(name, release) : []);
    if (published !== undefined || tagState === undefined) return published ?? [];
    return unlisted("the registry lists no tags of the repository, though it has some", "run again once it lists them");
  } catch (error) {
    if (error instanceof RegistryError) return unlisted(error.message, error.hint);
    throw error;
  }
}

function unlisted(why: string, hint: string): Verdict {
  return {
    kind: "unknown",
    why: `whether a higher release is published is unknown without the list of tags: ${why}`,
    hint: `${hint}. \`move: any\` moves the tags without the list`,
  };
}

async function judgeHistory(tag: Tag, tagState: TagState, identity: RunIdentity, history: History): Promise<Verdict> {
  const { revision, isUnread } = tagState;
  if (isUnread) {
    if ((await history.isHeadNow()) === true) return { kind: "moves" };
    const why = `it names ${tagState.digest}, whose commit is unknown: ${tagState.doubt ?? "the registry doesn't have all of it"}`;
    return { kind: "unknown", why, hint: unreadDigest };
  }
  if (revision === undefined) {
    return { kind: "moves", remark: "the commit of what it named before is unknown" };
  }
  const position = await history.position(identity.commit, revision);
  if (position === "descends") return { kind: "moves" };
  if (position === "same") {
    if (identity.isRebuild || !hasPlatforms(tagState, identity.platforms)) return { kind: "moves" };
    return (await isUnattested(tagState, history))
      ? { kind: "moves", remark: unattested }
      : { kind: "stays", why: "what it names was made from the same commit" };
  }
  const other = otherBranch(tag, tagState, identity);
  if (other === undefined && (await history.isHeadNow()) === true) return { kind: "moves" };
  const named = `it names commit ${short(revision)}`;
  if (position === "unknown") {
    return { kind: "unknown", why: `${named}, and whether that is older is unknown`, hint: unknownAncestry };
  }
  if (position === "before") return { kind: "stays", why: `${named}, which is newer` };
  const of = other === undefined ? "" : ` of the branch ${other}`;
  return { kind: "stays", why: `${named}${of}, which isn't an ancestor of this one` };
}

/** The branch that the tag was pushed for, where another one gives the same tag: `feature/a` and `feature-a`. */
function otherBranch(tag: Tag, { record }: TagState, { ref }: RunIdentity): string | undefined {
  if (record === undefined || record.ref === ref) return undefined;
  const { kind, name } = gitRef(record.ref);
  return kind === "branch" && tagText(name) === tag ? name : undefined;
}

const unknownAncestry =
  "check out with `fetch-depth: 0`, or give `token` the right to read the repository; `move: any` moves the tag whatever it names";

const unreadDigest = "run this again once the registry has the digest; `move: any` moves the tag whatever it names";

const unattested = "GitHub lists no attestation of what it named before";

/** What a run of ours left without its attestation is made again under the same name; not to know is no reason for that. */
async function isUnattested({ record, digest }: TagState, { attested }: History): Promise<boolean> {
  return record !== undefined && attested !== undefined && (await attested(digest)) === false;
}

function short(commit: Commit): string {
  return commit.slice(0, 7);
}
