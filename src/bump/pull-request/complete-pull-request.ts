import type { BumpForge, PullRequest } from "../../forge/bump-forge.ts";
import { ForgeError } from "../../forge/forge-error.ts";
import type { Commit } from "../../model/run-context.ts";
import { withMarker } from "./marker.ts";
import type { MarkedProposal, ProposalWarning } from "./proposal.ts";

export interface Completed {
  /** The pull request as it is then. */
  readonly pull: PullRequest;
  /** What could not be had; it is not tried again before the next version. */
  readonly warnings: readonly ProposalWarning[];
  /** Why it is not complete. */
  readonly error?: ForgeError;
}

/**
 * Gives an open pull request all that is wanted besides its branch. The text comes last, as its marker says that the rest is
 * done.
 * @param mergeable the head that this run wrote and nobody else has a commit on, which may be merged without a review.
 */
export async function completePullRequest(
  pull: PullRequest,
  { title, body, marker, settings }: MarkedProposal,
  forge: BumpForge,
  mergeable: Commit | undefined,
): Promise<Completed> {
  const { reviewers, autoMerge, labels, assignees } = settings;
  const warnings: ProposalWarning[] = [];
  const tried = async (work: Promise<void>, hint: (error: ForgeError) => string): Promise<boolean> => {
    const warning = await refusalOf(work, hint);
    if (warning !== undefined) warnings.push(warning);
    return warning === undefined;
  };
  const text = { title, body: withMarker(body, marker) };
  const bare = { ...text, labels: [], assignees: [] };
  try {
    if (reviewers.length > 0) await tried(forge.requestReviews(pull, reviewers), () => reviewersHint);
    if (autoMerge !== false && mergeable === undefined) warnings.push(unmerged);
    if (autoMerge !== false && mergeable !== undefined)
      await tried(forge.mergeWhenReady(pull, autoMerge, mergeable), autoMergeHint);
    const hasPeople = labels.length + assignees.length > 0;
    const isComplete = hasPeople && (await tried(forge.edit(pull, { ...text, labels, assignees }), () => peopleHint));
    if (!isComplete) await forge.edit(pull, bare);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { pull, warnings, error };
  }
  return { pull: { ...pull, ...text }, warnings };
}

/** What a forge refuses of a pull request, as a warning. @throws ForgeError where it is unavailable. */
async function refusalOf(
  work: Promise<void>,
  hint: (error: ForgeError) => string,
): Promise<ProposalWarning | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!(error instanceof ForgeError) || error.code === "unavailable") throw error;
    return { message: error.message, hint: hint(error) };
  }
}

const unmerged: ProposalWarning = {
  message: "it is not merged automatically, as this run did not write all of its branch",
  hint: "review and merge it yourself; the next version's pull request is merged automatically, unless others add commits to it",
};

const reviewersHint =
  "name only users who can read the repository (and not the one who makes the pull request); teams require `bump-token` with access to the organization's members";

const peopleHint = "check that these labels and assignees exist for this repository, and that the token may set them";

function autoMergeHint({ message }: ForgeError): string {
  if (/clean status|unstable status/i.test(message)) {
    return "let a rule require a check or a review: auto-merge has nothing to wait for";
  }
  return "switch on `Allow auto-merge` (Settings → General), and see that the merge method is allowed";
}
