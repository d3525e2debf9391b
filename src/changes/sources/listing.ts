/** All files of the checkout, with what git knows of their bytes. */

import { alteredPaths, alteringSettings } from "../../git/checkout/altered.ts";
import { type Checkout, lookAt } from "../../git/checkout/checkout.ts";
import { type FileIndex, indexFiles } from "../../git/checkout/file-index.ts";
import { trackedKind } from "../../git/git-tree.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";

/** A file as the working tree has it. */
export interface ListedFile {
  readonly path: RepositoryPath;
  /** Git's mode and blob (`100644 <id>`) where the whole working tree is known to match git; else the file is read. */
  readonly content: string | undefined;
  /** Left out of a sparse checkout, so that git alone has it. */
  readonly isAbsent?: true;
}

export interface Listing {
  readonly files: FileIndex<ListedFile>;
  /** Those that are symlinks, and those that nobody looked at. */
  readonly links: FileIndex<ListedFile>;
  /** Paths that Git LFS is for. */
  readonly large: ReadonlySet<RepositoryPath>;
  /** Some file is absent. */
  readonly isSparse: boolean;
  /** The hash by which the repository calls its objects. */
  readonly objectFormat: "sha1" | "sha256";
}

/**
 * Lists what docker would see in the checkout: tracked, untracked and ignored files, those of checked out submodules and of
 * repositories that lie inside included, deleted ones not. Git's own folder is no part of it.
 */
export async function readListing(checkout: Checkout): Promise<Listing> {
  const found: Found = { files: [], links: [], large: new Set(), isSparse: false };
  const objectFormat = await addRepository(checkout, "", found);
  return {
    files: indexFiles(found.files),
    links: indexFiles(found.links),
    large: found.large,
    isSparse: found.isSparse,
    objectFormat,
  };
}

interface Found {
  readonly files: ListedFile[];
  readonly links: ListedFile[];
  readonly large: Set<RepositoryPath>;
  isSparse: boolean;
}

/** Adds the files of a repository, whose paths in the checkout begin with `prefix`. @returns how it calls its objects. */
async function addRepository(checkout: Checkout, prefix: string, found: Found): Promise<Listing["objectFormat"]> {
  const { git } = checkout;
  const [tracked, leftOut, modified, untracked, settings, { objectFormat, attributesFile }] = await Promise.all([
    git.tracked(),
    checkout.leftOut(),
    git.modified(),
    git.untracked(),
    git.settings(alteringSettings),
    git.layout(),
  ]);
  const differing = [...modified, ...untracked];
  const altered = await alteredPaths(checkout, tracked.files, differing, { settings, attributesFile });
  const unknown = new Set([...modified, ...altered.keys(), ...tracked.uncompared]);
  const inside: RepositoryPath[] = [];
  const add = (file: ListedFile): void => {
    found.files.push(file);
    const isUnknown = file.content === undefined && file.isAbsent !== true;
    if (isUnknown || (file.content !== undefined && trackedKind(file.content) === "symlink")) found.links.push(file);
  };
  for (const file of tracked.files) {
    const { path, content } = file;
    if (trackedKind(content) === "submodule") inside.push(path);
    else if (leftOut.at(path) !== undefined) {
      found.isSparse = true;
      // Of what Git LFS holds, the pointer is what a checkout without it has.
      add({ path: prefix + path, content: altered.get(path) === "other" ? undefined : content, isAbsent: true });
    } else if (tracked.sparse.has(path) || unknown.has(path)) add({ path: prefix + path, content: undefined });
    else add(prefix === "" ? file : { path: prefix + path, content });
  }
  for (const [path, alteration] of altered) if (alteration === "lfs") found.large.add(prefix + path);
  for (const path of untracked) {
    if (path.endsWith("/")) inside.push(path.slice(0, -1));
    else add({ path: prefix + path, content: undefined });
  }
  for (const path of inside) await addInside(checkout, prefix, path, found);
  return objectFormat;
}

/** A submodule that is not checked out is an empty folder: nothing. */
async function addInside(checkout: Checkout, prefix: string, path: RepositoryPath, found: Found): Promise<void> {
  const gitFolder = await lookAt(checkout, `${path}/.git`);
  if (gitFolder === undefined) return;
  const inner = checkout.inside(path);
  await addRepository(inner, `${prefix}${path}/`, found);
  // A clone carries its history along, of which the commit has to do.
  if (gitFolder.kind !== "directory") return;
  const commit = (await inner.git.description()) ?? "none";
  found.files.push({ path: `${prefix}${path}/.git`, content: `commit ${commit}` });
}
