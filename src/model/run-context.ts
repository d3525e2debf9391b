/** What the run is about: the event, the repository, the commit. Read once from GitHub's (or a Forgejo's) environment. */
import { UserError } from "../errors.ts";

/** A full commit id: 40 (sha1) or 64 (sha256) lowercase hex. */
export type Commit = string & { readonly __brand: "Commit" };

/** A full git ref, taken apart. `name` is what people call it: `main`, `v1.2.3`, `7` for `refs/pull/7/merge`. */
export interface GitRef {
  readonly full: string;
  /** `commit`: no ref of the repository, but a commit for itself. */
  readonly kind: "branch" | "tag" | "pull" | "commit" | "other";
  readonly name: string;
}

/** Why the run happens. One member an event that differs in what is compared or published. */
export type Trigger =
  | {
      readonly kind: "push";
      /**
       * The commit that the ref pointed to before; `undefined` for a new ref. Where the payload doesn't have it, the
       * run is a dispatch.
       */
      readonly before: Commit | undefined;
      readonly forced: boolean;
    }
  | { readonly kind: "release"; readonly prerelease: boolean }
  | {
      readonly kind: "pull-request";
      readonly number: number;
      /** The branch it wants to go to. */
      readonly baseRef: string;
      readonly baseCommit: Commit;
      readonly headCommit: Commit;
      /** The merge that the forge made of it, where the payload names one. */
      readonly mergeCommit?: Commit | undefined;
      /** The head is in another repository. */
      readonly fromFork: boolean;
      /** `pull_request_target`: runs on the base branch's commit, with secrets. */
      readonly target: boolean;
    }
  | { readonly kind: "merge-group"; readonly baseCommit: Commit; readonly headCommit: Commit }
  | { readonly kind: "schedule"; readonly cron: string | undefined }
  /**
   * `workflow_dispatch`, `repository_dispatch` and any other event that names no change. `ref` may be a pull request's
   * all the same (a review's comment, a manual dispatch).
   */
  | { readonly kind: "dispatch"; readonly eventName: string }
  /** A deleted ref or a closed pull request: nothing to do. `what` is a sentence without a full stop. */
  | { readonly kind: "gone"; readonly what: string };

export interface NamedPullRequest {
  readonly number: number;
  readonly headCommit: Commit;
}

export interface RunContext {
  readonly trigger: Trigger;
  /** The event's name as GitHub gives it: `push`, `workflow_dispatch`, … */
  readonly eventName: string;
  readonly ref: GitRef;
  /** The event's commit. */
  readonly commit: Commit;
  readonly owner: string;
  readonly repo: string;
  /** Open pull requests that the payload names with their heads, as that of `workflow_run` does. */
  readonly pullRequests?: readonly NamedPullRequest[] | undefined;
  /** The branch that a pushed git tag came from, where the payload says so. */
  readonly tagBaseRef?: string | undefined;
  /** `undefined` where neither payload nor checkout has it. */
  readonly defaultBranch: string | undefined;
  /** Whether the repository is private; `undefined` where the payload doesn't have it. */
  readonly isPrivate: boolean | undefined;
  /** The description of the repository in GitHub's payload, for labels. */
  readonly description: string | undefined;
  readonly license: string | undefined;
  /** `https://github.com`, without a slash at the end. */
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly actor: string | undefined;
  /** The run's page, where the run is on a forge. */
  readonly runUrl: string | undefined;
  /** The forge's numbers of the run, where it is on a forge. */
  readonly runId?: string | undefined;
  readonly runNumber?: string | undefined;
  /** When the run started: the only clock that a plan knows. */
  readonly startedAt: Date;
  /** The checkout, absolute. */
  readonly workspace: string;
  /** A folder of the run's own, absolute, outside the checkout. */
  readonly temp: string;
}

/** `https://github.com/o/r`. */
export function repositoryUrl(context: RunContext): string {
  return `${context.serverUrl}/${context.owner}/${context.repo}`;
}

/** `o/r`, as records name it. */
export function repositoryName({ owner, repo }: Pick<RunContext, "owner" | "repo">): string {
  return `${owner}/${repo}`;
}

/** Whether the repository is unknown: a checkout without a remote, on a laptop. */
export function isUnnamed({ owner, runUrl }: Pick<RunContext, "owner" | "runUrl">): boolean {
  return owner === unnamedOwner && runUrl === undefined;
}

/** The owner of a repository that was never pushed anywhere. */
export const unnamedOwner = "local";

/** The registry of the forge itself, which the job's own token is for: ghcr.io for GitHub, else the forge's own host. */
export function forgeRegistry({ serverUrl }: Pick<RunContext, "serverUrl">): string {
  const { host } = new URL(serverUrl);
  return host === "github.com" ? "ghcr.io" : host;
}

export function isCommit(text: string | undefined): text is Commit {
  return text !== undefined && commitPattern.test(text);
}

/** @throws UserError when it isn't a full commit id. */
export function commit(text: string): Commit {
  if (isCommit(text)) return text;
  throw new UserError(`"${text}" isn't a valid commit id`, {
    hint: "write all 40 (or 64) lowercase hexadecimal digits",
  });
}

/** Git's name for "no commit", as in a push that made or deleted a ref. */
export function isNoCommit(text: string | undefined): boolean {
  return text !== undefined && commitPattern.test(text) && /^0+$/.test(text);
}

/** The commit that an image is made from, as tags, records and the guard have it: a pull request's head, as its merge is nobody's. */
export function sourceCommit({ trigger, commit: own }: Pick<RunContext, "trigger" | "commit">): Commit {
  return trigger.kind === "pull-request" ? trigger.headCommit : own;
}

/** Whether something was made for a pull request or from an untrusted checkout: it is never promoted to anything else. */
export function isPullRequestRef(full: string): boolean {
  return full.startsWith("refs/pull/") || full.startsWith("refs/untrusted/");
}

/** Takes a full ref apart; what lies outside `refs/heads`, `refs/tags` and `refs/pull` keeps its whole name. */
export function gitRef(full: string): GitRef {
  const [, folder, name] = /^refs\/(heads|tags|pull)\/(.+)$/s.exec(full) ?? [];
  if (folder === "heads" && name !== undefined) return { full, kind: "branch", name };
  if (folder === "tags" && name !== undefined) return { full, kind: "tag", name };
  const number = folder === "pull" ? /^(\d+)\/(?:merge|head)$/.exec(name ?? "")?.[1] : undefined;
  return number === undefined ? { full, kind: "other", name: full } : { full, kind: "pull", name: number };
}

/** Without its folder, as `github.ref_name` has it: `main`, `v1.2.3`, `9/merge`. */
export function shortRef({ full }: GitRef): string {
  return full.replace(/^refs\/[^/]+\//, "");
}

/** As people call it: "the branch main". */
export function refText({ kind, name, full }: GitRef): string {
  switch (kind) {
    case "branch":
      return `the branch ${name}`;
    case "tag":
      return `the git tag ${name}`;
    case "pull":
      return `pull request ${name}`;
    case "commit":
      return `the commit ${name}`;
    case "other":
      return full;
  }
}

const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
