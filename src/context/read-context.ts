import { throwProblems, UserError } from "../errors.ts";
import {
  type Commit,
  isCommit,
  isNoCommit,
  type NamedPullRequest,
  type RunContext,
  type Trigger,
} from "../model/run-context.ts";
import { flagAt, numberAt, objectsAt, type Payload, parsePayload, textAt } from "./payload.ts";
import { type Event, refOf, triggerOf } from "./trigger.ts";

export interface ContextSource {
  /** The step's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the file named by `GITHUB_EVENT_PATH` holds; `undefined` where there is no such file. */
  readonly payload: string | undefined;
  /** When the run started. */
  readonly now: Date;
}

/**
 * The run's context, from the variables that GitHub's runners set ("Variables reference", GitHub Docs; Forgejo and Gitea set
 * the same names) and the event's payload. @throws UserError for what is missing or malformed, all at once where it is
 * several variables.
 */
export function readContext({ env, payload: payloadText, now }: ContextSource): RunContext {
  const { eventName, repository, workspace } = readRequired(env);
  const payload = parsePayload(payloadText);
  const event: Event = {
    name: eventName,
    payload,
    repository: repository.full,
    ref: env.GITHUB_REF || undefined,
    baseRef: env.GITHUB_BASE_REF || undefined,
  };
  const trigger = triggerOf(event);
  const ref = refOf(event);
  const serverUrl = readUrl("GITHUB_SERVER_URL", env.GITHUB_SERVER_URL) ?? "https://github.com";
  // A schedule runs on the default branch, and its payload may be silent.
  const ranOnDefault = eventName === "schedule" && ref.kind === "branch" ? ref.name : undefined;
  return {
    trigger,
    eventName,
    ref,
    commit: readCommit(env.GITHUB_SHA, trigger),
    owner: repository.owner,
    repo: repository.repo,
    pullRequests: pullRequestsIn(payload),
    tagBaseRef: ref.kind === "tag" ? textAt(payload, "base_ref")?.replace(/^refs\/heads\//, "") : undefined,
    defaultBranch: textAt(payload, "repository", "default_branch") ?? ranOnDefault,
    isPrivate: flagAt(payload, "repository", "private"),
    description: textAt(payload, "repository", "description"),
    license: readLicense(payload),
    serverUrl,
    apiUrl: readUrl("GITHUB_API_URL", env.GITHUB_API_URL) ?? defaultApiUrl(serverUrl),
    actor: env.GITHUB_ACTOR || undefined,
    runUrl: readRunUrl(`${serverUrl}/${repository.full}`, env),
    ...(env.GITHUB_RUN_ID ? { runId: env.GITHUB_RUN_ID } : {}),
    ...(env.GITHUB_RUN_NUMBER ? { runNumber: env.GITHUB_RUN_NUMBER } : {}),
    startedAt: now,
    workspace,
    temp: env.RUNNER_TEMP || `${env.TMPDIR || "/tmp"}/image-publish-${env.GITHUB_RUN_ID || "run"}`,
  };
}

/** The default address of a server's API: GitHub's own, or that of a GitHub Enterprise Server. */
export function defaultApiUrl(serverUrl: string): string {
  return serverUrl === "https://github.com" ? "https://api.github.com" : `${serverUrl}/api/v3`;
}

interface Required {
  readonly eventName: string;
  readonly repository: { readonly full: string; readonly owner: string; readonly repo: string };
  readonly workspace: string;
}

function readRequired(env: ContextSource["env"]): Required {
  const eventName = env.GITHUB_EVENT_NAME || undefined;
  const full = env.GITHUB_REPOSITORY || undefined;
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(full ?? "") ?? [];
  const workspace = env.GITHUB_WORKSPACE?.startsWith("/") ? env.GITHUB_WORKSPACE : undefined;
  const problems = [
    ...(eventName === undefined ? [notSet("GITHUB_EVENT_NAME")] : []),
    ...(full === undefined ? [notSet("GITHUB_REPOSITORY")] : []),
    ...(full !== undefined && owner === undefined ? [malformed("GITHUB_REPOSITORY", full, "owner/repo")] : []),
    ...(env.GITHUB_WORKSPACE ? [] : [notSet("GITHUB_WORKSPACE")]),
    ...(env.GITHUB_WORKSPACE && workspace === undefined
      ? [malformed("GITHUB_WORKSPACE", env.GITHUB_WORKSPACE, "an absolute path")]
      : []),
  ];
  throwProblems(problems);
  if (!eventName || !full || !owner || !repo || !workspace) throw notSet("GITHUB_REPOSITORY");
  return { eventName, repository: { full, owner, repo }, workspace };
}

/** A push that deletes a ref may come with zeros for its commit (Gitea); there is nothing to do then. */
function readCommit(text: string | undefined, trigger: Trigger): Commit {
  if (!text) throw notSet("GITHUB_SHA");
  if (isCommit(text) && (trigger.kind === "gone" || !isNoCommit(text))) return text;
  throw malformed("GITHUB_SHA", text, "a full commit id");
}

/**
 * Those that `workflow_run`, `check_suite` and `check_run` list. A repository that is a fork itself finds there those that it
 * opened elsewhere, too, whose numbers mean nothing here.
 */
function pullRequestsIn(payload: Payload): readonly NamedPullRequest[] {
  const here = numberAt(payload, "repository", "id");
  const listed = ["workflow_run", "check_suite", "check_run"].flatMap((name) =>
    objectsAt(payload, name, "pull_requests"),
  );
  return listed.flatMap((each) => {
    const number = numberAt(each, "number");
    const headCommit = textAt(each, "head", "sha");
    const into = numberAt(each, "base", "repo", "id");
    if (into !== undefined && here !== undefined && into !== here) return [];
    return number !== undefined && isCommit(headCommit) ? [{ number, headCommit }] : [];
  });
}

/** GitHub says NOASSERTION where it found a license text that it doesn't know: nothing to put on a label. */
function readLicense(payload: Payload): string | undefined {
  const id = textAt(payload, "repository", "license", "spdx_id");
  return id === "NOASSERTION" ? undefined : id;
}

/** Gitea and Forgejo count runs in the repository, and have no page for an attempt. */
function readRunUrl(repositoryUrl: string, env: ContextSource["env"]): string | undefined {
  const isGitea = env.GITEA_ACTIONS === "true" || env.FORGEJO_ACTIONS === "true";
  const run = isGitea ? env.GITHUB_RUN_NUMBER : env.GITHUB_RUN_ID;
  if (run === undefined || !/^\d+$/.test(run)) return undefined;
  const attempt = Number(env.GITHUB_RUN_ATTEMPT ?? "1");
  return `${repositoryUrl}/actions/runs/${run}${!isGitea && attempt > 1 ? `/attempts/${attempt}` : ""}`;
}

function readUrl(name: string, text: string | undefined): string | undefined {
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return text.replace(/\/+$/, "");
  throw malformed(name, text, "an http or https address");
}

function notSet(name: string): UserError {
  return new UserError(`${name} is not set`, {
    hint: "run this as a step of a workflow, or `image-publish plan` on a laptop",
  });
}

function malformed(name: string, value: string, expected: string): UserError {
  return new UserError(`${name} is "${value}", which is not ${expected}`, {
    hint: "leave the variables that the runner sets as they are",
  });
}
