/** Runs the examples of docs/examples.md up to the plan, on the files of __tests__/fixtures/users. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { systemClock } from "../../../src/adapters/clock.ts";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { type InputName, inputs, type RawInputs } from "../../../src/config/inputs-specification.ts";
import { readContext } from "../../../src/context/read-context.ts";
import { throwProblems } from "../../../src/errors.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Log, Processes } from "../../../src/ports.ts";
import type { Outside } from "../../../src/run/outside.ts";
import { openSession } from "../../../src/run/session.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import { planRun } from "../../../src/stages/plan/plan-run.ts";
import { limited } from "../../unit/lib/http/limited.ts";

const root = resolve(import.meta.dirname, "../../..");
const fixtures = join(root, "__tests__/fixtures");

/** What the example of a repository says. */
export interface Example {
  readonly inputs: Readonly<Partial<Record<InputName, string>>>;
  readonly config: string | undefined;
}

/** Reads the section of a repository: a step, and perhaps a config file. */
function exampleOf(repository: string): Example {
  const page = readFileSync(join(root, "docs/examples.md"), "utf8");
  const section = page.split(/^## /m).find((each) => each.startsWith(`${repository}\n`)) ?? "";
  const [step = "", config] = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const [read] = parse(step);
  const given = Object.entries(read.with ?? {}).map(([name, value]) => [name, String(value)]);
  return { inputs: Object.fromEntries(given), config };
}

/** What a push of a new branch plans, where nothing can be asked of anybody. */
export async function planOf(
  repository: string,
  fixture: string,
  folder: string,
  server = "https://github.com",
): Promise<Plan> {
  const example = exampleOf(repository);
  const workspace = mkdtempSync(join(folder, "checkout-"));
  cpSync(join(fixtures, "users", fixture), workspace, { recursive: true });
  const file = /^# (\S+)/.exec(example.config ?? "")?.[1];
  if (file !== undefined) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), example.config ?? "");
  }
  const sha = committed(workspace);
  const env = {
    PATH: process.env.PATH,
    GITHUB_EVENT_NAME: "push",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: sha,
    GITHUB_REPOSITORY: repository,
    GITHUB_SERVER_URL: server,
    GITHUB_API_URL: "https://api.invalid",
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: mkdtempSync(join(folder, "temp-")),
  };
  const before = "0".repeat(40);
  const payload = {
    ref: "refs/heads/main",
    before,
    after: sha,
    repository: { default_branch: "main", private: false },
  };
  const context = readContext({ env, payload: JSON.stringify(payload), now: new Date(0) });
  const raw = Object.fromEntries(inputs.map(({ name }) => [name, example.inputs[name] ?? ""])) as RawInputs;
  const read = readRunInputs(raw, env);
  throwProblems(read.problems);
  const session = await openSession(context, read.inputs, outsideOf(env, fixture, workspace));
  return (await planRun(session, { ask: "nobody" })).plan;
}

function committed(folder: string): string {
  const env = { PATH: process.env.PATH ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--quiet", "-m", "All of it");
  return git("rev-parse", "HEAD").trim();
}

function outsideOf(env: Outside["env"], fixture: string, workspace: string): Outside {
  const quiet = (): void => {};
  const nobody = (): Promise<never> => Promise.reject(new Error("nobody is to be asked"));
  const log: Log = {
    debug: quiet,
    info: quiet,
    notice: quiet,
    warning: quiet,
    error: quiet,
    group: quiet,
    mask: quiet,
  };
  return limited({
    processes: recordedDocker(fixture, workspace),
    http: { send: nobody, open: nobody },
    files: systemFiles,
    clock: systemClock,
    log,
    attest: async () => undefined,
    keptFolders: { restore: nobody, keep: nobody },
    freePort: nobody,
    machine: "linux/x64",
    hasCacheService: () => false,
    env,
    random: () => 0,
    parallelism: 2,
    signal: new AbortController().signal,
  });
}

/** Git is itself; docker says what buildx said when it was asked (the end-to-end tests ask it again). */
function recordedDocker(fixture: string, workspace: string): Processes {
  const prints: Readonly<Record<string, unknown>> = JSON.parse(
    readFileSync(join(fixtures, "bake-prints.json"), "utf8"),
  );
  return {
    async run(program, args, options) {
      if (program !== "docker") return childProcesses.run(program, args, options);
      const names = args.slice(args.lastIndexOf("--set") + 2);
      const said = prints[[join(fixture, relative(workspace, options.cwd ?? "")), ...names].join(" ")];
      return said === undefined
        ? { code: 1, stdout: new Uint8Array(), stderr: "ERROR: failed to find target default" }
        : { code: 0, stdout: new TextEncoder().encode(JSON.stringify(said)), stderr: "" };
    },
  };
}
