/** `docker buildx` as bake files are printed by it: the same print once a run. */
import { memoize } from "../lib/memoize.ts";
import type { Processes, RunOptions } from "../ports.ts";

export function buildxPrints(processes: Processes): Processes {
  const once = memoize(
    ({ program, args, options }: Call) => processes.run(program, args, options),
    ({ program, args, options: { cwd, env } }) => JSON.stringify([program, args, cwd, env]),
  );
  return { run: (program, args, options) => once({ program, args, options }) };
}

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}
