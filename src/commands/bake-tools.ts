import { posix } from "node:path";
import { bakePathProblems } from "../catalog/bake/bake-paths.ts";
import type { BakeTools } from "../catalog/bake/print.ts";
import type { RepositoryPath } from "../catalog/catalog.ts";
import { throwProblems } from "../errors.ts";
import { onceEach } from "../once-each.ts";
import type { Session } from "./session.ts";

/** What asks buildx for definitions: nothing is run in a folder before a look at what would be read there. */
export function bakeTools({ outside, context, trust, paths, checkoutFiles }: Session): BakeTools {
  const { workspace } = context;
  const input = {
    root: workspace,
    files: checkoutFiles,
    paths,
    isUntrusted: trust.kind === "untrusted",
    home: outside.env.HOME,
  };
  const problemsIn = onceEach((folder: RepositoryPath) => bakePathProblems(folder, input));
  return {
    ...outside,
    processes: {
      async run(program, args, options) {
        throwProblems(await problemsIn(posix.relative(workspace, options.cwd ?? workspace) || "."));
        return outside.processes.run(program, args, options);
      },
    },
  };
}
