/** A docker that answers what a test tells it to, and remembers what it was asked. */
import type { Finished, Processes, RunOptions } from "../../../src/ports.ts";

export interface Answer {
  readonly code?: number;
  readonly stdout?: string;
  /** Lines; also told one by one. */
  readonly stderr?: readonly string[];
  /** What the program does besides, such as writing a file. */
  readonly effect?: (args: readonly string[], options: RunOptions) => void | Promise<void>;
}

export interface ScriptedDocker extends Processes {
  readonly calls: (readonly string[])[];
}

/** `script` maps the start of an argument line to its answers, in order; the last one stays. */
export function scriptedDocker(script: Readonly<Record<string, Answer | readonly Answer[]>>): ScriptedDocker {
  const queues = Object.entries(script).map(([start, answers]) => ({ start, left: [answers].flat() }));
  const calls: (readonly string[])[] = [];
  return {
    calls,
    async run(program, args, options): Promise<Finished> {
      calls.push([program, ...args]);
      const queue = queues.find(({ start }) => args.join(" ").startsWith(start));
      const answer = queue === undefined || queue.left.length < 2 ? queue?.left[0] : queue.left.shift();
      if (answer === undefined) throw new Error(`docker was asked for something unexpected: ${args.join(" ")}`);
      await answer.effect?.(args, options);
      options.signal?.throwIfAborted();
      const stderr = answer.stderr ?? [];
      for (const line of stderr) options.onLine?.(line, "stderr");
      return { code: answer.code ?? 0, stdout: Buffer.from(answer.stdout ?? ""), stderr: stderr.join("\n") };
    },
  };
}
