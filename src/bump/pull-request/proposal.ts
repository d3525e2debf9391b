/** What a run wants of a bump's branch and pull request, and how it settles them. */

import type { BranchPair, MergeMethod, PullRequestText } from "../../forge/bump-forge.ts";
import type { Commit } from "../../model/run-context.ts";
import type { MovedFile } from "../moved.ts";
import type { Marker } from "./marker.ts";
import type { Joint } from "./next-step.ts";

/** How pull requests are made; the part `bump` of the config file. */
export interface PullRequestSettings {
  /** Those that the repository lacks are made. */
  readonly labels: readonly string[];
  /** Users, or teams as `organisation/team`. */
  readonly reviewers: readonly string[];
  readonly assignees: readonly string[];
  readonly draft: boolean;
  /** How it is merged automatically once the repository's rules allow it. */
  readonly autoMerge: MergeMethod | false;
  /** One for all images, rather than one for each. */
  readonly grouped: boolean;
}

export const defaultPullRequestSettings: PullRequestSettings = {
  labels: [],
  reviewers: [],
  assignees: [],
  draft: false,
  autoMerge: false,
  grouped: false,
};

export interface Proposal extends PullRequestText {
  /** The commit of the base that the files were read at. */
  readonly at: Commit;
  /** At least one. */
  readonly files: readonly MovedFile[];
  readonly settings: PullRequestSettings;
  /** The same move in files that others have changed meanwhile, on the branch: the files that still move there. */
  readonly moveAgain: (
    files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  ) => readonly MovedFile[] | Promise<readonly MovedFile[]>;
}

/** `joint`: it has what the branch had, too. */
export type MarkedProposal = Proposal & { readonly marker: Marker; readonly joint?: Joint };

/** A proposal that takes nothing back which our commits on the branch have moved. */
export type JointProposal = Proposal & { readonly joint: Joint };

export interface ProposalWarning {
  readonly message: string;
  readonly hint: string;
}

export interface ProposalResult extends BranchPair {
  readonly outcome:
    | "opened"
    /** The open one shows what is wanted now. */
    | "updated"
    /** It was as it is wanted, or nothing was wanted and there was nothing. */
    | "unchanged"
    | "closed"
    /** A person closed it: this version is not proposed again. */
    | "declined"
    /** A later run was faster: what it proposes is newer. */
    | "newer"
    /** It is left to those who have put commits of their own on its branch. */
    | "left"
    | "refused";
  readonly pullRequest: { readonly number: number; readonly url: string } | undefined;
  /** Why it was refused, or what could not be done besides. */
  readonly warnings: readonly ProposalWarning[];
  /** Where a person can make the pull request, where that alone was refused. */
  readonly newPullRequestUrl: string | undefined;
}
