import { limitCalls } from "../../lib/limit.ts";
import { memoize } from "../../lib/memoize.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { type Ignore, ignoresNothing, readIgnore } from "./ignore.ts";

/** The ignore file in force for a context. */
export interface IgnoreFile {
  /** `undefined` where there is none. */
  readonly path: RepositoryPath | undefined;
  readonly ignore: Ignore;
}

const noIgnoreFile: IgnoreFile = { path: undefined, ignore: ignoresNothing };

const reads = 32;

/**
 * Finds the first of some ignore files that exists in the working tree, which is the one that the build uses. Each is
 * read once.
 */
export function ignoreFileReader(
  workspace: string,
  files: Pick<Files, "read">,
): (candidates: readonly RepositoryPath[]) => Promise<IgnoreFile> {
  const read = limitCalls(reads, async (path: RepositoryPath) => files.read(`${workspace}/${path}`));
  const once = memoize(async (path: RepositoryPath): Promise<IgnoreFile | undefined> => {
    const bytes = await read(path);
    return bytes && { path, ignore: readIgnore(bytes) };
  });
  return async (candidates) => {
    for (const path of candidates) {
      const found = await once(path);
      if (found !== undefined) return found;
    }
    return noIgnoreFile;
  };
}
