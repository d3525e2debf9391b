/** The files of a working tree together with those that a sparse checkout leaves out of it, as one. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { isWithin } from "../../lib/local-paths.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { DirectoryEntry, FileLook, FileLooks, Files } from "../../ports.ts";
import { type TrackedFile, trackedKind } from "../git-tree.ts";
import type { FileIndex } from "./file-index.ts";
import { decodePath } from "./path-bytes.ts";

export type WholeFiles = Pick<Files, "read" | "list"> & FileLooks;

export interface WholeFilesParts {
  /** Absolute paths of the working tree. */
  readonly roots: readonly string[];
  readonly disk: WholeFiles;
  leftOut(): Promise<FileIndex<TrackedFile>>;
  /** The bytes of a file that is left out, as a checkout would write them. */
  content(file: TrackedFile): Promise<Uint8Array>;
}

/** What is in the working tree goes first. */
export function wholeFiles({ roots, disk, leftOut, content }: WholeFilesParts): WholeFiles {
  const inside = (path: string): RepositoryPath | undefined => {
    const root = roots.find((each) => isWithin(path, each));
    return root === undefined ? undefined : posix.relative(root, path) || ".";
  };
  return {
    async look(path) {
      const found = await disk.look(path);
      if (found !== undefined) return found;
      const own = inside(decodePath(path));
      return own === undefined ? undefined : lookIn(await leftOut(), own, content);
    },
    async read(path) {
      const found = await disk.read(path);
      const own = found === undefined ? inside(path) : undefined;
      if (own === undefined) return found;
      const left = await lookIn(await leftOut(), own, content);
      if (left?.kind === "directory") throw isDirectory(path);
      return left?.kind === "file" ? left.content() : undefined;
    },
    async list(path) {
      const there = await disk.list(path);
      const own = inside(path);
      if (own === undefined) return there;
      const left = entriesIn(await leftOut(), own);
      if (left === undefined) return there;
      const names = new Set(there?.map(({ name }) => name));
      return [...(there ?? []), ...left.filter(({ name }) => !names.has(name))].sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
    },
  };
}

async function lookIn(
  files: FileIndex<TrackedFile>,
  path: RepositoryPath,
  content: WholeFilesParts["content"],
): Promise<FileLook | undefined> {
  const file = files.at(path);
  if (file === undefined) return files.below(path).length > 0 ? { kind: "directory" } : undefined;
  const kind = kindOf(file);
  if (kind === "directory") return { kind };
  const bytes = await content(file);
  if (kind === "symlink") return { kind, target: bytes };
  return {
    kind,
    size: bytes.length,
    isExecutable: trackedKind(file.content) === "executable",
    content: async () => bytes,
  };
}

/** `undefined` where nothing of a directory is left out. */
function entriesIn(files: FileIndex<TrackedFile>, path: RepositoryPath): readonly DirectoryEntry[] | undefined {
  const below = files.below(path);
  if (below.length === 0) {
    const own = files.at(path);
    return own !== undefined && trackedKind(own.content) === "submodule" ? [] : undefined;
  }
  const start = path === "." ? 0 : path.length + 1;
  const kinds = new Map(
    below.map((file): [string, DirectoryEntry["kind"]] => {
      const slash = file.path.indexOf("/", start);
      return slash < 0 ? [file.path.slice(start), kindOf(file)] : [file.path.slice(start, slash), "directory"];
    }),
  );
  return [...kinds].map(([name, kind]) => ({ name, kind }));
}

/** A submodule that is not checked out is an empty folder. */
function kindOf({ content }: TrackedFile): "file" | "symlink" | "directory" {
  const kind = trackedKind(content);
  return kind === "submodule" ? "directory" : kind === "symlink" ? kind : "file";
}

function isDirectory(path: string): UserError {
  return new UserError(`cannot read ${path}: it is a directory`, { hint: "give the path of a file" });
}
