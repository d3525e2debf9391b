/**
 * Runs a real workflow of a real repository with act, on this machine (`-self-hosted`), with the rig's parts in reach.
 *
 * What act 0.2.89 does otherwise than GitHub, and what is done about it here:
 * - It copies the work tree when actions/checkout runs, whatever `with:` says, and clones nothing. So the tree that it
 *   copies is made as actions/checkout would make it (`checkout.ts`); `fetchDepth` stands for the input of that name.
 *   Empty folders are not copied.
 * - GITHUB_REF and GITHUB_SHA come from the payload for some events and from the work tree for others. Both are set here
 *   (`SHA_REF` is act's name for the latter); so are run id, number and actor.
 * - The action is copied through memory: give it a folder with action.yml and dist, not node_modules. It is staged here
 *   without `.git` and `node_modules`.
 * - Every step gets act's environment, so a `run:` step sees ACTIONS_RUNTIME_TOKEN too. Nothing else of the caller's
 *   environment is passed on.
 * - It runs every JavaScript action on the `node` that comes first on PATH, which is the rig's.
 * - GITHUB_STEP_SUMMARY is a file per step, printed when the step ends. Here they are one text in the steps' order.
 * - A step's standard output and error are one stream, as on GitHub, but they were a terminal, and a cancelled step was
 *   killed outright: `act.ts` mends both when it builds act.
 * - Secrets would stand on the command line or in all steps' environment: they are handed over in a file.
 * - Service containers, `permissions` and `concurrency` are not carried out.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { actPath } from "./act.ts";
import { cacheToken } from "./cache.ts";
import { checkOut } from "./checkout.ts";
import { path } from "./folder.ts";
import { run } from "./process.ts";
import { describe } from "./rig.ts";

export interface WorkflowOptions {
  /** A git repository with `.github/workflows`. Only what is committed counts; it is not touched. */
  repository: string;
  /** The event's name, as in `on:`. */
  event: string;
  /** The webhook's payload. Its `ref`, `after` and `repository` count; without one a small one is made up. */
  payload?: Record<string, unknown>;
  /** `GITHUB_REF`; from the payload or the branch that is checked out in the repository unless told. */
  ref?: string;
  /** `GITHUB_SHA`; the payload's `after`, or what `ref` points to, unless told. */
  sha?: string;
  /** The file in `.github/workflows`; all of them unless told. */
  workflow?: string;
  /** A workflow in place of those of the repository. */
  workflowText?: string;
  job?: string;
  /** `GITHUB_ACTOR`, octocat unless told. */
  actor?: string;
  /** What the checkout's remote is called in the end; the repository itself unless told. */
  origin?: string;
  /** Added to the rig's environment, `GITHUB_API_URL` and its like too. */
  env?: Record<string, string>;
  secrets?: Record<string, string>;
  variables?: Record<string, string>;
  /** The folder with the action under test. */
  actionDirectory: string;
  /** What workflows call it, `org/image-publish@v1` unless told. */
  actionName?: string;
  /** As the input of actions/checkout; 1 unless told, as there. */
  fetchDepth?: number;
  /** Gets each line of the log as it comes. */
  onLine?: (line: string) => void;
  /** Seconds, 300 unless told. */
  limit?: number;
  /** Ends the run as a cancelled one: act is interrupted. */
  signal?: AbortSignal;
}

export interface WorkflowResult {
  /** act's exit code, 0 when all jobs succeeded. */
  code: number;
  /** What the run printed, a line each, secrets masked. */
  log: string;
  /** The job summary: what all steps wrote to GITHUB_STEP_SUMMARY. */
  summary: string;
  /** Errors, warnings and notices, as in GitHub's annotations. */
  annotations: { level: "error" | "warning" | "notice"; message: string; properties: Record<string, string> }[];
  /** What steps with an id gave out: `outputs[job][step][name]`; a job of a matrix is called `build (a, b)`. */
  outputs: Record<string, Record<string, Record<string, string>>>;
  /** Each job's result, `success` or `failure`. */
  jobs: Record<string, string>;
  seconds: number;
}

