/** The action's edge: reads the environment once, makes the adapters, runs one command, and says what became of it. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { systemClock } from "./adapters/clock.ts";
import { systemFiles } from "./adapters/files.ts";
import { freePort } from "./adapters/free-port.ts";
import { nodeHttp } from "./adapters/http/http.ts";
import { childProcesses, killChildren } from "./adapters/processes.ts";
import { redact } from "./adapters/redact.ts";
import { type TerminalLogOptions, terminalLog } from "./adapters/terminal-log.ts";
import { actionLog } from "./adapters/toolkit/action-log.ts";
import { addToSummary, isDebug, readInput, writeOutputs } from "./adapters/toolkit/action-step.ts";
import { attestOnGitHub } from "./adapters/toolkit/attestations.ts";
import { hasCacheService } from "./adapters/toolkit/cache-service.ts";
import { keptFolders } from "./adapters/toolkit/kept-folders.ts";
import {
  type InputName,
  type InputSpecification,
  type RawInputs,
  inputs as specification,
} from "./config/inputs-specification.ts";
import { explain, LateProblems, problemsIn, throwProblems, UserError } from "./errors.ts";
import { rateLimiter } from "./lib/http/rate-limiter.ts";
import { code } from "./lib/markdown.ts";
import type { Remark } from "./model/remark.ts";
import type { RunContext } from "./model/run-context.ts";
import type { Log } from "./ports.ts";
import { defectHint } from "./report/error-text.ts";
import { eventLine } from "./report/summary/event.ts";
import { type EndedRun, renderRunError } from "./report/summary/run-error.ts";
import type { CommandResult } from "./results/command-result.ts";
import { workdirIn } from "./run/checkout/workdir.ts";
import { eventContext } from "./run/event/event-context.ts";
import { forgePage } from "./run/event/forge-page.ts";
import type { Outside } from "./run/outside.ts";
import { type RunInputs, readRunInputs } from "./settings/run-inputs.ts";

/** Runs the action in its step's environment. @returns the exit code; everything else is written where GitHub reads it. */
export async function runAction(): Promise<number> {
  const { log, summarize, summarizeError } = actionEdge();
  let known: RunContext | undefined;
  const work = async (signal: AbortSignal): Promise<number> => {
    const outside = systemOutside(log, signal);
    const raw = rawInputs((name) => readInput(outside.env, name), log);
    try {
      const { inputs, context, problems } = await readRun(raw, outside);
      known = context;
      throwProblems(problems);
      return context === undefined ? 1 : await run(raw, inputs, context, outside, summarize);
    } catch (error) {
      const { placedProblems } = await import("./run/event/running-workflow.ts");
      throw await placedProblems(error, raw, outside);
    }
  };
  const leave = (error: unknown, isCanceled: boolean): void =>
    summarizeError(error, { isCanceled, about: known && aboutRun(known, process.env) });
  return guarded(log, isDebug(process.env), work, leave);
}

interface ReadRun {
  readonly inputs: RunInputs;
  readonly context: RunContext | undefined;
  readonly problems: readonly UserError[];
}

/** What the run is about, and all that is wrong with it before it begins; hides the secrets that the inputs name. */
async function readRun(raw: RawInputs, outside: Outside): Promise<ReadRun> {
  const { inputs, problems } = readRunInputs(raw, outside.env);
  for (const secret of [...inputs.secrets.values, ...(await secretsInFiles(inputs, outside))]) outside.log.mask(secret);
  const found = [...problems];
  const context = await collecting(found, () => contextIn(inputs.settings.workdir, outside));
  return { inputs, context, problems: found };
}

async function run(
  raw: RawInputs,
  inputs: RunInputs,
  context: RunContext,
  outside: Outside,
  summarize: ActionEdge["summarize"],
): Promise<number> {
  const { log } = outside;
  // What refuses a bad input need not wait for all that would come after it.
  const { runCommand } = await import("./commands/run-command.ts");
  const result = await runCommand(inputs, context, outside);
  const text = result.text({ colour: false, width: 120 });
  if (text !== "") log.info(text.trimEnd());
  const { placedFailures } = await import("./run/event/running-workflow.ts");
  const code = logFailures(await placedFailures(result.failures, raw, outside), log);
  if (outside.env.GITHUB_OUTPUT) await writeOutputs(result.outputs);
  summarize(result.summary);
  return code;
}

/** Ends by an error before anything has begun. @param isStep whether a runner started it, or a person. @returns the exit code. */
export function refuse(error: UserError, isStep: boolean): number {
  if (!isStep) {
    logError(error, terminalLog(systemTerminal(false)), false);
    return 1;
  }
  const { log, summarizeError } = actionEdge();
  logError(error, log, false);
  summarizeError(error, { isCanceled: false });
  return 1;
}

/** A command throws for what keeps it from starting, unless it is a defect or says otherwise. */
function isUntouched(error: unknown): boolean {
  return error instanceof UserError && !(error instanceof LateProblems);
}

/** The event, and which step it is of a job that may have several. */
function aboutRun(context: RunContext, env: NodeJS.ProcessEnv): string {
  const plan = { event: context.eventName, ref: context.ref.full, commit: context.commit, base: null };
  // A step without an id is numbered, with the action's name.
  const step = env.GITHUB_ACTION?.startsWith("__") === false ? env.GITHUB_ACTION : undefined;
  const parts = [...(env.GITHUB_JOB ? [`job ${code(env.GITHUB_JOB)}`] : []), ...(step ? [`step ${code(step)}`] : [])];
  return `${eventLine(plan, forgePage(context))}${parts.length === 0 ? "" : ` <sub>In ${parts.join(", ")}.</sub>`}`;
}

