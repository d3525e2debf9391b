/** The programs of the rig that answer as BuildKit would (rig/oracles), each asked many times over. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe as describeRig } from "../../rig/index.ts";

/** What is answered where BuildKit reports an error. */
export interface Refusal {
  readonly error: string;
}

export interface Oracle<Question, Answer> {
  /** One question at a time. @throws when there is no answer in time; the next question is answered again. */
  ask(question: Question): Promise<Answer | Refusal>;
  /** To be called when all is answered. */
  end(): void;
}

/** Milliseconds; most answers take less than one. */
const patience = 20_000;

/** Starts the program of this name, in which questions and answers have the types of its source. */
export function startOracle<Question, Answer extends object>(name: string): Oracle<Question, Answer> {
  const program = join(describeRig().oracles, name);
  if (!existsSync(program)) throw new Error(`the oracles are not built: run \`rig/run up oracles\` (${program})`);
  let running: Running | undefined;
  return {
    async ask(question) {
      running ??= start(program);
      const { child, lines } = running;
      const timer = setTimeout(() => child.kill("SIGQUIT"), patience);
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await lines.next();
      clearTimeout(timer);
      if (line.done !== true) return JSON.parse(line.value) as Answer | Refusal;
      const { complaint } = running;
      running = undefined;
      throw new Error(`the oracle ${name} gave no answer to ${JSON.stringify(question)}\n${complaint()}`);
    },
    end: () => running?.child.stdin.end(),
  };
}

export function isRefusal(answer: object): answer is Refusal {
  return "error" in answer;
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string, unknown>;
  /** What it said of itself; of a program that is ended because it takes too long, where it was. */
  complaint(): string;
}

function start(program: string): Running {
  // It has little to keep, and need not collect garbage often.
  const child = spawn(program, { env: { ...process.env, GOGC: "800" } });
  let complaint = "";
  child.stderr.on("data", (text: Buffer) => {
    complaint += text;
  });
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, lines, complaint: () => complaint.slice(0, 4000) };
}
