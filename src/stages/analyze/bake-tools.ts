import { posix } from "node:path";
import { bakePaths } from "../../catalog/bake/bake-paths.ts";
import type { BakeTools } from "../../catalog/bake/print.ts";
import { throwProblems } from "../../errors.ts";
import type { Checkout } from "../../git/checkout/checkout.ts";
import { followLinks, type LocalPaths } from "../../lib/local-paths.ts";
import { memoize } from "../../lib/memoize.ts";
import { directoryOf, type RepositoryPath } from "../../model/repository-path.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { Files, Finished, Processes } from "../../ports.ts";
import type { Outside } from "../../run/outside.ts";

/** The parts of a run by which bake files are read. */
export interface BakeRun {
  readonly context: Pick<RunContext, "workspace">;
  readonly outside: Outside;
  readonly trust: CheckoutTrust;
  readonly paths: LocalPaths;
  readonly checkout: Pick<Checkout, "leftOut">;
  readonly checkoutFiles: Pick<Files, "read" | "list">;
  /** `docker buildx` for prints. */
  readonly buildx: Processes;
  /** A folder of the run's own, absolute. */
  readonly folder: string;
}

/**
 * What asks buildx for definitions: nothing is run in a folder, or on a file, before a look at what would be read there. Where a
 * sparse checkout leaves some of it out, buildx runs in a copy of what it reads.
 */
export function bakeTools(run: BakeRun): BakeTools {
  const { outside, context, trust, paths, checkoutFiles, buildx } = run;
  const { workspace } = context;
  const input = {
    root: workspace,
    files: checkoutFiles,
    paths,
    isUntrusted: trust.kind === "untrusted",
    home: outside.env.HOME,
  };
  const copied = copier(run);
  const openedIn = memoize(
    async ({ folder, named = [] }: Read) => {
      const { problems, opened } = await bakePaths(folder, input, named);
      throwProblems(problems);
      return opened;
    },
    (read) => JSON.stringify(read),
  );
  return {
    ...outside,
    processes: {
      async run(program, args, options) {
        const inside = (path: string): RepositoryPath => posix.relative(workspace, path) || ".";
        const named = filesNamed(args).map(inside);
        const cwd = inside(options.cwd ?? workspace);
        const others = new Set(named.map(directoryOf).filter((folder) => folder !== cwd));
        const read: readonly Read[] = [
          named.length === 0 ? { folder: cwd } : { folder: cwd, named },
          ...[...others].map((folder) => ({ folder })),
        ];
        const opened = await Promise.all(read.map(openedIn));
        const copy = await copied(opened.flat());
        if (copy === undefined) return buildx.run(program, args, options);
        const there = (path: string): string => posix.join(copy, posix.relative(workspace, path));
        const moved = { ...options, cwd: there(options.cwd ?? workspace) };
        return inWorkspace(await buildx.run(program, filesIn(args, there), moved), copy, run);
      },
    },
  };
}

const fileOption = "--file=";

/** A folder in which bake runs, or has files, and the files that it is to read. */
interface Read {
  readonly folder: RepositoryPath;
  readonly named?: readonly RepositoryPath[];
}

/** The files that bake is to read in place of those in its own folder. */
function filesNamed(args: readonly string[]): readonly string[] {
  return args.filter((each) => each.startsWith(fileOption)).map((each) => each.slice(fileOption.length));
}

/** The same arguments, with those files elsewhere. */
function filesIn(args: readonly string[], place: (path: string) => string): readonly string[] {
  return args.map((each) => (each.startsWith(fileOption) ? fileOption + place(each.slice(fileOption.length)) : each));
}

/**
 * Makes a function that copies files of the checkout, with those that are left out. @returns where their root is; `undefined` where
 * none is left out.
 */
function copier({ context, checkout, checkoutFiles, outside, folder: own }: BakeRun) {
  const { workspace } = context;
  const root = `${own}/left-out/${posix.basename(workspace)}`;
  const copy = memoize(async (path: RepositoryPath): Promise<void> => {
    const [from, to] = [posix.join(workspace, path), posix.join(root, path)];
    // Such as a virtual environment of Python in `.env`.
    if ((await checkoutFiles.list(from)) !== undefined) return outside.files.makeDirectory(to);
    const bytes = (await outside.files.read(to)) === undefined ? await checkoutFiles.read(from) : undefined;
    if (bytes === undefined) return;
    await outside.files.makeDirectory(posix.dirname(to));
    await outside.files.write(to, bytes);
  });
  return async (opened: readonly string[]): Promise<string | undefined> => {
    const leftOut = await checkout.leftOut();
    const inside = opened.map((path) => posix.relative(workspace, posix.resolve(workspace, path)));
    const own = inside.filter((path) => !path.startsWith("../"));
    const isLeftOut = (path: string) => leftOut.atOrAbove(path) !== undefined || leftOut.below(path).length > 0;
    if (!own.some(isLeftOut)) return undefined;
    await Promise.all(own.map(copy));
    return root;
  };
}

/** What buildx prints, as if it had run in the checkout: compose files have their paths in full. */
export async function inWorkspace(
  finished: Finished,
  copy: string,
  { context: { workspace }, outside: { files } }: Pick<BakeRun, "context" | "outside">,
): Promise<Finished> {
  const [real, realWorkspace] = await Promise.all(
    [copy, workspace].map(async (path) => (await followLinks(path, files))?.real ?? path),
  );
  const moved = (text: string): string =>
    text.replaceAll(real ?? copy, realWorkspace ?? workspace).replaceAll(copy, workspace);
  return {
    ...finished,
    stdout: new TextEncoder().encode(moved(new TextDecoder().decode(finished.stdout))),
    stderr: moved(finished.stderr),
  };
}
