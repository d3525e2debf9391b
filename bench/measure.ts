/** Times programs, several in turn, so that what else the machine does hits all of them alike. */
import { type SpawnOptions, spawn } from "node:child_process";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The exit code that is no failure, 0 unless told. */
  readonly expected?: number;
}

/** Runs a program to its end. @returns milliseconds. @throws with what it said when it ends otherwise than expected. */
export function time({ program, args, env, cwd, expected = 0 }: Command): Promise<number> {
  const options: SpawnOptions = { env: { ...env }, stdio: ["ignore", "pipe", "pipe"], ...(cwd ? { cwd } : {}) };
  const started = performance.now();
  const child = spawn(program, args, options);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const milliseconds = performance.now() - started;
      if (code === expected) return resolve(milliseconds);
      const line = [program, ...args.slice(0, 3)].join(" ");
      const text = Buffer.concat(said).toString("utf8").trimEnd().split("\n").slice(-25).join("\n");
      reject(new Error(`${line} ended with ${signal ?? code}, not ${expected}:\n${text}`));
    });
  });
}

export interface Contender<Name extends string> {
  readonly name: Name;
  /** Does it once. @returns milliseconds; what has to be made ready for it is done here too, outside that time. */
  readonly run: () => Promise<number>;
}

/** What came of several rounds. */
export interface Rounds<Name extends string> {
  /** In milliseconds. */
  readonly median: (name: Name) => number;
  /** The median of what `of` gives for the two times of each round: they were taken one after the other. */
  readonly compared: (one: Name, other: Name, of: (one: number, other: number) => number) => number;
}

/**
 * Runs all contenders in each round, in every other one in reverse, so that a machine which grows busier or warmer
 * meanwhile favours none.
 */
export async function interleaved<Name extends string>(
  contenders: readonly Contender<Name>[],
  rounds: number,
): Promise<Rounds<Name>> {
  const times = new Map<Name, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const milliseconds = await run();
      times.get(name)?.push(milliseconds);
      progress(`round ${round + 1} of ${rounds}: ${name} ${milliseconds.toFixed(0)} ms`);
    }
  }
  progress("");
  const of = (name: Name): readonly number[] => times.get(name) ?? [];
  return {
    median: (name) => median(of(name)),
    compared: (one, other, comparison) =>
      median(of(one).map((value, round) => comparison(value, of(other)[round] ?? Number.NaN))),
  };
}

export const ratio = (one: number, other: number): number => one / other;
export const difference = (one: number, other: number): number => one - other;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, each) => sum + each, 0) / middle.length;
}

/** A line about what is being done; on a terminal the next one overwrites it. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u{1b}[K${text}`);
  else if (text !== "") process.stderr.write(`  ${text}\n`);
}
