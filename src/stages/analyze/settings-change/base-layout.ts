/**
 * A folder in which buildx reads bake files as they were at the base: what differs is written there, and all else leads to the
 * checkout.
 */
import { posix } from "node:path";
import { decodePath, encodePath } from "../../../git/checkout/path-bytes.ts";
import type { RepositoryPath } from "../../../model/repository-path.ts";
import { directoryOf, joinPath, lastPart } from "../../../model/repository-path.ts";
import type { DirectoryEntry, Processes } from "../../../ports.ts";
import { type BakeRun, inWorkspace } from "../bake-tools.ts";

/** What files held, by path; `undefined`: they were not there. */
export type FormerFiles = ReadonlyMap<RepositoryPath, Uint8Array | undefined>;

/** Through which bake files are read. */
export type BakeReader = Pick<BakeRun, "checkoutFiles" | "buildx">;

/**
 * @param paths what else is read there, so that symlinks on the way lead to what was
 * @param isAffected whether bake reads something else in a folder than in the checkout
 */
export async function layOutBase(
  run: BakeRun,
  root: string,
  former: FormerFiles,
  paths: readonly RepositoryPath[],
  isAffected: (folder: RepositoryPath) => boolean,
): Promise<BakeReader> {
  const { context, outside, checkoutFiles } = run;
  const { workspace } = context;
  const { files } = outside;
  const folders = foldersOf([...former.keys(), ...paths]);
  for (const folder of folders) {
    await files.makeDirectory(posix.join(root, folder));
    for (const { name, kind } of (await files.list(posix.join(workspace, folder))) ?? []) {
      const path = joinPath(folder, name);
      if (former.has(path) || folders.has(path)) continue;
      const look = kind === "symlink" ? await files.look(encodePath(posix.join(workspace, path))) : undefined;
      const target = look?.kind === "symlink" ? decodePath(look.target) : posix.join(workspace, path);
      await files.link(target, posix.join(root, path));
    }
  }
  for (const [path, bytes] of former) {
    if (bytes !== undefined) await files.write(posix.join(root, path), bytes, { private: true });
  }
  const inside = (path: string): RepositoryPath => posix.relative(workspace, path) || ".";
  return {
    checkoutFiles: {
      async read(path) {
        if (former.has(inside(path))) return former.get(inside(path));
        const isLaidOut = folders.has(directoryOf(inside(path)));
        const there = isLaidOut ? await files.read(posix.join(root, inside(path))) : undefined;
        // A sparse checkout has more than there is.
        return there ?? checkoutFiles.read(path);
      },
      async list(path) {
        const now = await checkoutFiles.list(path);
        return folders.has(inside(path)) ? listed(inside(path), now ?? [], former, folders) : now;
      },
    },
    buildx: redirected(run, root, (path) => isAffected(inside(path))),
  };
}

/** All folders on the way to paths, from above. */
function foldersOf(paths: readonly RepositoryPath[]): ReadonlySet<RepositoryPath> {
  const found = new Set<RepositoryPath>(["."]);
  for (const path of paths) {
    const parts = path.split("/").slice(0, -1);
    for (const index of parts.keys()) found.add(parts.slice(0, index + 1).join("/"));
  }
  return new Set([...found].sort((one, other) => one.split("/").length - other.split("/").length));
}

function listed(
  folder: RepositoryPath,
  now: readonly DirectoryEntry[],
  former: FormerFiles,
  folders: ReadonlySet<RepositoryPath>,
): readonly DirectoryEntry[] {
  const left = now.filter(({ name }) => !former.has(joinPath(folder, name)));
  const names = new Set(left.map(({ name }) => name));
  const here = (path: RepositoryPath) => path !== "." && directoryOf(path) === folder && !names.has(lastPart(path));
  const restored = [...former].flatMap(([path, bytes]) =>
    bytes === undefined || !here(path) ? [] : [{ name: lastPart(path), kind: "file" } as const],
  );
  const lost = [...folders].filter(here).map((path) => ({ name: lastPart(path), kind: "directory" }) as const);
  return [...left, ...restored, ...lost].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Prints of folders that differ are made there. */
function redirected(run: BakeRun, root: string, isAffected: (path: string) => boolean): Processes {
  const { workspace } = run.context;
  const { buildx } = run;
  const option = "--file=";
  const there = (path: string) => posix.join(root, posix.relative(workspace, path));
  return {
    async run(program, args, options) {
      const { cwd = workspace } = options;
      const named = args.filter((each) => each.startsWith(option)).map((each) => each.slice(option.length));
      if (![cwd, ...named.map(directoryOf)].some(isAffected)) return buildx.run(program, args, options);
      const moved = args.map((each) => (each.startsWith(option) ? option + there(each.slice(option.length)) : each));
      return inWorkspace(await buildx.run(program, moved, { ...options, cwd: there(cwd) }), root, run);
    },
  };
}
