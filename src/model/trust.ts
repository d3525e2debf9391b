/** Whether the files that are checked out are the repository's own, so that they may decide what its workflows decide. */
import { type Commit, gitRef, type RunContext } from "./run-context.ts";

/**
 * A checkout is trusted when its commit is in the history of the repository that the event is about, or is the user's own on
 * a laptop. A fork's commit never is, whatever the event (docs/threat-model.md).
 */
export type CheckoutTrust = { readonly kind: "trusted" } | UntrustedCheckout;

export interface UntrustedCheckout {
  readonly kind: "untrusted";
  /** A sentence without a full stop: "1234567 is checked out, which comes from a fork". */
  readonly why: string;
  /** Whether a branch or a tag contains the commit could not be found out. */
  readonly isUnknown?: true;
  /** What is checked out. */
  readonly head: Commit;
  /** The one open pull request with that head, where payload or API name it. */
  readonly pullRequest: number | undefined;
  /** The event is one under which no untrusted checkout is ever pushed, also where a command line acts for another. */
  readonly neverPushed?: true;
}

export const trusted: CheckoutTrust = { kind: "trusted" };

/**
 * The commits that the event itself shows to be in the repository's own history, each with its ancestors. GITHUB_SHA is one
 * where GITHUB_REF is a branch or tag ("Events that trigger workflows", GitHub Docs), and for a pull request of the
 * repository itself.
 */
export function vouchedCommits({ trigger, commit, ref }: RunContext): readonly Commit[] {
  switch (trigger.kind) {
    case "pull-request": {
      // With `pull_request_target` GITHUB_SHA is a commit of the base branch, else the merge of the pull request.
      const base = trigger.target ? [trigger.baseCommit, commit] : [trigger.baseCommit];
      return trigger.fromFork
        ? base.filter((each) => each !== trigger.headCommit)
        : [...base, commit, trigger.headCommit, ...merged(trigger.mergeCommit)];
    }
    case "merge-group":
      return [commit, trigger.headCommit, trigger.baseCommit];
    default:
      return ref.kind === "branch" || ref.kind === "tag" ? [commit] : [];
  }
}

/** The commits that the event names as a fork's: there is no need to ask whose they are. */
export function foreignCommits({ trigger, commit }: RunContext): readonly Commit[] {
  if (trigger.kind !== "pull-request" || !trigger.fromFork) return [];
  return [trigger.headCommit, ...(trigger.target ? [] : [commit]), ...merged(trigger.mergeCommit)];
}

/** Events under which nothing that is untrusted is pushed, whatever the workflow says. */
export function neverPushes({ trigger: { kind } }: RunContext): boolean {
  return kind === "pull-request" || kind === "merge-group" || kind === "gone";
}

/**
 * The context of a run that acts on an untrusted checkout outside of a pull request: the event's ref says nothing of what is
 * built, and no rule for branches, tags or schedules applies.
 */
export function contextOfUntrusted(context: RunContext, { head, pullRequest }: UntrustedCheckout): RunContext {
  if (context.trigger.kind === "pull-request") return { ...context, commit: head };
  const full = pullRequest === undefined ? `refs/untrusted/${head}` : `refs/pull/${pullRequest}/head`;
  const trigger = { kind: "dispatch", eventName: context.eventName } as const;
  return { ...context, trigger, ref: gitRef(full), tagBaseRef: undefined, commit: head };
}

function merged(commit: Commit | undefined): readonly Commit[] {
  return commit === undefined ? [] : [commit];
}
