/** `docker buildx` as bake files are printed by it: by the plugin itself, and the same print once a run. */
import { findBuildxPlugin } from "../buildx/builder/buildx-plugin.ts";
import { UserError } from "../errors.ts";
import { memoize } from "../lib/memoize.ts";
import type { Processes, RunOptions } from "../ports.ts";
import type { Outside } from "./outside.ts";

/**
 * Runs `docker buildx`. Docker itself takes two thirds of the time of a print, so the plugin is started that docker would start,
 * where that is known and it can be started.
 */
export function buildxPrints({ processes, files, env }: Pick<Outside, "processes" | "files" | "env">): Processes {
  const plugin = memoize(() => findBuildxPlugin(env, files));
  const start = async ({ program, args, options }: Call) => {
    const path = program === "docker" && args[0] === "buildx" ? await plugin(undefined) : undefined;
    if (path === undefined) return processes.run(program, args, options);
    try {
      return await processes.run(path, args.slice(1), options);
    } catch (error) {
      // One that was started and took too long would take as long again.
      if (!(error instanceof UserError) || error.cause === undefined) throw error;
      return processes.run(program, args, options);
    }
  };
  const once = memoize(start, ({ program, args, options: { cwd, env: own } }) =>
    JSON.stringify([program, args, cwd, own]),
  );
  return { run: (program, args, options) => once({ program, args, options }) };
}

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}
