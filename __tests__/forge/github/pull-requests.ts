/** Pull requests as GitHub keeps them, and what happens to them when branches move. */
import type { GitStore } from "../git-store.ts";

export interface FakePull {
  readonly number: number;
  readonly branch: string;
  readonly base: string;
  state: "OPEN" | "CLOSED" | "MERGED";
  headOid: string;
  title: string;
  body: string;
  draft: boolean;
  labels: string[];
  assignees: string[];
  reviewers: string[];
  comments: string[];
  autoMerge: string | undefined;
  /** Of the head that may be merged so. */
  autoMergeHead?: string;
  /** From another repository. */
  readonly isOfFork?: boolean;
}

export interface Branches {
  readonly pulls: FakePull[];
  head(branch: string): string | undefined;
  /** Moves, makes or deletes a branch, with all that follows. */
  move(branch: string, to: string | undefined): void;
}

export function branchesOf(git: GitStore): Branches {
  const pulls: FakePull[] = [];
  const head = (branch: string) => git.ref(`refs/heads/${branch}`);
  return {
    pulls,
    head,
    move(branch, to) {
      git.setRef(`refs/heads/${branch}`, to);
      for (const pull of pulls.filter(({ state, isOfFork }) => state === "OPEN" && isOfFork !== true)) {
        if (pull.branch === branch && to === undefined) pull.state = "CLOSED";
        else if (pull.branch === branch || pull.base === branch) follow(pull, pull.branch === branch);
      }
    },
  };

  /** One whose branch has nothing that its base lacks is merged, if its base moved, and else closed. */
  function follow(pull: FakePull, isHead: boolean): void {
    const [from, to] = [head(pull.base), head(pull.branch)];
    if (from === undefined || to === undefined) return;
    pull.headOid = to;
    if (git.contains(from, to)) pull.state = isHead ? "CLOSED" : "MERGED";
  }
}
