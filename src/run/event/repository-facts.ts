/** What a payload may leave out about the repository that the event is about. */

import { explain, UserError } from "../../errors.ts";
import { forgeFacts } from "../../forge/github/forge-facts.ts";
import type { Git } from "../../git/git.ts";
import { unlessGitFails } from "../../git/git-command.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { Outside } from "../outside.ts";

/**
 * The default branch, and whether the repository is private: from the payload, else from the forge's API; the branch also from the
 * remote, where the API doesn't answer.
 */
export async function repositoryFacts(
  { owner, repo, defaultBranch, isPrivate, trigger, apiUrl }: RunContext,
  token: string | undefined,
  git: Pick<Git, "remoteDefault">,
  outside: Pick<Outside, "http" | "limiter" | "clock" | "random" | "signal" | "log">,
): Promise<Pick<RunContext, "defaultBranch" | "isPrivate">> {
  if (defaultBranch !== undefined || trigger.kind === "gone") return { defaultBranch, isPrivate };
  try {
    const known = await forgeFacts({ ...outside, apiUrl, token }).repository(owner, repo);
    if (known !== undefined) return known;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    outside.log.debug(explain(error));
  }
  return { defaultBranch: await unlessGitFails(async () => (await git.remoteDefault())?.branch), isPrivate };
}
