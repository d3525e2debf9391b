import type { BumpForge, PullRequest } from "../../forge/bump-forge.ts";
import { ForgeError } from "../../forge/forge-error.ts";
import type { Commit } from "../../model/run-context.ts";
import { withMarker } from "./marker.ts";
import type { MarkedProposal, ProposalWarning } from "./proposal.ts";

export interface Completion {
  readonly forge: BumpForge;
  /** The head that this run wrote and nobody else has a commit on, which may be merged without a review. */
  readonly mergeable: Commit | undefined;
  readonly warnings: ProposalWarning[];
}

/**
 * Gives an open pull request all that is wanted besides its branch. The text comes last, as its marker says that the rest is
 * done. What can't be had is a warning, and not tried again before the next version. @returns the pull request as it is then.
 */
export async function completePullRequest(
  pull: PullRequest,
  { title, body, marker, settings }: MarkedProposal,
  { forge, mergeable, warnings }: Completion,
): Promise<PullRequest> {
  const trying = (work: () => Promise<void>, hint: (error: ForgeError) => string) =>
    work().catch((error: unknown) => {
      if (!(error instanceof ForgeError) || error.code === "unavailable") throw error;
      warnings.push({ message: error.message, hint: hint(error) });
    });
  const { reviewers, autoMerge, labels, assignees } = settings;
  if (reviewers.length > 0)
    await trying(
      () => forge.requestReviews(pull, reviewers),
      () => reviewersHint,
    );
  if (autoMerge !== false && mergeable === undefined) warnings.push(unmerged);
  if (autoMerge !== false && mergeable !== undefined) {
    await trying(() => forge.mergeWhenReady(pull, autoMerge, mergeable), autoMergeHint);
  }
  const text = { title, body: withMarker(body, marker) };
  const hasPeople = labels.length + assignees.length > 0;
  const bare = () => forge.edit(pull, { ...text, labels: [], assignees: [] });
  if (!hasPeople) await bare();
  else {
    let isRefused = false;
    await trying(
      () => forge.edit(pull, { ...text, labels, assignees }),
      () => {
        isRefused = true;
        return "see whether these labels and assignees can be given in this repository, and whether the token may";
      },
    );
    if (isRefused) await bare();
  }
  return { ...pull, ...text };
}

const unmerged: ProposalWarning = {
  message: "it is not merged automatically, as this run did not write all of its branch",
  hint: "review and merge it yourself; the next version's pull request is merged automatically again if nobody adds commits",
};

const reviewersHint =
  "name only users who can read the repository (and not the one who makes the pull request); teams take `bump-token`, a token that may see the organization's members";

function autoMergeHint({ message }: ForgeError): string {
  if (/clean status|unstable status/i.test(message)) {
    return "let a rule require a check or a review: auto-merge has nothing to wait for";
  }
  return "switch on `Allow auto-merge` (Settings → General), and see that the merge method is allowed";
}
