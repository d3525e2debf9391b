/** The commit whose files decide where those of an untrusted checkout may not. */
import type { ForgeHistory } from "../../git/forge-history.ts";
import { GitFailure } from "../../git/git-command.ts";
import type { Commit, RunContext } from "../../model/run-context.ts";
import { vouchedCommits } from "../../model/trust.ts";

/**
 * The pull request's base, else the event's own commit. Where that may be a fork's, too, as for comments whose ref the forge
 * sets to the pull request's, it is what the default branch has; `undefined` where that is unknown.
 */
export async function untrustedBase(
  context: RunContext,
  history: Pick<ForgeHistory, "commitOf">,
): Promise<Commit | undefined> {
  const { trigger, defaultBranch } = context;
  if (trigger.kind === "pull-request") return trigger.baseCommit;
  const [own] = vouchedCommits(context);
  if (own !== undefined || defaultBranch === undefined) return own;
  try {
    return await history.commitOf(`refs/heads/${defaultBranch}`);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
