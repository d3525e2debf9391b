import { bakePathProblems } from "../catalog/bake/bake-paths.ts";
import type { BakeTools } from "../catalog/bake/print.ts";
import type { RepositoryPath } from "../catalog/catalog.ts";
import { throwProblems } from "../errors.ts";
import { onceEach } from "../once-each.ts";
import type { Session } from "./session.ts";

/** What asks buildx for definitions, after a look at what it would read. */
export function bakeTools({ outside, context, trust, paths, checkoutFiles }: Session): BakeTools {
  const input = {
    root: context.workspace,
    files: checkoutFiles,
    paths,
    isUntrusted: trust.kind === "untrusted",
    home: outside.env.HOME,
  };
  const problemsIn = onceEach((folder: RepositoryPath) => bakePathProblems(folder, input));
  return { ...outside, checkFolder: async (folder) => throwProblems(await problemsIn(folder)) };
}
