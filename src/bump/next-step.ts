/** What is to be done next to a branch and its pull request. Pure; `propose.ts` does it, and asks again. */
import type { Commit } from "../context/run-context.ts";
import type { BranchState, PullRequest } from "./forge/bump-forge.ts";
import { type Marker, readMarker, readTrailer } from "./marker.ts";
import type { MovedFile } from "./moved.ts";
import { isOwnCommit } from "./own-commit.ts";

/** What counts of a branch and its pull requests. */
export interface Standing {
  readonly head: Commit | undefined;
  /** What our commit makes, where the branch ends in one. */
  readonly marker: Marker | undefined;
  /** What others have put on the branch: nothing, only merges of other branches, or work of their own. */
  readonly others: "nothing" | "merges" | "work";
  readonly open: PullRequest | undefined;
  /** Versions that a person closed a pull request of. */
  readonly declined: ReadonlySet<string>;
  /** What still moves in the files that the branch has; `undefined`: nobody has looked. */
  readonly unmoved: readonly MovedFile[] | undefined;
}

/** `undefined` for nothing, as all pins are where they are wanted. */
export type Wanted = { readonly at: Commit; readonly files: readonly MovedFile[]; readonly marker: Marker } | undefined;

export type Step =
  | { readonly kind: "none"; readonly because: "settled" | "declined" | "left" | "newer" }
  /** See what moves in the files that the branch has. */
  | { readonly kind: "read"; readonly head: Commit }
  /** A commit on `parent`, and the branch on it. */
  | { readonly kind: "write"; readonly parent: Commit; readonly files: readonly MovedFile[] }
  | { readonly kind: "open" }
  /** Its text, labels, people. */
  | { readonly kind: "complete"; readonly pull: PullRequest }
  | { readonly kind: "close"; readonly pull: PullRequest }
  | { readonly kind: "delete-branch"; readonly head: Commit };

export function standingOf({ head, commits, pullRequests }: BranchState): Standing {
  // What was merged, perhaps as other commits, is nobody's any more.
  const isMerged = pullRequests.some((pull) => pull.state === "merged" && pull.head === head);
  const known = isMerged ? [] : commits;
  const foreign = known?.filter((commit) => !isOwnCommit(commit));
  const newest = known?.find(({ id }) => id === head);
  const closed = pullRequests.filter(({ state }) => state === "closed");
  return {
    head,
    marker: newest === undefined || !isOwnCommit(newest) ? undefined : readTrailer(newest.message),
    others:
      foreign?.length === 0 ? "nothing" : foreign?.every(({ parents }) => parents > 1) === true ? "merges" : "work",
    open: pullRequests.find(({ state }) => state === "open"),
    declined: new Set(closed.flatMap(({ body }) => readMarker(body)?.version ?? [])),
    unmoved: undefined,
  };
}

export function nextStep(standing: Standing, wanted: Wanted): Step {
  return wanted === undefined ? toNothing(standing) : toWanted(standing, wanted);
}

/** A branch with commits of others stays, and with work of theirs its pull request, too. */
function toNothing({ head, open, others }: Standing): Step {
  if (open !== undefined) return others === "work" ? left : { kind: "close", pull: open };
  if (head === undefined) return settled;
  return others === "nothing" ? { kind: "delete-branch", head } : left;
}

function toWanted(standing: Standing, wanted: NonNullable<Wanted>): Step {
  const { open, declined } = standing;
  if (open === undefined && declined.has(wanted.marker.version)) return { kind: "none", because: "declined" };
  const onBranch = standing.others === "nothing" ? onOurBranch(standing, wanted) : onSharedBranch(standing, wanted);
  if (onBranch !== undefined) return onBranch;
  if (open === undefined) return { kind: "open" };
  return readMarker(open.body)?.edit === wanted.marker.edit ? settled : { kind: "complete", pull: open };
}

/** Built anew for another edit, unless it is a later run's, whose pins must not go back. @returns `undefined`: it is right. */
function onOurBranch({ head, marker, unmoved }: Standing, wanted: NonNullable<Wanted>): Step | undefined {
  if (head !== undefined && marker?.edit === wanted.marker.edit) return undefined;
  if (head !== undefined && marker !== undefined && marker.version !== wanted.marker.version) {
    if (unmoved === undefined) return { kind: "read", head };
    if (unmoved.length === 0) return { kind: "none", because: "newer" };
  }
  return { kind: "write", parent: wanted.at, files: wanted.files };
}

/** On top of what others did. @returns `undefined`: it is right. */
function onSharedBranch({ head, open, unmoved }: Standing, { marker }: NonNullable<Wanted>): Step | undefined {
  // Once it was brought there, what becomes of it is theirs to say.
  if (open !== undefined && readMarker(open.body)?.edit === marker.edit) return left;
  if (head === undefined) return undefined;
  if (unmoved === undefined) return { kind: "read", head };
  return unmoved.length === 0 ? undefined : { kind: "write", parent: head, files: unmoved };
}

const settled: Step = { kind: "none", because: "settled" };
const left: Step = { kind: "none", because: "left" };
