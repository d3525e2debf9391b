/** Which branch's pins follow what a run is about. */

import { explain, UserError } from "../../errors.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure } from "../../git/git-command.ts";
import { type Commit, isPullRequestRef, type RunContext } from "../../model/run-context.ts";
import type { History } from "../../publish/guard.ts";

export type BumpTarget =
  | {
      readonly kind: "branch";
      readonly branch: string;
      readonly isDefault: boolean;
      /** Where it stands now. */
      readonly at: Commit;
    }
  /** Pins stay, with the reason as a clause. */
  | { readonly kind: "none"; readonly because: string };

interface TargetRun {
  readonly context: RunContext;
  /** What is checked out is of the ref that the run is about. */
  readonly isAtEvent: boolean;
  readonly git: Pick<Git, "remoteCommit" | "missing" | "fetch">;
}

export type OnBranch = Extract<BumpTarget, { readonly kind: "branch" }>;

/**
 * Pins follow what was made from the branch that they are on: from its pushes, schedules and dispatches, and from releases of
 * commits that it contains. Other branches keep theirs. The branch is on this machine afterwards. @throws UserError where
 * it is unknown or can't be fetched.
 */
export async function bumpTarget(
  wanted: string | undefined,
  session: TargetRun,
  history: Pick<History, "position">,
): Promise<BumpTarget> {
  const { context, isAtEvent } = session;
  const { ref, trigger, defaultBranch, commit } = context;
  const branch = wanted ?? defaultBranch;
  if (trigger.kind === "pull-request" || trigger.kind === "merge-group" || isPullRequestRef(ref.full)) {
    return none("a pull request moves none");
  }
  if (trigger.kind === "gone") return none(trigger.what);
  if (!isAtEvent) return none("the checkout is not at the event's commit");
  if (branch === undefined) {
    throw new UserError("the repository's default branch is unknown, so its pins can't be updated", {
      hint: "name it in the config file: `bump: {branch: main}`",
    });
  }
  if (ref.kind === "branch" && ref.name !== branch) return none(`they follow ${branch}, and this is ${ref.name}`);
  const at = await broughtHere(branch, session);
  if (ref.kind !== "branch") {
    const position = await history.position(at, commit);
    if (position !== "same" && position !== "descends") {
      return none(`${ref.name} is not known to be of ${branch}, whose pins follow`);
    }
  }
  return { kind: "branch", branch, isDefault: branch === defaultBranch, at };
}

/** What git writes where nobody answers. */
const unreachable =
  /could not resolve host|failed to connect|couldn't connect|connection (?:refused|reset|timed out)|network is unreachable/i;

async function broughtHere(branch: string, { git, context }: TargetRun): Promise<Commit> {
  const unknown = (cause?: unknown) =>
    new UserError(`the branch ${branch}, whose pins are to follow, can't be read from the remote`, {
      hint: unreachable.test(explain(cause))
        ? "check the network (and its proxy settings), and run again once the forge answers"
        : context.runUrl !== undefined
          ? "let the checkout keep its credentials, or give `token` the right to read the repository"
          : `check that \`git fetch origin ${branch}\` works here, or set IMAGE_PUBLISH_TOKEN`,
      cause,
    });
  try {
    const at = await git.remoteCommit(`refs/heads/${branch}`);
    if (at === undefined) throw unknown();
    if ((await git.missing([at])).length > 0) {
      const fetched = await git.fetch([at], "tip");
      if (fetched.kind !== "fetched") throw unknown(fetched.kind === "failed" ? fetched.failure : undefined);
    }
    return at;
  } catch (error) {
    throw error instanceof GitFailure ? unknown(error) : error;
  }
}

function none(because: string): BumpTarget {
  return { kind: "none", because };
}
