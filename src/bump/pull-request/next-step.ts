/** What is to be done next to a branch and its pull request. Pure; `propose.ts` does it, and asks again. */

import type { BranchCommit, BranchFacts, PullRequest } from "../../forge/bump-forge.ts";
import type { Commit } from "../../model/run-context.ts";
import type { MovedFile } from "../moved.ts";
import { noPinCommits, type PinCommits } from "./branch-history.ts";
import { type Marker, readMarker, readTrailer } from "./marker.ts";
import { isOwnCommit } from "./own-commit.ts";

/** The state of a branch and its pull requests. */
export interface BranchState {
  readonly head: Commit | undefined;
  /** There is no such branch, it has nothing of its own, or one of its commits moves our pins and nothing else. */
  readonly mayBeWritten: boolean;
  /** What our commit makes, where the branch ends in one. */
  readonly marker: Marker | undefined;
  /** What others have put on the branch: nothing, only merges of other branches, or work of their own. */
  readonly others: "nothing" | "merges" | "work";
  /** The edits that commits of ours on the branch make, wherever on it they are. */
  readonly editsOnBranch: ReadonlySet<string>;
  readonly open: PullRequest | undefined;
  /** Versions that a person closed a pull request of. */
  readonly declined: ReadonlySet<string>;
  /** What still moves in the files that the branch has; `undefined`: nobody has looked. */
  readonly unmoved: readonly MovedFile[] | undefined;
}

/** `undefined` for nothing, as all pins are where they are wanted. */
export type Wanted =
  | {
      readonly at: Commit;
      readonly files: readonly MovedFile[];
      readonly marker: Marker;
      /** Set where it has what the branch has, too. */
      readonly joint?: Joint;
    }
  | undefined;

export interface Joint {
  /** None of it is for this run's own sake. */
  readonly isOfOthers: boolean;
  /** The branch has a newer version of what this run publishes. */
  readonly isOvertaken: boolean;
}

export type BumpStep =
  | { readonly kind: "none"; readonly because: "up-to-date" | "declined" | "left" | "newer" | "foreign" }
  /** See what moves in the files that the branch has. */
  | { readonly kind: "read"; readonly head: Commit }
  /** A commit on `parent`, and the branch on it. */
  | { readonly kind: "write"; readonly parent: Commit; readonly files: readonly MovedFile[] }
  | { readonly kind: "open" }
  /** Its text, labels, people. */
  | { readonly kind: "complete"; readonly pull: PullRequest }
  | { readonly kind: "close"; readonly pull: PullRequest }
  | { readonly kind: "delete-branch"; readonly head: Commit };

/**
 * @param pinCommits what the branch's commits change: a marker is trusted only in a commit that moves pins alone.
 * @param declined versions of closed pull requests that were ours.
 */
export function branchStateOf(
  { head, commits, pullRequests }: BranchFacts,
  pinCommits: PinCommits = noPinCommits,
  declined: ReadonlySet<string> = new Set(),
): BranchState {
  // What was merged, perhaps as other commits, is nobody's any more.
  const isMerged = pullRequests.some((pull) => pull.state === "merged" && pull.head === head);
  const known = isMerged ? [] : commits;
  const others = othersOn(known, pinCommits);
  const newest = others === "nothing" ? known?.find(({ id }) => id === head) : undefined;
  return {
    head,
    mayBeWritten: head === undefined || known?.length === 0 || pinCommits.first.size > 0,
    marker: newest === undefined ? undefined : readTrailer(newest.message),
    others,
    editsOnBranch: new Set(pinCommits.markers.map(({ edit }) => edit)),
    open: pullRequests.find(({ state }) => state === "open"),
    declined,
    unmoved: undefined,
  };
}

/** Only what is as we made it, on the base, is nobody else's. */
function othersOn(commits: readonly BranchCommit[] | undefined, { first, later }: PinCommits): BranchState["others"] {
  if (commits === undefined) return "work";
  const isOwn = (commit: BranchCommit, moves: PinCommits["first"]) => isOwnCommit(commit) && moves.has(commit.id);
  if (commits.every((commit) => isOwn(commit, first))) return "nothing";
  const foreign = commits.filter((commit) => !isOwn(commit, first) && !isOwn(commit, later));
  return foreign.length > 0 && foreign.every(({ parents }) => parents > 1) ? "merges" : "work";
}

export function nextStep(branch: BranchState, wanted: Wanted): BumpStep {
  if (!branch.mayBeWritten) return { kind: "none", because: "foreign" };
  return wanted === undefined ? toNothing(branch) : toWanted(branch, wanted);
}

/** A branch with commits of others stays, and with work of theirs its pull request, too. */
function toNothing({ head, open, others }: BranchState): BumpStep {
  if (open !== undefined) return others === "work" ? left : { kind: "close", pull: open };
  if (head === undefined) return upToDate;
  return others === "nothing" ? { kind: "delete-branch", head } : left;
}

function toWanted(branch: BranchState, wanted: NonNullable<Wanted>): BumpStep {
  const { open, declined } = branch;
  if (wanted.joint?.isOfOthers === true) return upToDate;
  if (open === undefined && declined.has(wanted.marker.version)) return { kind: "none", because: "declined" };
  const onBranch = branch.others === "nothing" ? onOwnBranch(branch, wanted) : onSharedBranch(branch, wanted);
  if (onBranch !== undefined) return onBranch;
  if (open === undefined) return { kind: "open" };
  return readMarker(open.body)?.edit === wanted.marker.edit ? upToDate : { kind: "complete", pull: open };
}

/** Built anew for another edit, unless it is a later run's, whose pins must not go back. @returns `undefined`: it is right. */
function onOwnBranch({ head, marker, unmoved }: BranchState, wanted: NonNullable<Wanted>): BumpStep | undefined {
  const { joint } = wanted;
  if (head !== undefined && marker?.edit === wanted.marker.edit) {
    return joint?.isOvertaken === true ? { kind: "none", because: "newer" } : undefined;
  }
  if (head !== undefined && joint === undefined && marker !== undefined && marker.version !== wanted.marker.version) {
    if (unmoved === undefined) return { kind: "read", head };
    if (unmoved.length === 0) return { kind: "none", because: "newer" };
  }
  return { kind: "write", parent: wanted.at, files: wanted.files };
}

/** On top of what others did. @returns `undefined`: it is right. */
function onSharedBranch(
  { head, open, unmoved, editsOnBranch }: BranchState,
  { marker }: NonNullable<Wanted>,
): BumpStep | undefined {
  // Once it was brought there, what becomes of it is theirs to say.
  const isComplete = open !== undefined && readMarker(open.body)?.edit === marker.edit;
  if (isComplete && editsOnBranch.has(marker.edit)) return left;
  if (head === undefined) return undefined;
  if (unmoved === undefined) return { kind: "read", head };
  return unmoved.length === 0 ? undefined : { kind: "write", parent: head, files: unmoved };
}

const upToDate: BumpStep = { kind: "none", because: "up-to-date" };
const left: BumpStep = { kind: "none", because: "left" };
