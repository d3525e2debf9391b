/** Finds out whether the checkout is trusted: by what the event vouches for, else by asking the event's own repository. */

import type { ForgeFacts } from "../../forge/github/forge-facts.ts";
import type { ForgeHistory } from "../../git/forge-history.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure, unlessGitFails } from "../../git/git-command.ts";
import type { Commit, RunContext } from "../../model/run-context.ts";
import {
  type CheckoutTrust,
  foreignCommits,
  neverPushes,
  trusted,
  type UntrustedCheckout,
  vouchedCommits,
} from "../../model/trust.ts";

export interface TrustQuestions {
  readonly git: Pick<Git, "isAncestor" | "parents" | "headMoves">;
  readonly history: Pick<ForgeHistory, "reaches" | "contains" | "pullRequestsAt" | "isMerge">;
  readonly forge: Pick<ForgeFacts, "contains" | "openPullRequests" | "pullRequestHead">;
}

/**
 * Whether the commit that is checked out is trusted. What the event vouches for is not asked of anybody; an answer that can't
 * be had means no.
 */
export async function checkoutTrust(
  context: RunContext,
  head: Commit,
  questions: TrustQuestions,
): Promise<CheckoutTrust> {
  if (await isVouched(context, head, questions.git)) return trusted;
  const checkedOut = `${head.slice(0, 7)} is checked out`;
  const untrusted: Pick<UntrustedCheckout, "kind" | "head" | "neverPushed"> = {
    kind: "untrusted",
    head,
    ...(neverPushes(context) ? { neverPushed: true } : {}),
  };
  if (foreignCommits(context).includes(head)) {
    const { trigger } = context;
    const number = trigger.kind === "pull-request" ? trigger.number : undefined;
    return { ...untrusted, why: `${checkedOut}, which comes from a fork`, pullRequest: number };
  }
  if (await isMadeByJob(context, head, questions.git)) return trusted;
  const repository = `${context.owner}/${context.repo}`;
  const contained = await askRepository(context, head, questions);
  if (contained === true || (contained === false && (await isOwnMerge(context, head, questions)))) return trusted;
  const why =
    contained === false
      ? `${checkedOut}, which no branch and no tag of ${repository} contains`
      : `${checkedOut}, and whether a branch or a tag of ${repository} contains it is unknown: ${contained.message}`;
  const doubt = contained === false ? {} : { isUnknown: true as const };
  return { ...untrusted, ...doubt, why, pullRequest: await pullRequestAt(context, head, questions) };
}

async function isVouched(context: RunContext, head: Commit, git: TrustQuestions["git"]): Promise<boolean> {
  const commits = vouchedCommits(context);
  if (commits.includes(head)) return true;
  for (const commit of commits) {
    if ((await git.isAncestor(head, commit)) === "yes") return true;
  }
  return false;
}

/** Events after which a job may build what it has just committed, such as a version that it writes into a file. */
const committing: ReadonlySet<RunContext["trigger"]["kind"]> = new Set(["push", "release", "schedule"]);
const mostOwnCommits = 50;

/**
 * Whether the job made the commit itself on top of the event's: git's own log of HEAD distinguishes a commit that was made
 * here from one that was fetched, and each has one parent, so that no other history comes in by a merge.
 */
async function isMadeByJob(context: RunContext, head: Commit, git: TrustQuestions["git"]): Promise<boolean> {
  if (!committing.has(context.trigger.kind)) return false;
  const [event] = vouchedCommits(context);
  const moves = await git.headMoves();
  const made = new Set<Commit>();
  for (const [index, { to, by }] of [...moves.entries()].reverse()) {
    // What is amended, which is where HEAD was before, stays in the new commit.
    const amended = by.startsWith("commit (amend): ") ? moves[index + 1]?.to : undefined;
    if (/^(?:commit|revert): /.test(by) || (amended !== undefined && made.has(amended))) made.add(to);
  }
  let at = head;
  for (let count = 0; count < mostOwnCommits; count++) {
    if (at === event) return count > 0;
    const [parent, ...others] = made.has(at) ? await git.parents(at) : [];
    if (parent === undefined || others.length > 0) return false;
    at = parent;
  }
  return false;
}

/** The cheapest question first: the tips of branches and tags, then the API about the default branch, then all history. */
async function askRepository(
  { owner, repo, defaultBranch }: RunContext,
  head: Commit,
  { history, forge }: TrustQuestions,
): Promise<boolean | GitFailure> {
  try {
    if (await history.reaches(head)) return true;
    const onDefault = defaultBranch && (await forge.contains(owner, repo, defaultBranch, head));
    return onDefault === true || (await history.contains(head));
  } catch (error) {
    if (error instanceof GitFailure) return error;
    throw error;
  }
}

/**
 * Whether the forge made the commit to merge a pull request of the repository's own branches: the payload often names an earlier
 * one, or none. Nobody else writes such a ref, and what is merged is the repository's own on both sides.
 */
async function isOwnMerge(context: RunContext, head: Commit, questions: TrustQuestions): Promise<boolean> {
  try {
    const merged = await questions.git.parents(head);
    if (merged.length !== 2 || !(await questions.history.isMerge(head))) return false;
    for (const each of merged) {
      const isOwn = await isVouched(context, each, questions.git);
      if (!isOwn && (await askRepository(context, each, questions)) !== true) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

/** Of several open pull requests with one head none is meant. */
async function pullRequestAt(
  context: RunContext,
  head: Commit,
  { forge, history }: TrustQuestions,
): Promise<number | undefined> {
  const { owner, repo, trigger } = context;
  if (trigger.kind === "pull-request") return trigger.headCommit === head ? trigger.number : undefined;
  const ofEvent = context.pullRequests?.filter((each) => each.headCommit === head) ?? [];
  if (ofEvent.length > 0) return only(ofEvent.map(({ number }) => number));
  const known = await forge.openPullRequests(owner, repo, head);
  if (known !== undefined && known.length > 0) return only(known);
  const candidates = await numbersAt(head, history);
  const open = await Promise.all(
    candidates.map(async (number) => ((await forge.pullRequestHead(owner, repo, number)) === head ? [number] : [])),
  );
  return only(open.flat());
}

/** A commit that was pushed to more pull requests than this is nobody's preview. */
const mostCandidates = 10;

async function numbersAt(head: Commit, history: TrustQuestions["history"]): Promise<readonly number[]> {
  const numbers = await unlessGitFails(() => history.pullRequestsAt(head));
  return (numbers ?? []).slice(-mostCandidates);
}

function only(numbers: readonly number[]): number | undefined {
  const [first, ...others] = new Set(numbers);
  return others.length === 0 ? first : undefined;
}
