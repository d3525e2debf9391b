import type { ChangedFile } from "../git/changed-file.ts";
import { commonAncestor } from "../git/common-ancestor.ts";
import type { Git } from "../git/git.ts";
import { GitFailure } from "../git/git-command.ts";
import type { Reason } from "../model/reason.ts";
import type { Commit, RunContext, Trigger } from "../model/run-context.ts";

/** What an event changed. `everything` is also the answer to every doubt; its reason says which. */
export type EventComparison =
  | { readonly kind: "files"; readonly base: Commit; readonly files: readonly ChangedFile[] }
  | { readonly kind: "everything"; readonly because: Reason }
  /** A deleted ref, a closed pull request; `what` is a sentence without a full stop. */
  | { readonly kind: "nothing"; readonly what: string };

/**
 * Compares the checkout with what the event is to be compared with, fetching what a shallow checkout lacks. Where git fails,
 * the answer is `everything`. @throws the signal's reason when the run is cancelled.
 */
export async function compare(context: RunContext, git: Git): Promise<EventComparison> {
  try {
    return await compareByEvent(context, git);
  } catch (error) {
    if (error instanceof GitFailure) return noBase(error.message);
    throw error;
  }
}

/** What changed from a commit to the checkout, whatever the event. */
export async function compareSince(base: Commit, git: Git): Promise<EventComparison> {
  try {
    return await since(git, base, "of what is published");
  } catch (error) {
    if (error instanceof GitFailure) return noBase(error.message);
    throw error;
  }
}

function compareByEvent(context: RunContext, git: Git): EventComparison | Promise<EventComparison> {
  const { trigger } = context;
  switch (trigger.kind) {
    case "gone":
      return { kind: "nothing", what: trigger.what };
    case "schedule":
      return everything({ kind: "scheduled" });
    case "release":
      return everything({ kind: "tag", tag: context.ref.name });
    case "dispatch":
      return askedFor.has(trigger.eventName)
        ? everything({ kind: "asked-for" })
        : noBase(`the event ${trigger.eventName} names no commit to compare with`);
    case "push":
      return push(context, trigger.before, git);
    case "merge-group":
      return since(git, trigger.baseCommit, "the commit that the merge group is based on");
    case "pull-request":
      return pullRequest(context, trigger, git);
  }
}

/** Events by which a person or a program asks for a run; some runners send `workflow_call` for a called workflow. */
const askedFor: ReadonlySet<string> = new Set(["workflow_dispatch", "repository_dispatch", "workflow_call"]);

async function push(
  { ref, defaultBranch }: RunContext,
  before: Commit | undefined,
  git: Git,
): Promise<EventComparison> {
  if (ref.kind === "tag") return everything({ kind: "tag", tag: ref.name });
  if (before === undefined) {
    const parents = await git.parents(await git.head());
    return everything(parents.length === 0 ? { kind: "first-commit" } : { kind: "new-branch", branch: ref.name });
  }
  const head = await git.head();
  const obtained = await obtain(git, [before]);
  if (obtained.kind === "here") return files(git, before, head);
  const lost = `${short(before)}, the commit before this push,`;
  if (obtained.kind === "failed") return noBase(`${lost} could not be fetched: ${obtained.why}`);
  // Nobody has it any more: the branch was rewritten. What the branch itself changed is the next best thing.
  const remote = await git.remoteDefault();
  const main = defaultBranch ?? remote?.branch;
  if (remote === undefined || main === undefined)
    return noBase(`${lost} is gone, and the remote names no default branch`);
  if (ref.name === main) return noBase(`${lost} is gone, as after a forced push`);
  return sinceFork(git, remote.commit, head, `${lost} is gone, and ${main}`);
}

type PullRequest = Extract<Trigger, { readonly kind: "pull-request" }>;

async function pullRequest({ commit }: RunContext, trigger: PullRequest, git: Git): Promise<EventComparison> {
  const head = await git.head();
  const [target, merged, ...others] = await git.parents(head);
  // GitHub's refs/pull/N/merge. Its first parent is the target as it was merged with: the merge base of the two, however far
  // the target has moved since, and one commit to fetch.
  if (target !== undefined && merged === trigger.headCommit && others.length === 0) {
    return since(git, target, `${trigger.baseRef} as this pull request was merged with it`);
  }
  // `pull_request_target` runs on the target's commit; what the pull request changes is not in the checkout.
  const tip = trigger.target && head === commit ? trigger.headCommit : head;
  return sinceFork(git, trigger.baseCommit, tip, trigger.baseRef);
}

/** What changed from `base` to the checkout. */
async function since(git: Git, base: Commit, what: string): Promise<EventComparison> {
  const obtained = await obtain(git, [base]);
  if (obtained.kind === "here") return files(git, base, await git.head());
  const why = obtained.kind === "gone" ? "is gone from the remote" : `could not be fetched: ${obtained.why}`;
  return noBase(`${short(base)}, ${what}, ${why}`);
}

/** What changed on the way to `tip` since it left `other` (three dots). */
async function sinceFork(git: Git, other: Commit, tip: Commit, what: string): Promise<EventComparison> {
  const obtained = await obtain(git, [other, tip]);
  if (obtained.kind === "gone") return noBase(`${what} at ${short(other)} is gone from the remote`);
  if (obtained.kind === "failed") return noBase(`${what} at ${short(other)} could not be fetched: ${obtained.why}`);
  const ancestor = await commonAncestor(git, other, tip);
  if (ancestor.kind === "none")
    return noBase(`${what} at ${short(other)} has no common history with this: ${ancestor.why}`);
  return files(git, ancestor.commit, tip);
}

type Obtained =
  | { readonly kind: "here" }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly why: string };

async function obtain(git: Git, commits: readonly Commit[]): Promise<Obtained> {
  const missing = await git.missing(commits);
  if (missing.length === 0) return { kind: "here" };
  const fetched = await git.fetch(missing, "tip");
  if (fetched.kind === "failed") return { kind: "failed", why: fetched.failure.message };
  return fetched.kind === "gone" ? fetched : { kind: "here" };
}

async function files(git: Git, base: Commit, head: Commit): Promise<EventComparison> {
  return { kind: "files", base, files: await git.changedFiles(base, head) };
}

function everything(because: Reason): EventComparison {
  return { kind: "everything", because };
}

function noBase(detail: string): EventComparison {
  return everything({ kind: "no-base", detail });
}

function short(commit: Commit): string {
  return commit.slice(0, 7);
}
