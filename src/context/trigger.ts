/** From an event's name and payload to why the run happens. The fields are those of GitHub's webhooks; Gitea's leave some out. */
import { UserError } from "../errors.ts";
import { type Commit, type GitRef, gitRef, isCommit, isNoCommit, type Trigger } from "../model/run-context.ts";
import { flagAt, numberAt, type Payload, payloadLacks, textAt } from "./payload.ts";

export interface Event {
  readonly name: string;
  readonly payload: Payload;
  /** `GITHUB_REF`, where it is set. */
  readonly ref: string | undefined;
  /** `owner/repo`. */
  readonly repository: string;
  /** `GITHUB_BASE_REF`: the branch that a pull request wants to go to. */
  readonly baseRef: string | undefined;
}

/**
 * Why the run happens. An event that is not known here is a dispatch: it names no change, and somebody asked for the run by
 * writing it into a workflow. @throws UserError when a payload lacks what its event must have.
 */
export function triggerOf(event: Event): Trigger {
  // Also `pull_request_target`, `pull_request_review` and `pull_request_review_comment`, and what Gitea adds to them.
  if (event.name.startsWith("pull_request")) return pullRequest(event);
  return (byName.get(event.name) ?? dispatch)(event);
}

/** The ref that the run is about. @throws UserError when neither environment nor payload has it. */
export function refOf(event: Event): GitRef {
  const released = event.name === "release" ? textAt(event.payload, "release", "tag_name") : undefined;
  const full = event.ref?.startsWith("refs/tags/") || released === undefined ? event.ref : `refs/tags/${released}`;
  if (full !== undefined) return gitRef(full);
  throw new UserError("GITHUB_REF is not set, so the branch or tag of this run is unknown", {
    hint: "run this as a step of a workflow, or `image-publish plan` on a laptop",
  });
}

const byName: ReadonlyMap<string, (event: Event) => Trigger> = new Map([
  ["push", push],
  ["create", create],
  ["delete", ({ payload }: Event) => gone(textAt(payload, "ref_type"), textAt(payload, "ref"))],
  ["release", release],
  ["merge_group", mergeGroup],
  ["schedule", ({ payload }: Event): Trigger => ({ kind: "schedule", cron: textAt(payload, "schedule") })],
]);

function push(event: Event): Trigger {
  const { payload } = event;
  const ref = refOf(event);
  if (flagAt(payload, "deleted") === true || isNoCommit(textAt(payload, "after"))) return gone(ref.kind, ref.name);
  const before = textAt(payload, "before");
  const isNew = isNoCommit(before) || flagAt(payload, "created") === true;
  const forced = flagAt(payload, "forced") === true;
  if (isNew) return { kind: "push", before: undefined, forced };
  return isCommit(before) ? { kind: "push", before, forced } : dispatch(event);
}

/** A branch or tag that came to be: what its push is, too. */
function create(): Trigger {
  return { kind: "push", before: undefined, forced: false };
}

function release({ payload }: Event): Trigger {
  const action = textAt(payload, "action");
  if (action === "deleted" || action === "unpublished") {
    const tag = textAt(payload, "release", "tag_name");
    return { kind: "gone", what: `${tag === undefined ? "a release" : `the release ${tag}`} was ${action}` };
  }
  return { kind: "release", prerelease: flagAt(payload, "release", "prerelease") === true };
}

function mergeGroup({ name, payload }: Event): Trigger {
  if (textAt(payload, "action") === "destroyed") return { kind: "gone", what: "the merge group was dissolved" };
  return {
    kind: "merge-group",
    baseCommit: commitAt(name, payload, "merge_group", "base_sha"),
    headCommit: commitAt(name, payload, "merge_group", "head_sha"),
  };
}

function pullRequest({ name, payload, ref, repository, baseRef: fromEnvironment }: Event): Trigger {
  const reference = gitRef(ref ?? "");
  const number =
    numberAt(payload, "pull_request", "number") ??
    numberAt(payload, "number") ??
    (reference.kind === "pull" ? Number(reference.name) : undefined);
  if (number === undefined) throw payloadLacks(name, "pull_request.number");
  if (textAt(payload, "action") === "closed") {
    const isMerged = flagAt(payload, "pull_request", "merged") === true;
    return { kind: "gone", what: `pull request ${number} was closed${isMerged ? " by its merge" : ""}` };
  }
  const baseRef = textAt(payload, "pull_request", "base", "ref") ?? fromEnvironment;
  if (baseRef === undefined) throw payloadLacks(name, "pull_request.base.ref");
  return {
    kind: "pull-request",
    number,
    baseRef,
    baseCommit: commitAt(name, payload, "pull_request", "base", "sha"),
    headCommit: commitAt(name, payload, "pull_request", "head", "sha"),
    mergeCommit: mergeCommitIn(payload),
    fromFork: isFromFork(payload, repository),
    target: name === "pull_request_target",
  };
}

/** `null` until GitHub has made it. */
function mergeCommitIn(payload: Payload): Commit | undefined {
  const text = textAt(payload, "pull_request", "merge_commit_sha");
  return isCommit(text) && !isNoCommit(text) ? text : undefined;
}

/** In doubt a fork: a head repository that was deleted is `null` in the payload. */
function isFromFork(payload: Payload, repository: string): boolean {
  const head = textAt(payload, "pull_request", "head", "repo", "full_name");
  return head?.toLowerCase() !== repository.toLowerCase();
}

function dispatch({ name }: Event): Trigger {
  return { kind: "dispatch", eventName: name };
}

function gone(kind: string | undefined, name: string | undefined): Trigger {
  const what = kind === "branch" || kind === "tag" ? kind : "ref";
  return { kind: "gone", what: name === undefined ? `a ${what} was deleted` : `the ${what} ${name} was deleted` };
}

function commitAt(eventName: string, payload: Payload, ...path: readonly string[]): Commit {
  const text = textAt(payload, ...path);
  if (isCommit(text) && !isNoCommit(text)) return text;
  throw payloadLacks(eventName, path.join("."));
}
