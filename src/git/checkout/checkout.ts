import type { RepositoryPath } from "../../model/repository-path.ts";
import type { FileLook, FileLooks } from "../../ports.ts";
import type { GitTree, TrackedFile } from "../git-tree.ts";
import type { FileIndex } from "./file-index.ts";
import { encodePath } from "./path-bytes.ts";

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

/** What is at a path, itself and not what a link leads to; `undefined` where there is nothing. */
export function lookAt(
  { files, workspace }: Pick<Checkout, "files" | "workspace">,
  path: RepositoryPath,
): Promise<FileLook | undefined> {
  return files.look(encodePath(`${workspace}/${path}`));
}
