import type { RepositoryPath } from "../catalog/catalog.ts";
import type { ChangedFile } from "./changed-file.ts";

/** Changed files, to be asked for by place: a question costs the logarithm of their number, and what it finds. */
export interface FileIndex {
  /** The change of this very path. */
  at(path: RepositoryPath): ChangedFile | undefined;
  /** The change of this path, or of what it lies in: a submodule, or a symlink in place of a directory. */
  atOrAbove(path: RepositoryPath): ChangedFile | undefined;
  /** All changes below a directory, sorted by path; `.` is the whole repository. */
  below(directory: RepositoryPath): readonly ChangedFile[];
}

export function indexFiles(files: readonly ChangedFile[]): FileIndex {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const byPath = new Map(sorted.map((file) => [file.path, file]));
  const atOrAbove = (path: RepositoryPath): ChangedFile | undefined => {
    const found = byPath.get(path);
    const slash = path.lastIndexOf("/");
    return found !== undefined || slash < 0 ? found : atOrAbove(path.slice(0, slash));
  };
  return {
    at: (path) => byPath.get(path),
    atOrAbove,
    below(directory) {
      if (directory === ".") return sorted;
      // "0" is the character after "/".
      return sorted.slice(firstFrom(sorted, `${directory}/`), firstFrom(sorted, `${directory}0`));
    },
  };
}

/** The index of the first file whose path is not before the given text. */
function firstFrom(sorted: readonly ChangedFile[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.path ?? "") < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
