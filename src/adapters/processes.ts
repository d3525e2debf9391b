/**
 * The `Processes` port over node:child_process. Every child leads a process group of its own, so that ending it ends the
 * programs it started too (docker's plugins, a builder's ssh), and so that a terminal's Ctrl-C reaches only us, who then
 * end the children in order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { constants } from "node:os";
import { NotStarted, UserError } from "../errors.ts";
import type { Finished, Processes, RunOptions } from "../ports.ts";
import { lineReader, Tail, Whole } from "./child-output.ts";
import { codeOf } from "./system-error.ts";

const maximumStdout = 256 * 1024 * 1024;
const keptStderr = 1024 * 1024;

/** Programs are looked up in the PATH of the environment that is given to them. */
export const childProcesses: Processes = childProcessesWith(5_000);

/**
 * @param grace milliseconds between TERM and KILL; also how long output may stay open, in other hands, after the child has
 * ended
 */
export function childProcessesWith(grace: number): Processes {
  return {
    async run(program, args, options) {
      options.signal?.throwIfAborted();
      refuseNul(program, args, options);
      try {
        return await runToEnd(program, args, options, grace);
      } catch (error) {
        throw startError(program, options.cwd, error);
      }
    },
  };
}

/** Those that run, with all that they started. */
const running = new Set<ChildProcess>();

/** Ends all children at once, when there is no time to wait for them. */
export function killChildren(): void {
  for (const child of running) signalGroup(child, "SIGKILL");
}

function runToEnd(program: string, args: readonly string[], options: RunOptions, grace: number): Promise<Finished> {
  const { signal, timeout } = options;
  const file = options.stdoutFile === undefined ? undefined : openSync(options.stdoutFile, "wx", 0o600);
  const child = spawn(program, args, {
    env: { ...options.env },
    detached: true,
    stdio: [options.input === undefined ? "ignore" : "pipe", file ?? "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  running.add(child);
  // The child has its own hold of it.
  if (file !== undefined) closeSync(file);
  return new Promise((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    const later = (milliseconds: number, action: () => void) => timers.push(setTimeout(action, milliseconds));
    let failure: { readonly reason: unknown } | undefined;
    const end = (reason: unknown) => {
      if (failure !== undefined) return;
      failure = { reason };
      signalGroup(child, "SIGTERM");
      later(grace, () => signalGroup(child, "SIGKILL"));
    };
    const onAbort = () => end(signal?.reason);
    const release = () => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (timeout !== undefined) later(timeout, () => end(timeoutError(program, timeout)));

    const output = collect(child, program, options.onLine, end);
    // A child that ends without having read its input is no failure of ours.
    child.stdin?.on("error", () => {});
    if (options.input !== undefined) child.stdin?.end(options.input);

    child.on("error", (error) => {
      running.delete(child);
      release();
      reject(error);
    });
    // Something it started may still hold its output open.
    child.on("exit", () => later(grace, () => output.close()));
    child.on("close", (code, endedBy) => {
      running.delete(child);
      output.finish();
      release();
      if (failure !== undefined) return reject(failure.reason);
      resolve({ code: exitCode(code, endedBy), stdout: output.stdout.bytes(), stderr: output.stderr.text() });
    });
  });
}

/** Keeps what the child writes and reports each line. An error on the way, also one of the caller's `onLine`, ends the child. */
function collect(child: ChildProcess, program: string, onLine: RunOptions["onLine"], end: (reason: unknown) => void) {
  const stdout = new Whole(maximumStdout, program);
  const stderr = new Tail(keptStderr);
  const outLines = onLine && lineReader((line) => onLine(line, "stdout"));
  const errorLines = onLine && lineReader((line) => onLine(line, "stderr"));
  const guarded = (...actions: readonly (() => void)[]) => {
    try {
      for (const action of actions) action();
    } catch (error) {
      end(error);
    }
  };
  child.stdout?.on("data", (chunk: Buffer) =>
    guarded(
      () => stdout.add(chunk),
      () => outLines?.add(chunk),
    ),
  );
  child.stderr?.on("data", (chunk: Buffer) =>
    guarded(
      () => stderr.add(chunk),
      () => errorLines?.add(chunk),
    ),
  );
  return {
    stdout,
    stderr,
    /** Passes on a last line that has no end. */
    finish: () =>
      guarded(
        () => outLines?.end(),
        () => errorLines?.end(),
      ),
    close() {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

/** Texts end at a NUL for every program. Configuration, bake files and payloads can hold one, as no path or variable can. */
function refuseNul(program: string, args: readonly string[], { env, cwd }: RunOptions): void {
  const shown = (text: string): string => JSON.stringify(text.slice(0, 100));
  const found = [
    ...args.map((arg) => ({ what: `the argument ${shown(arg)}`, text: arg })),
    ...Object.entries(env).map(([name, value]) => ({ what: `the variable ${name}`, text: `${name}${value}` })),
    ...(cwd === undefined ? [] : [{ what: `the folder ${shown(cwd)}`, text: cwd }]),
  ].find(({ text }) => text.includes("\0"));
  if (found === undefined) return;
  throw new UserError(`${program} can't be given ${found.what}: it holds a NUL character`, {
    hint: "take the character (\\0, \\u0000) out of the file or setting that the text comes from",
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function timeoutError(program: string, timeout: number): UserError {
  return new UserError(`${program} did not end within ${Math.round(timeout / 1000)} s and was stopped`, {
    hint: "run again; if it fails again, see the last lines of its output",
  });
}

/** Says why a program could not be started; other errors stay as they are. */
function startError(program: string, cwd: string | undefined, cause: unknown): unknown {
  const isOfSpawn = typeof cause === "object" && cause !== null && "syscall" in cause;
  if (!isOfSpawn || !String(cause.syscall).startsWith("spawn")) return cause;
  // The system says ENOENT for a missing working directory too.
  if (cwd !== undefined && !statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return new NotStarted(`${program} cannot be started in ${cwd}: there is no such directory`, {
      hint: "check the path; was the repository checked out?",
      cause,
    });
  }
  switch (codeOf(cause)) {
    case "ENOENT":
      return new NotStarted(`${program} was not found`, {
        hint: `install ${program} on the runner, or add its folder to PATH`,
      });
    case "EACCES":
      return new NotStarted(`${program} may not be executed`, { hint: "check the file's permissions", cause });
    default:
      return new NotStarted(`${program} could not be started: ${codeOf(cause)}`, {
        hint: "check the runner's memory and limits",
        cause,
      });
  }
}
