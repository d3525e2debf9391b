/** Branches and pull requests of one repository on its forge, as far as bumps need them. */
import type { RepositoryPath } from "../model/repository-path.ts";
import type { Commit } from "../model/run-context.ts";

/** What every method rejects with is a `ForgeError`. */
export interface BumpForge {
  /** How a branch of ours stands to the branch that it is for. */
  look(branch: BranchPair): Promise<BranchFacts>;
  /** A file's bytes at a commit; `undefined`: it is not there. */
  read(commit: Commit, path: RepositoryPath): Promise<Uint8Array | undefined>;
  /** Makes one commit and lets the branch name it, if the branch still stands where `write.head` says. @returns the commit. */
  write(write: BranchWrite): Promise<Commit>;
  /** Deletes the branch, if it still points to `head`. */
  deleteBranch(branch: string, head: Commit): Promise<void>;
  open(pull: BranchPair & PullRequestText & { readonly draft: boolean }): Promise<PullRequest>;
  /** Labels and assignees are added to those that it has. */
  edit(pull: PullRequest, to: PullRequestText & Pick<PullRequest, "labels" | "assignees">): Promise<void>;
  /** `reviewers` are users, or teams as `organisation/team`. */
  requestReviews(pull: PullRequest, reviewers: readonly string[]): Promise<void>;
  /** Lets it be merged as soon as the repository's rules allow it, if it is still at this head. */
  mergeWhenReady(pull: PullRequest, method: MergeMethod, head: Commit): Promise<void>;
  /** Says why, in Markdown, and closes it. `body` is what it then says. */
  close(pull: PullRequest, why: string, body: string): Promise<void>;
}

export type MergeMethod = "merge" | "squash" | "rebase";

export interface BranchPair {
  readonly branch: string;
  /** The branch that the pull request wants to go to. */
  readonly base: string;
}

export interface PullRequestText {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

export interface BranchFacts {
  /** `undefined`: there is no such branch. */
  readonly head: Commit | undefined;
  /** What the branch has and the base has not, in any order; `undefined`: too much to be listed. */
  readonly commits: readonly BranchCommit[] | undefined;
  /** From this branch (of this repository, no fork's) to this base, in whatever state, newest first. */
  readonly pullRequests: readonly PullRequest[];
}

export interface BranchCommit {
  readonly id: Commit;
  readonly message: string;
  readonly parents: number;
  readonly author: Signature;
  readonly committer: Signature;
}

export interface Signature {
  readonly email: string;
  /** RFC 3339. */
  readonly date: string;
}

export interface PullRequest extends PullRequestText {
  readonly number: number;
  /** What the forge calls it elsewhere than in addresses: GitHub's node id. */
  readonly id: string;
  /** Its page. */
  readonly url: string;
  readonly state: "open" | "closed" | "merged";
  /** Where its branch stood when it was last looked at. */
  readonly head: Commit | undefined;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

export interface BranchWrite extends BranchPair {
  /** Where the branch stands; `undefined`: it is not there. */
  readonly head: Commit | undefined;
  /** The commit's parent: `head`, or a commit of the base, on which the branch is then built anew. */
  readonly parent: Commit;
  readonly files: readonly FileWrite[];
  readonly message: CommitMessage;
  /** The branch's open pull request, which stays the one that it is. */
  readonly pullRequest: PullRequest | undefined;
}

/** An existing file, whose mode stays. */
export interface FileWrite {
  readonly path: RepositoryPath;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface CommitMessage {
  /** One line. */
  readonly headline: string;
  readonly body: string;
}
