/** Which files of a context count. */

import type { Work } from "../../catalog/layout/path-expression.ts";
import type { FileIndex } from "../../git/checkout/file-index.ts";
import { memoize } from "../../lib/memoize.ts";
import { filtered } from "../../lib/pause.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { joinPath } from "../../model/repository-path.ts";
import { ignoresNothing } from "../ignore/ignore.ts";
import type { ContextInputs } from "./image-inputs.ts";
import { sourcesOf } from "./sources.ts";

/**
 * Makes a function that finds, among files, those of a context that a build reads: not ignored, and followed. Each once, in
 * the order of paths; contexts that are read alike are gone through once, and share the answer.
 */
export function contextFiles<T extends { readonly path: RepositoryPath }>(
  index: FileIndex<T>,
  limit = mostWork,
): (context: ContextInputs) => Promise<readonly T[]> {
  const work = { left: limit };
  return memoize((context: ContextInputs) => select(index, context, work), readingKey);
}

/**
 * Of all contexts together, in patterns that are compared with a path, and steps of their expressions. A thousand images with
 * the whole of a repository of 100,000 files for their context, and each with ten patterns of its own, take half of it.
 */
export const mostWork = 2_000_000_000;

/** Equal for contexts of which the same files are read. */
export function readingKey({ directory, ignoreFile, followed }: ContextInputs): string {
  const sources = followed.kind === "whole" ? ["."] : followed.sources;
  return [directory.target, ignoreFile?.path ?? "", ...sources].join("\0");
}

async function select<T extends { readonly path: RepositoryPath }>(
  index: FileIndex<T>,
  { directory: { target }, ignore, followed }: ContextInputs,
  work: Work,
): Promise<readonly T[]> {
  const start = target === "." ? 0 : target.length + 1;
  const counts = ({ path }: T) => !ignore.ignores(path.slice(start), work);
  if (followed.kind === "whole") {
    const all = index.below(target);
    return ignore === ignoresNothing ? all : filtered(all, counts);
  }
  const sources = sourcesOf(followed.sources);
  const found = sources.starts.flatMap((each) => {
    const path = joinPath(target, each);
    const there = each === "." ? undefined : index.atOrAbove(path);
    // A path above the context is not in it.
    const isInside = there !== undefined && there.path.length > start;
    return [...(isInside ? [there] : []), ...index.below(path)];
  });
  // A path above a source includes all of it, whatever is ignored.
  const taken = await filtered(found, (file) => {
    const path = file.path.slice(start);
    return sources.takes(path, work) ? counts(file) : sources.leadsTo(path, work);
  });
  // One source may be inside another.
  return [...new Set(taken)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Git's own folder, of which nobody lists the files. */
const gitFiles = [
  "HEAD",
  "index",
  "config",
  "packed-refs",
  "logs/HEAD",
  "refs/heads/main",
  "refs/tags/v1",
  "objects/00/0",
];

/** Whether a context brings in git's own folder, and with it the commit. */
export function takesGit({ directory: { target }, ignore, followed }: ContextInputs): boolean {
  if (target !== ".") return false;
  const paths = gitFiles.map((each) => `.git/${each}`).filter((path) => !ignore.ignores(path));
  if (followed.kind === "whole") return paths.length > 0;
  const visible = new Set(followed.visible);
  const sources = sourcesOf(followed.sources.filter((each) => !visible.has(each)));
  return paths.length > 0 && (sources.leadsTo(".git") || sources.takes(".git/HEAD"));
}
