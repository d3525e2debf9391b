/** A context made on a laptop, from the checkout alone: what the event would be if it happened now. */
import { UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";
import { type Commit, type GitRef, gitRef, type RunContext, type Trigger, unnamedOwner } from "../model/run-context.ts";
import { parseOrigin, type RemoteOrigin } from "./origin-url.ts";
import { defaultApiUrl } from "./read-context.ts";

/** What git knows of the checkout. */
export interface CheckoutFacts {
  /** Absolute. */
  readonly workspace: string;
  readonly head: Commit;
  /** The branch that is checked out; `undefined` for a detached HEAD. */
  readonly branch: string | undefined;
  readonly originUrl: string | undefined;
  readonly defaultBranch: string | undefined;
  /** What the remote's default branch pointed to when it was last fetched. */
  readonly defaultTip: Commit | undefined;
  /** The same of the branch that is checked out. */
  readonly pushed: Commit | undefined;
}

export interface Simulation {
  /** GitHub's name for the event; `push` by default. */
  readonly event: string | undefined;
  /** The commit to compare with; else what the remote has. */
  readonly base: Commit | undefined;
  /** A full ref, or a branch's name (a tag's for a release); else the branch that is checked out. */
  readonly ref: string | undefined;
  readonly checkout: CheckoutFacts;
  readonly now: Date;
  /** A folder outside the checkout. */
  readonly temp: string;
}

/**
 * The context that the event would have, were it for HEAD. @throws UserError for an event that can't be simulated, and
 * where neither the option nor the checkout has the ref.
 */
export function simulateContext(simulation: Simulation): RunContext {
  const { checkout, event = "push", now, temp } = simulation;
  const origin = originOf(checkout);
  const ref = simulatedRef(event, simulation);
  return {
    trigger: simulatedTrigger(event, ref, simulation),
    eventName: event,
    ref,
    commit: checkout.head,
    ...origin,
    defaultBranch: checkout.defaultBranch,
    isPrivate: undefined,
    description: undefined,
    license: undefined,
    apiUrl: defaultApiUrl(origin.serverUrl),
    actor: undefined,
    runUrl: undefined,
    startedAt: now,
    workspace: checkout.workspace,
    temp,
  };
}

/** The number of a pull request that nobody opened. */
const unknownNumber = 0;

/** A repository that was never pushed anywhere gets a name by which it can be planned all the same. */
function originOf({ originUrl, workspace }: CheckoutFacts): RemoteOrigin {
  const folder = workspace.split("/").filter(Boolean).at(-1) ?? "repository";
  return parseOrigin(originUrl ?? "") ?? { serverUrl: "https://github.com", owner: unnamedOwner, repo: folder };
}

function simulatedRef(event: string, { ref, checkout }: Simulation): GitRef {
  const target = checkout.defaultBranch ?? "main";
  if (event === "pull_request_target") return gitRef(`refs/heads/${target}`);
  if (ref?.startsWith("refs/")) return gitRef(ref);
  if (event === "pull_request") return gitRef(`refs/pull/${unknownNumber}/merge`);
  if (event === "merge_group")
    return gitRef(`refs/heads/gh-readonly-queue/${target}/pr-${unknownNumber}-${checkout.head}`);
  if (event === "release") {
    if (ref !== undefined) return gitRef(`refs/tags/${ref}`);
    throw new UserError("a release needs a tag", { hint: "name it with --ref v1.2.3" });
  }
  const branch = ref ?? checkout.branch ?? checkout.defaultBranch;
  if (branch !== undefined) return gitRef(`refs/heads/${branch}`);
  throw new UserError("no branch is checked out, so the ref is unknown", {
    hint: "name it with --ref refs/heads/main or --ref refs/tags/v1.2.3",
  });
}

function simulatedTrigger(event: string, ref: GitRef, simulation: Simulation): Trigger {
  switch (event) {
    case "push":
      return { kind: "push", before: beforeOf(ref, simulation), forced: false };
    case "schedule":
      return { kind: "schedule", cron: undefined };
    case "release":
      return { kind: "release", prerelease: false };
    case "workflow_dispatch":
    case "repository_dispatch":
    case "workflow_call":
    case "workflow_run":
      return { kind: "dispatch", eventName: event };
    case "pull_request":
    case "pull_request_target":
      return {
        kind: "pull-request",
        number: ref.kind === "pull" ? Number(ref.name) : unknownNumber,
        baseRef: simulation.checkout.defaultBranch ?? "main",
        baseCommit: targetOf(event, simulation),
        headCommit: simulation.checkout.head,
        fromFork: false,
        target: event === "pull_request_target",
      };
    case "merge_group":
      return {
        kind: "merge-group",
        baseCommit: targetOf(event, simulation),
        headCommit: simulation.checkout.head,
      };
    case "create":
      return { kind: "push", before: undefined, forced: false };
    default:
      throw unknownEvent(event);
  }
}

const events = [
  ...["push", "create", "pull_request", "pull_request_target", "merge_group", "schedule", "release"],
  ...["workflow_dispatch", "repository_dispatch", "workflow_call", "workflow_run"],
];

/** What people call events that have another name on GitHub. */
const otherNames: Readonly<Record<string, string>> = {
  branch: "--event push --ref refs/heads/NAME",
  tag: "--event push --ref refs/tags/v1.2.3",
  pr: "--event pull_request",
  cron: "--event schedule",
  manual: "--event workflow_dispatch",
  dispatch: "--event workflow_dispatch",
  merge_queue: "--event merge_group",
};

function unknownEvent(event: string): UserError {
  const meant = Object.hasOwn(otherNames, event) ? otherNames[event] : undefined;
  return new UserError(`there is no event "${event}" that could be simulated`, {
    hint: meant === undefined ? `write one of ${events.join(", ")}${didYouMeanText(event, events)}` : `write ${meant}`,
  });
}

/** A push sends what the remote's branch lacks; a branch that the remote doesn't know is new. */
function beforeOf(ref: GitRef, { base, checkout }: Simulation): Commit | undefined {
  if (base !== undefined || ref.kind !== "branch") return base;
  if (ref.name === checkout.branch) return checkout.pushed;
  return ref.name === checkout.defaultBranch ? checkout.defaultTip : undefined;
}

function targetOf(event: string, { base, checkout }: Simulation): Commit {
  const target = base ?? checkout.defaultTip;
  if (target !== undefined) return target;
  throw new UserError(`a ${event} event needs a commit to compare with, and the checkout knows no default branch`, {
    hint: "name it with --base, such as --base main",
  });
}
