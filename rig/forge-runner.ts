/**
 * A runner for the rig's Gitea: takes a job that the forge has planned, runs it with act and tells the forge how it ended.
 * Event, payload, commit, run number, secrets and the job's own token are the forge's; what the runner adds is what
 * Gitea's act_runner and Forgejo's runner set. The cache is off, as with `cache.enabled: false` in their configuration. A
 * job that needs others runs when they are done, without their outputs.
 */
import { api, type Repository } from "./forge.ts";
import { gitea, repositoryFolder } from "./gitea.ts";
import { until } from "./process.ts";
import { RUNNERS, runWorkflow, type WorkflowOptions, type WorkflowResult } from "./workflow.ts";

export type JobOptions = Pick<
  WorkflowOptions,
  "actionDirectory" | "actionName" | "env" | "fetchDepth" | "limit" | "onLine" | "signal"
> & {
  /** Whose runner this is to be, Gitea's unless told. */
  runner?: "gitea" | "forgejo";
  /** Seconds; 10 unless told. */
  patience?: number;
};

export interface JobResult extends WorkflowResult {
  event: string;
  ref: string;
  /** The run's page. */
  url: string;
  /** The job's own token, of no use after the job. */
  token: string;
}

/** Runs the repository's next waiting job. @returns `undefined` when none comes within `patience` seconds */
export async function runNextJob(repository: Repository, options: JobOptions): Promise<JobResult | undefined> {
  const runner = await register(repository);
  let task: Task | undefined;
  await until(async () => {
    ({ task } = (await runner.ask("FetchTask", { tasksVersion: "0" })) as { task?: Task });
    return task !== undefined;
  }, options.patience ?? 10); // the forge plans a push's jobs after it has answered it
  if (task === undefined) return undefined;
  const { context, secrets = {}, vars = {} } = task;
  const begin = new Date();
  let isGreen = false;
  try {
    const result = await runWorkflow({
      ...options,
      repository: repositoryFolder(repository.owner, repository.name),
      origin: repository.url,
      event: context.event_name,
      payload: context.event,
      ref: context.ref,
      sha: context.sha,
      actor: context.actor,
      workflowText: Buffer.from(task.workflowPayload, "base64").toString(),
      secrets,
      variables: vars,
      env: { ...environment(context, options.runner ?? "gitea"), ...options.env },
    });
    isGreen = result.code === 0;
    const url = `${repository.url}/actions/runs/${context.run_number}`;
    return { ...result, event: context.event_name, ref: context.ref, url, token: context.token };
  } finally {
    const times = { startedAt: begin.toISOString(), stoppedAt: new Date().toISOString() };
    const state = { id: task.id, result: isGreen ? "RESULT_SUCCESS" : "RESULT_FAILURE", ...times };
    await runner.ask("UpdateTask", { state });
  }
}

/** As JSON of https://gitea.com/gitea/actions-proto-def, message Task. */
interface Task {
  id: string;
  /** The workflow with this job alone, base64. */
  workflowPayload: string;
  /** `github.*` of expressions. */
  context: Record<(typeof contextNames)[number], string> & { event: Record<string, unknown> };
  secrets?: Record<string, string>;
  vars?: Record<string, string>;
}

const contextNames = [
  "actor",
  "api_url",
  "base_ref",
  "event_name",
  "gitea_runtime_token",
  "head_ref",
  "ref",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "token",
] as const;

function environment(context: Task["context"], runner: "gitea" | "forgejo"): Record<string, string> {
  const address = context.server_url.replace(/\/$/, "");
  return {
    GITHUB_SERVER_URL: address,
    GITHUB_API_URL: context.api_url,
    GITHUB_GRAPHQL_URL: "",
    GITHUB_RUN_ID: context.run_id,
    GITHUB_RUN_NUMBER: context.run_number,
    GITHUB_RUN_ATTEMPT: context.run_attempt,
    GITHUB_HEAD_REF: context.head_ref,
    GITHUB_BASE_REF: context.base_ref,
    ACTIONS_RUNTIME_URL: `${address}/api/actions_pipeline/`,
    ACTIONS_RUNTIME_TOKEN: context.gitea_runtime_token,
    ACTIONS_RESULTS_URL: address,
    ACTIONS_CACHE_SERVICE_V2: "",
    GITEA_ACTIONS: "true",
    GITEA_ACTIONS_RUNNER_VERSION: "v0.2.13",
    ...(runner === "forgejo" ? { FORGEJO_ACTIONS: "true", FORGEJO_ACTIONS_RUNNER_VERSION: "v11.0.0" } : {}),
  };
}

interface Runner {
  /** Calls the forge's `runner.v1.RunnerService`, which speaks Connect (https://connectrpc.com/docs/protocol). */
  ask(method: string, message: object): Promise<unknown>;
}

const runners = new Map<string, Promise<Runner>>();

/** One that the forge gives this repository's jobs only. */
function register({ owner, name }: Repository): Promise<Runner> {
  const known = runners.get(`${owner}/${name}`) ?? registerAnew(owner, name);
  runners.set(`${owner}/${name}`, known);
  return known;
}

async function registerAnew(owner: string, name: string): Promise<Runner> {
  const permission = (await api(`repos/${owner}/${name}/actions/runners/registration-token`)) as { token: string };
  const { runner } = (await call("Register", { name: "rig", token: permission.token, labels: RUNNERS }, {})) as {
    runner: { uuid: string; token: string };
  };
  const headers = { "x-runner-uuid": runner.uuid, "x-runner-token": runner.token };
  return { ask: (method, message) => call(method, message, headers) };
}

async function call(method: string, message: object, headers: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${gitea()?.url}/api/actions/runner.v1.RunnerService/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`Gitea answers the runner's ${method} with ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
