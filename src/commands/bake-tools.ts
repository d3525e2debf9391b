import { posix } from "node:path";
import { bakePathProblems } from "../catalog/bake/bake-paths.ts";
import type { BakeTools } from "../catalog/bake/print.ts";
import type { RepositoryPath } from "../catalog/catalog.ts";
import { throwProblems } from "../errors.ts";
import { onceEach } from "../once-each.ts";
import type { Session } from "./session.ts";

/** What asks buildx for definitions: nothing is run in a folder, or on a file, before a look at what would be read there. */
export function bakeTools({ outside, context, trust, paths, checkoutFiles, buildx }: Session): BakeTools {
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
        const folders = [options.cwd ?? workspace, ...foldersNamed(args)];
        const read = new Set(folders.map((each) => posix.relative(workspace, each) || "."));
        for (const folder of read) throwProblems(await problemsIn(folder));
        return buildx.run(program, args, options);
      },
    },
  };
}

/** Where the files are that bake is to read in place of those in its own folder. */
function foldersNamed(args: readonly string[]): readonly string[] {
  const option = "--file=";
  return args.filter((each) => each.startsWith(option)).map((each) => posix.dirname(each.slice(option.length)));
}
