import type { Commit, RunContext } from "../../model/run-context.ts";

/** What is checked out, as git reports it. */
export interface CheckedOut {
  /** `undefined` without git: then the event's commit is taken for it. */
  readonly head: Commit | undefined;
  /** The branch that HEAD is, in full (`refs/heads/main`); `undefined` where it is detached. */
  readonly branch: string | undefined;
  /** All refs that are at HEAD, in full: `refs/remotes/origin/main`, `refs/tags/v1`, … */
  readonly refs: readonly string[];
}

/** Which ref's alerts a scan is about. */
export type UploadTarget =
  | { readonly kind: "target"; readonly ref: string; readonly commit: Commit }
  | {
      readonly kind: "none";
      /** A sentence's second half: "nothing is uploaded to code scanning, as …". */
      readonly because: string;
      /** What to do; `undefined` where it is as it should be, and nobody need hear of it. */
      readonly hint: string | undefined;
    };

/**
 * The ref and commit of an upload to code scanning. An upload replaces what is known of a ref, so that one for the wrong ref
 * closes another branch's alerts: where the ref is unknown there is no upload. For pull requests as
 * docs.github.com has it ("Upload an analysis as SARIF data"): the merge commit's ref, or the head's where that is checked out.
 */
export function uploadTarget(context: RunContext, checkedOut: CheckedOut): UploadTarget {
  const { trigger } = context;
  if (trigger.kind === "gone") return none(trigger.what);
  // Gitea's and Forgejo's API, which has no code scanning.
  if (/\/api\/v1\/?$/.test(context.apiUrl)) return none("this forge has none");
  if (trigger.kind === "pull-request") return ofPullRequest(context, trigger, checkedOut);
  const head = checkedOut.head ?? context.commit;
  if (head === context.commit) return target(context.ref.full, head);
  const ref = refOfHead(context.ref.full, checkedOut);
  if (ref !== undefined) return target(ref, head);
  return none(
    `${short(head)} is checked out in place of the event's ${short(context.commit)}, and its branch or tag is unknown`,
    "let actions/checkout fetch a branch or tag by its name",
  );
}

function ofPullRequest(
  { commit, ref }: RunContext,
  { number, headCommit, fromFork, target: isTarget }: Extract<RunContext["trigger"], { readonly kind: "pull-request" }>,
  checkedOut: CheckedOut,
): UploadTarget {
  if (fromFork && !isTarget) return none("the token of a fork's pull request may only read");
  const head = checkedOut.head ?? commit;
  if (head === headCommit) return target(`refs/pull/${number}/head`, head);
  const merge = `refs/pull/${number}/merge`;
  const isMerge = checkedOut.refs.includes(`refs/remotes/pull/${number}/merge`) || checkedOut.refs.includes(merge);
  // The event's own commit is the merge, but with pull_request_target, where it is the base branch's.
  if (isMerge || (head === commit && ref.full === merge)) return target(merge, head);
  const what = isTarget && head === commit ? "the base branch is" : `${short(head)} is`;
  return none(
    `${what} checked out, which is neither the head nor the merge of pull request ${number}`,
    "let actions/checkout fetch the pull request, or run on `pull_request`",
  );
}

/** What a remote has is a ref of the forge's, and so is a tag. A branch that was made in the job is none. */
function refOfHead(wanted: string, { branch, refs }: CheckedOut): string | undefined {
  const known = refs.flatMap(ofForge);
  if (known.includes(wanted)) return wanted;
  if (branch !== undefined) return known.includes(branch) ? branch : undefined;
  const [only, ...others] = new Set(known);
  return others.length === 0 ? only : undefined;
}

function ofForge(ref: string): readonly string[] {
  if (ref.startsWith("refs/tags/")) return [ref];
  const [, remote, name] = /^refs\/remotes\/([^/]+)\/(.+)$/s.exec(ref) ?? [];
  if (name === undefined || name === "HEAD") return [];
  // As actions/checkout keeps the refs of pull requests.
  return [remote === "pull" ? `refs/pull/${name}` : `refs/heads/${name}`];
}

function target(ref: string, commit: Commit): UploadTarget {
  if (/^refs\/(?:heads|tags|pull)\/./s.test(ref)) return { kind: "target", ref, commit };
  return none(`it knows branches, tags and pull requests, and ${ref} is none of them`);
}

function none(because: string, hint?: string): UploadTarget {
  return { kind: "none", because, hint };
}

function short(commit: string): string {
  return commit.slice(0, 7);
}
