/** The programs of the rig that answer as BuildKit would (rig/oracles), each asked many times over. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe as describeRig } from "../../rig/index.ts";

/** What is answered where BuildKit reports an error. */
export interface Refusal {
  readonly error: string;
}

export interface Oracle<Question, Answer> {
  ask(question: Question): Promise<Answer | Refusal>;
  /** To be called when all is answered. */
  end(): void;
}

/** Starts the program of this name, in which questions and answers have the types of its source. */
export function startOracle<Question, Answer extends object>(name: string): Oracle<Question, Answer> {
  const program = join(describeRig().oracles, name);
  if (!existsSync(program)) throw new Error(`the oracles are not built: run \`rig/run up oracles\` (${program})`);
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: PromiseWithResolvers<Answer | Refusal>[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    waiting.shift()?.resolve(JSON.parse(line) as Answer | Refusal);
  });
  child.on("exit", () => {
    for (const each of waiting.splice(0)) each.reject(new Error(`the oracle ${name} ended before it answered`));
  });
  child.stdin.on("error", () => {});
  return {
    ask(question) {
      const answer = Promise.withResolvers<Answer | Refusal>();
      waiting.push(answer);
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return answer.promise;
    },
    end: () => child.stdin.end(),
  };
}

export function isRefusal(answer: object): answer is Refusal {
  return "error" in answer;
}
