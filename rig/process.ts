/** Child processes: those that end (`run`) and those that stay (`start`, `stop`, known by a file with their pid). */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { path } from "./folder.ts";

export interface RunOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  input?: string | Buffer;
  /** The part whose log gets everything that is printed. */
  log?: string;
  /** Seconds; 60 unless told. */
  limit?: number;
}

/** Runs a command to its end and returns what it printed on standard output. @throws with its last lines. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const limit = options.limit ?? 60;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: limit * 1000,
  });
  let output = "";
  let all = "";
  child.stdout.on("data", (text: Buffer) => {
    output += text;
    all += text;
  });
  child.stderr.on("data", (text: Buffer) => {
    all += text;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.input);
  const line = `$ ${command} ${args.join(" ")}\n`;
  const note = (): string => {
    if (!options.log) return "";
    writeFileSync(logFile(options.log), line + all, { flag: "a" });
    return `\nlog: ${logFile(options.log)}`;
  };
  child.on("error", (cause) => reject(new Error(`${command} cannot be run: ${cause.message}`, { cause })));
  child.on("close", (code, signal) => {
    const where = note();
    if (code === 0) return resolve(output);
    const end = signal ? `was ended by ${signal} (limit: ${limit} s)` : `exited with ${code}`;
    reject(new Error(`${command} ${args.slice(0, 3).join(" ")} ${end}\n${lastLines(all)}${where}`));
  });
  return promise;
}

/** Starts a command that stays when this process ends. Its output goes to the part's log, which begins anew. */
export function start(name: string, command: string, args: string[], env: Record<string, string> = {}): void {
  const log = openSync(logFile(name), "w");
  const child = spawn(command, args, { detached: true, stdio: ["ignore", log, log], env: { ...process.env, ...env } });
  closeSync(log);
  child.on("error", () => {}); // a command that is missing shows in the health check
  if (child.pid !== undefined) writeFileSync(pidFile(name), `${child.pid} ${startTime(child.pid)}\n`);
  child.unref();
}

/** The process id of what `start` started under this name, if it still runs. */
export function running(name: string): number | undefined {
  if (!existsSync(pidFile(name))) return undefined;
  const [pid = 0, started = ""] = readFileSync(pidFile(name), "utf8").trim().split(" ");
  // A pid alone may belong to a stranger by now; with its start time it is ours.
  return startTime(Number(pid)) === started ? Number(pid) : undefined;
}

/** Ends what `start` started: asks, waits up to `patience` seconds, then insists. */
export async function stop(name: string, patience = 10): Promise<void> {
  const pid = running(name);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    if (!(await until(() => running(name) === undefined, patience))) {
      process.kill(pid, "SIGKILL");
      await until(() => running(name) === undefined, 5);
    }
  }
  rmSync(pidFile(name), { force: true });
}

/** Waits until `test` holds. @returns whether it did within `seconds` */
export async function until(test: () => boolean | Promise<boolean>, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    if (await test()) return true;
    if (performance.now() > end) return false;
    await sleep(pause);
  }
}

/** Waits for what was started to be healthy. @throws with the last lines of its log */
export async function healthy(name: string, test: () => Promise<boolean>, seconds: number): Promise<void> {
  const wasStarted = running(name) !== undefined; // a container of another engine is not
  const gone = (): boolean => wasStarted && running(name) === undefined;
  let ok = false;
  await until(async () => {
    ok = await test();
    return ok || gone();
  }, seconds);
  if (ok) return;
  const log = existsSync(logFile(name)) ? `\n${lastLines(readFileSync(logFile(name), "utf8"))}` : "";
  const end = gone() ? "ended at once" : `did not answer within ${seconds} s`;
  throw new Error(`${name} ${end}${log}\nlog: ${logFile(name)}`);
}

const logFile = (name: string): string => path("log", `${name}.log`);

const pidFile = (name: string): string => path("run", `${name}.pid`);

/** When a process started, in ticks since boot (proc(5), stat, field 22); "" when there is none or only its remains. */
function startTime(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

const lastLines = (text: string): string => text.trimEnd().split("\n").slice(-15).join("\n");