/** A line of act's log with `--json`. */
interface Entry {
  msg: string;
  jobID?: string;
  matrix?: Record<string, unknown>;
  stepID?: string[];
  raw_output?: boolean;
  command?: string;
  kvPairs?: Record<string, string>;
  arg?: string;
  name?: string;
  content?: string;
  jobResult?: string;
}

/** @throws only when the workflow could not be run at all; a run that fails has a `code` */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowResult> {
  const begin = performance.now();
  const work = mkdtempSync(path("workflows", "run-"));
  try {
    const result = await runAct(await prepare(options, work), options);
    return { ...result, seconds: (performance.now() - begin) / 1000 };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Prepared {
  args: string[];
  env: Record<string, string>;
}

/** Lays out everything that act reads in the folder `work`. */
async function prepare(options: WorkflowOptions, work: string): Promise<Prepared> {
  const { repository, event, actionName = "org/image-publish@v1" } = options;
  const git = (...args: string[]): Promise<string> => run("git", ["-C", repository, ...args]);
  const { payload = {} } = options;
  const ref = options.ref ?? text(payload.ref) ?? (await git("symbolic-ref", "HEAD")).trim();
  const sha = options.sha ?? text(payload.after) ?? (await git("rev-parse", `${ref}^{commit}`)).trim();
  const whole = { ref, after: sha, repository: defaultRepository(ref), ...payload };
  const { full_name: slug, default_branch: branch } = { ...defaultRepository(ref), ...(whole.repository as object) };

  const tree = join(work, basename(slug));
  const action = join(work, "action");
  await checkOut({ repository: resolve(repository), target: tree, ref, sha, fetchDepth: options.fetchDepth ?? 1 });
  if (options.origin) await run("git", ["-C", tree, "remote", "set-url", "origin", options.origin]);
  cpSync(options.actionDirectory, action, {
    recursive: true,
    filter: (file) => ![".git", "node_modules"].includes(basename(file)),
  });
  const file = (name: string, content: string): string => {
    const whole = join(work, name);
    writeFileSync(whole, content, { mode: 0o600 });
    return whole;
  };
  const workflows = options.workflowText
    ? file("workflow.yml", options.workflowText)
    : join(tree, ".github/workflows", options.workflow ?? "");
  const rig = describe();
  const home = join(work, "home");
  mkdirSync(home);
  const github: Record<string, string> = {
    GITHUB_REF: ref,
    SHA_REF: sha,
    GITHUB_REPOSITORY: slug,
    GITHUB_RUN_ID: String(Date.now()),
    GITHUB_RUN_NUMBER: "1",
    ...Object.fromEntries(Object.entries(options.env ?? {}).filter(([name]) => name.startsWith("GITHUB_"))),
  };
  const env = {
    ...Object.fromEntries(INHERITED.flatMap((name) => (rig.env[name] ? [[name, rig.env[name]]] : []))),
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
    CI: "true",
    ACTIONS_RUNTIME_TOKEN: cacheToken([...new Set([ref, `refs/heads/${branch}`])]),
    ...options.env,
  };
  const args = [
    event,
    ...["--directory", tree, "--eventpath", file("payload.json", JSON.stringify(whole))],
    ...["--workflows", workflows],
    ...(options.job ? ["--job", options.job] : []),
    ...RUNNERS.flatMap((label) => ["--platform", `${label}=-self-hosted`]),
    ...["--local-repository", `${actionName}=${action}`, "--action-cache-path", join(work, "cache")],
    ...["--secret-file", file("secrets", dotenv({ GITHUB_TOKEN: "token-of-the-job", ...options.secrets }))],
    ...["--var-file", file("variables", dotenv(options.variables ?? {}))],
    ...["--env-file", file("env", dotenv(github)), "--input-file", file("inputs", "")],
    ...["--actor", options.actor ?? "octocat", "--pull=false", "--no-cache-server", "--json"],
  ];
  return { args, env };
}

/** The labels that lead to this machine: GitHub's, and such as people give runners of their own. */
export const RUNNERS = [
  "ubuntu-latest",
  "ubuntu-24.04",
  "ubuntu-22.04",
  "ubuntu-24.04-arm",
  "ubuntu-22.04-arm",
  "docker",
  "nix",
];

/** What a step may know of the rig's environment. */
const INHERITED = [
  "PATH",
  "LANG",
  "TZ",
  "DOCKER_HOST",
  "DOCKER_CONFIG",
  "BUILDX_CONFIG",
  "ACTIONS_RESULTS_URL",
  "ACTIONS_CACHE_SERVICE_V2",
];

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function defaultRepository(ref: string): { full_name: string; default_branch: string } & Record<string, unknown> {
  const branch = ref.match(/^refs\/heads\/(.+)/)?.[1] ?? "main";
  return { full_name: "octo/images", name: "images", owner: { login: "octo" }, default_branch: branch, private: false };
}

/** The file format that act reads secrets and variables from; in double quotes it would expand `$`. */
const dotenv = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n")}"\n`)
    .join("");

async function runAct({ args, env }: Prepared, options: WorkflowOptions): Promise<Omit<WorkflowResult, "seconds">> {
  const lines: string[] = [];
  const summaries: string[] = [];
  const result: Pick<WorkflowResult, "annotations" | "outputs" | "jobs"> = { annotations: [], outputs: {}, jobs: {} };
  const act = spawn(actPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let patience: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    act.kill("SIGINT");
    patience ??= setTimeout(() => act.kill("SIGKILL"), 20_000);
  };
  options.signal?.addEventListener("abort", interrupt);
  const limit = setTimeout(interrupt, (options.limit ?? 300) * 1000);
  const hear = (line: string): void => {
    const entry = parse(line);
    note(entry, result, summaries);
    for (const part of entry.msg.replaceAll("\r", "").replace(/\n$/, "").split("\n")) {
      const said = entry.jobID ? `[${jobName(entry)}] ${entry.raw_output ? "| " : ""}${part}` : part;
      lines.push(said);
      options.onLine?.(said);
    }
  };
  const streams = [act.stdout, act.stderr].map((input) => createInterface({ input }));
  for (const stream of streams) stream.on("line", hear);
  const closed = streams.map((stream) => new Promise((done) => stream.once("close", done)));
  const code = await new Promise<number>((done, fail) => {
    act.once("error", fail);
    act.once("close", (exit) => done(exit ?? 130));
  });
  await Promise.all(closed);
  clearTimeout(limit);
  clearTimeout(patience);
  options.signal?.removeEventListener("abort", interrupt);
  return { code, log: `${lines.join("\n")}\n`, summary: summaries.join("\n"), ...result };
}

function parse(line: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return { msg: line }; // act's last words are no JSON
  }
}

/** As GitHub shows it: the id, and the values of the matrix. */
function jobName({ jobID = "", matrix = {} }: Entry): string {
  const values = Object.values(matrix);
  return values.length > 0 ? `${jobID} (${values.join(", ")})` : jobID;
}

function note(
  entry: Entry,
  { annotations, outputs, jobs }: Pick<WorkflowResult, "annotations" | "outputs" | "jobs">,
  summaries: string[],
): void {
  const { command, kvPairs, arg, name, content, stepID: [step = ""] = [], jobResult } = entry;
  const job = jobName(entry);
  if (command === "error" || command === "warning" || command === "notice") {
    annotations.push({ level: command, message: arg ?? "", properties: kvPairs ?? {} });
  }
  if (command === "summary") summaries.push(content ?? "");
  if (command === "set-output" && name !== undefined) {
    outputs[job] ??= {};
    outputs[job][step] = { ...outputs[job][step], [name]: arg ?? "" };
  }
  if (jobResult) jobs[job] = jobResult;
}
