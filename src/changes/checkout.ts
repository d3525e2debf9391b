import type { RepositoryPath } from "../catalog/catalog.ts";
import { onceEach } from "../once-each.ts";
import type { FileLook, FileLooks, Files } from "../ports.ts";
import { alteredPaths, alteringSettings } from "./altered.ts";
import { type FileIndex, indexFiles } from "./file-index.ts";
import type { Git } from "./git.ts";
import type { GitTree, TrackedFile } from "./git-tree.ts";
import { leftOutContent } from "./left-out-content.ts";
import { leftOutFiles } from "./left-out-files.ts";
import { encodePath } from "./path-bytes.ts";
import { type WholeFiles, wholeFiles } from "./whole-files.ts";

/** A working tree, and git's knowledge of it. */
export interface Checkout {
  readonly git: GitTree;
  /** As they would be if nothing was left out of the working tree. */
  readonly files: FileLooks;
  /** Its root, absolute. */
  readonly workspace: string;
  /** What git tracks and a sparse checkout leaves out of the working tree. */
  leftOut(): Promise<FileIndex<TrackedFile>>;
  /** The repository in a folder below: a submodule, or a clone. */
  inside(path: RepositoryPath): Checkout;
}

export interface CheckoutParts {
  readonly git: Pick<Git, "blobs" | "fetchBlobs">;
  readonly tree: GitTree;
  /** What is in the working tree. */
  readonly files: Pick<Files, "read" | "list" | "makeDirectory"> & FileLooks;
  readonly workspace: string;
  /** The same with symlinks followed. */
  readonly realWorkspace: string;
  /** A folder of the run's own, absolute, for what git has to write. */
  readonly folder: string;
}

/** What is left out is listed at the first question, and its content is read, or fetched, where it is asked for. */
export function openCheckout(parts: CheckoutParts): Checkout & { readonly files: WholeFiles } {
  const { git, tree, files, workspace, realWorkspace, folder } = parts;
  const bare = onDisk(tree, files, workspace);
  const read = leftOutContent(git);
  const whole = (content: (file: TrackedFile) => Promise<Uint8Array>) =>
    wholeFiles({ roots: [workspace, realWorkspace], disk: files, leftOut: bare.leftOut, content });
  // Attributes are never altered themselves.
  const attributed = { ...bare, files: whole(read) };
  const altered = onceEach(async () => {
    const [settings, { attributesFile }, leftOut] = await Promise.all([
      tree.settings(alteringSettings),
      tree.layout(),
      bare.leftOut(),
    ]);
    return alteredPaths(attributed, leftOut.below("."), [], { settings, attributesFile });
  });
  const writtenBytes = async ({ path }: TrackedFile): Promise<Uint8Array> => {
    await files.makeDirectory(folder);
    await tree.writeInto(folder, path);
    const found = await look(files, `${folder}/${path}`);
    return found?.kind === "file" ? found.content() : new Uint8Array();
  };
  const written = onceEach(
    async (file: TrackedFile) => {
      const plain = await read(file);
      const isAltered = file.content.startsWith("100") && (await altered(undefined)).get(file.path) === "other";
      return isAltered ? writtenBytes(file) : plain;
    },
    ({ path }) => path,
  );
  return { ...bare, files: whole(written) };
}

/** A repository of which only what is there is read. */
function onDisk(git: GitTree, files: FileLooks, workspace: string): Checkout {
  const leftOut = onceEach(async () =>
    indexFiles(await leftOutFiles(await git.tracked(), (path) => look(files, `${workspace}/${path}`))),
  );
  return {
    git,
    files,
    workspace,
    leftOut: () => leftOut(undefined),
    inside: (path) => onDisk(git.inside(path), files, `${workspace}/${path}`),
  };
}

/** What is at a path, itself and not what a link leads to; `undefined` where there is nothing. */
export function lookAt({ files, workspace }: Checkout, path: RepositoryPath): Promise<FileLook | undefined> {
  return look(files, `${workspace}/${path}`);
}

function look(files: FileLooks, path: string): Promise<FileLook | undefined> {
  return files.look(encodePath(path));
}
