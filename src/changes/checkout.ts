import type { RepositoryPath } from "../catalog/catalog.ts";
import type { FileLook, FileLooks } from "../ports.ts";
import type { GitTree } from "./git-tree.ts";
import { encodePath } from "./path-bytes.ts";

/** A working tree, and git's knowledge of it. */
export interface Checkout {
  readonly git: GitTree;
  readonly files: FileLooks;
  /** Its root, absolute. */
  readonly workspace: string;
}

/** What is at a path, itself and not what a link leads to; `undefined` where there is nothing. */
export function lookAt({ files, workspace }: Checkout, path: RepositoryPath): Promise<FileLook | undefined> {
  return files.look(encodePath(`${workspace}/${path}`));
}