/** The terminal that this was started at. */
export function systemTerminal(debug: boolean): TerminalLogOptions {
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  return { write: (text) => process.stderr.write(text), colour, debug };
}

interface ActionEdge {
  readonly log: Log;
  /** Adds to the job's summary, without what the log hides. */
  readonly summarize: (markdown: string) => void;
  /** The same for an error that the run ends by, with what the log warned of before. */
  readonly summarizeError: (error: unknown, run: Pick<EndedRun, "isCanceled" | "about">) => void;
}

function actionEdge(): ActionEdge {
  const hidden: string[] = [];
  const warnings: Remark[] = [];
  const log = actionLog();
  const summarize = (markdown: string): void => addToSummary(process.env, redact(markdown, hidden));
  return {
    log: {
      ...log,
      mask(secret) {
        hidden.push(secret);
        log.mask(secret);
      },
      warning(message, hint, details) {
        warnings.push({ message, hint });
        log.warning(message, hint, details);
      },
    },
    summarize,
    summarizeError: (error, ended) =>
      summarize(renderRunError(error, { ...ended, isUntouched: isUntouched(error), warnings })),
  };
}

/** What happened, and in which checkout; none is needed where the event is about something that is gone. */
async function contextIn(workdir: string | undefined, outside: Outside): Promise<RunContext> {
  const context = await eventContext(outside);
  if (context.trigger.kind === "gone") return context;
  return { ...context, workspace: await workdirIn(context.workspace, workdir, outside.files) };
}

/** The adapters for the machine that this runs on. */
export function systemOutside(log: Log, signal: AbortSignal): Outside {
  const http = nodeHttp(process.env);
  return {
    processes: childProcesses,
    http,
    limiter: rateLimiter({ clock: systemClock, random: Math.random, onWait: (what) => log.info(what) }),
    files: systemFiles,
    clock: systemClock,
    log,
    attest: attestOnGitHub,
    keptFolders: keptFolders(process.env, http),
    freePort,
    machine: `${process.platform}/${process.arch}`,
    hasCacheService: () => hasCacheService(process.env),
    env: process.env,
    random: Math.random,
    parallelism: availableParallelism(),
    signal,
  };
}

/** Reads every input, and hides the secret ones from now on. */
export function rawInputs(read: (name: InputName) => string, log: Log): RawInputs {
  const values = Object.fromEntries(specification.map(({ name }) => [name, read(name)])) as RawInputs;
  for (const secret of secretsIn(values)) log.mask(secret);
  return values;
}

function secretsIn(raw: RawInputs): readonly string[] {
  const secret = specification.filter((input: InputSpecification) => input.secret === true);
  return secret.flatMap(({ name }) => raw[name].split(/\r?\n/)).map((line) => line.trim());
}

/** Lines of the files that `secret-files` names: a build may print them. One that is not there is buildx's to complain of. */
async function secretsInFiles({ settings }: RunInputs, { files, env }: Outside): Promise<readonly string[]> {
  const paths = settings.secretFiles.map(({ text }) =>
    resolve(env.GITHUB_WORKSPACE ?? ".", settings.workdir ?? ".", text.slice(text.indexOf("=") + 1)),
  );
  const contents = await Promise.all(paths.map((path) => files.read(path).catch(() => undefined)));
  const lines = contents.flatMap((bytes) => new TextDecoder().decode(bytes ?? new Uint8Array()).split(/\r?\n/));
  return lines.map((line) => line.trim()).slice(0, mostSecretLines);
}

const mostSecretLines = 1_000;

/**
 * Runs `work` so that a signal aborts it and whatever it throws becomes a message; a second signal ends the process at once.
 * @param leave gets the error that it ends by, before the process may end.
 * @returns the exit code: that of `work`, 1 for an error, 128 + n for signal n.
 */
export async function guarded(
  log: Log,
  debug: boolean,
  work: (signal: AbortSignal) => Promise<number>,
  leave: (error: unknown, isCanceled: boolean) => void = () => {},
): Promise<number> {
  const controller = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  let stopped: number | undefined;
  let isOver = false;
  const end = (error: unknown): void => {
    logError(error, log, debug);
    try {
      leave(error, controller.signal.aborted && error === controller.signal.reason);
    } catch (unwritten) {
      log.debug(explain(unwritten));
    }
  };
  const stop = (name: "SIGINT" | "SIGTERM"): void => {
    if (stopped !== undefined) {
      // Whoever asks twice does not want to wait for what is being ended in order. Children are ended by the adapter.
      killChildren();
      if (!isOver) end(controller.signal.reason);
      process.exit(codes[name]);
    }
    stopped = codes[name];
    controller.abort(
      new UserError(`the run was cancelled (${name})`, { hint: "run it again: it goes on where it was" }),
    );
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    const code = await work(controller.signal);
    return stopped ?? code;
  } catch (error) {
    end(error);
    return stopped ?? 1;
  } finally {
    isOver = true;
    // A second signal that arrives while the process ends gets the same exit code, not the system's default.
    if (stopped === undefined) process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** @returns the exit code. */
export function logFailures(failures: CommandResult["failures"], log: Log): number {
  for (const { title, message, hint, at } of failures)
    log.error(message, hint, at === undefined ? { title } : { title, at });
  return failures.length === 0 ? 0 : 1;
}

function logError(error: unknown, log: Log, debug: boolean): void {
  for (const problem of problemsIn(error)) {
    if (problem instanceof UserError) {
      log.error(explain(problem), problem.hint, problem.at === undefined ? {} : { at: problem.at });
    } else {
      log.error(explain(problem), defectHint);
    }
    if (debug && problem instanceof Error && problem.stack !== undefined) log.debug(problem.stack);
  }
}

async function collecting<T>(problems: UserError[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...problemsIn(error));
    return undefined;
  }
}
