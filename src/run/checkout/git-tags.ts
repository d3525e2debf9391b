/** The repository's git tags, whose names no branch may take. */

import { explain } from "../../errors.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure } from "../../git/git-command.ts";
import { tagText } from "../../model/image-tags.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { Log } from "../../ports.ts";

/**
 * Those that the checkout and, unless `offline`, the remote know, as `tagText` writes them; none where no branch's name gives
 * a tag. Most checkouts have no git tags. Where they are unknown, only the forms of names alone are refused.
 */
export async function knownGitTags(
  context: Pick<RunContext, "trigger" | "ref"> | undefined,
  git: Pick<Git, "tags">,
  { log }: { readonly log: Pick<Log, "debug"> },
  offline: boolean,
): Promise<ReadonlySet<string>> {
  const { trigger, ref } = context ?? {};
  const isOfPull = trigger?.kind === "pull-request";
  const isOfBranch = ref?.kind === "branch" && trigger?.kind !== "gone" && trigger?.kind !== "merge-group";
  if (!isOfPull && !isOfBranch) return new Set();
  const names = async (where: "here" | "remote"): Promise<readonly string[]> => {
    try {
      return await git.tags(where);
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      log.debug(`git tags are not known: ${explain(error)}`);
      return [];
    }
  };
  // A pull request gets no branch's tag unless a rule asks for it on purpose.
  const all = await Promise.all([names("here"), offline || isOfPull ? [] : names("remote")]);
  return new Set(all.flat().map(tagText));
}
