/** Which files of a context count. */
import type { RepositoryPath } from "../catalog/catalog.ts";
import { joinPath } from "../catalog/repository-path.ts";
import type { FileIndex } from "./file-index.ts";
import { ignoresNothing } from "./ignore.ts";
import type { ContextInputs } from "./image-inputs.ts";
import { sourcesOf } from "./sources.ts";

/**
 * Makes a function that finds, among files, those of a context that a build reads: not ignored, and followed. Each once, in
 * the order of paths; contexts that are read alike are gone through once, and share the answer.
 */
export function contextFiles<T extends { readonly path: RepositoryPath }>(
  index: FileIndex<T>,
): (context: ContextInputs) => readonly T[] {
  const known = new Map<string, readonly T[]>();
  return (context) => {
    const key = readingKey(context);
    const found = known.get(key) ?? select(index, context);
    known.set(key, found);
    return found;
  };
}

/** Equal for contexts of which the same files are read. */
export function readingKey({ directory, ignoreFile, followed }: ContextInputs): string {
  const sources = followed.kind === "whole" ? ["."] : followed.sources;
  return [directory.target, ignoreFile?.path ?? "", ...sources].join("\0");
}

function select<T extends { readonly path: RepositoryPath }>(
  index: FileIndex<T>,
  { directory: { target }, ignore, followed }: ContextInputs,
): readonly T[] {
  const start = target === "." ? 0 : target.length + 1;
  const counts = ({ path }: T) => !ignore.ignores(path.slice(start));
  if (followed.kind === "whole") {
    const all = index.below(target);
    return ignore === ignoresNothing ? all : all.filter(counts);
  }
  const sources = sourcesOf(followed.sources);
  const found = sources.starts.flatMap((each) => {
    const path = joinPath(target, each);
    const there = each === "." ? undefined : index.atOrAbove(path);
    // What lies above the context is not in it.
    const isInside = there !== undefined && there.path.length > start;
    return [...(isInside ? [there] : []), ...index.below(path)];
  });
  // What lies above a source stands for all of it, whatever is ignored.
  const taken = found.filter((file) => {
    const path = file.path.slice(start);
    return sources.takes(path) ? counts(file) : sources.leadsTo(path);
  });
  // One source may lie in another.
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
