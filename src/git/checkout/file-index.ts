import type { RepositoryPath } from "../../model/repository-path.ts";

/** Things with a path, to be asked for by place: a question costs the logarithm of their number, and what it finds. */
export interface FileIndex<T extends { readonly path: RepositoryPath }> {
  /** What has this very path. */
  at(path: RepositoryPath): T | undefined;
  /** The entry for this path, or for a path that contains it: a submodule, or a symlink in place of a directory. */
  atOrAbove(path: RepositoryPath): T | undefined;
  /** Everything below a directory, sorted by path; `.` is the whole repository. */
  below(directory: RepositoryPath): readonly T[];
}

export function indexFiles<T extends { readonly path: RepositoryPath }>(files: readonly T[]): FileIndex<T> {
  const sorted = isSorted(files) ? files : files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const at = (path: RepositoryPath): T | undefined => {
    const found = sorted[firstFrom(sorted, path)];
    return found?.path === path ? found : undefined;
  };
  const atOrAbove = (path: RepositoryPath): T | undefined => {
    const found = at(path);
    const slash = path.lastIndexOf("/");
    return found !== undefined || slash < 0 ? found : atOrAbove(path.slice(0, slash));
  };
  return {
    at,
    atOrAbove,
    below(directory) {
      if (directory === ".") return sorted;
      // "0" is the character after "/".
      return sorted.slice(firstFrom(sorted, `${directory}/`), firstFrom(sorted, `${directory}0`));
    },
  };
}

/** Git's lists nearly always are, and to see it is much quicker than to sort. */
function isSorted(files: readonly { readonly path: RepositoryPath }[]): boolean {
  for (let at = 1; at < files.length; at++) {
    if ((files[at - 1]?.path ?? "") > (files[at]?.path ?? "")) return false;
  }
  return true;
}

/** The index of the first whose path is not before the given text. */
function firstFrom(sorted: readonly { readonly path: RepositoryPath }[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.path ?? "") < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
