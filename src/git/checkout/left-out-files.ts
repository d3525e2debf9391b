/** Which files a sparse checkout leaves out of the working tree. */

import { memoize } from "../../lib/memoize.ts";
import { mapped } from "../../lib/pause.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { directoryOf } from "../../model/repository-path.ts";
import type { FileLook } from "../../ports.ts";
import type { TrackedFile, TrackedFiles } from "../git-tree.ts";

const together = 64;

/**
 * The files that git is configured not to check out and that are missing. A file that a step of the job creates at such
 * a path counts, and so does something in place of a folder above.
 */
export async function leftOutFiles(
  { files, sparse }: Pick<TrackedFiles, "files" | "sparse">,
  look: (path: RepositoryPath) => Promise<FileLook | undefined>,
): Promise<readonly TrackedFile[]> {
  if (sparse.size === 0) return [];
  /** Of folders that are missing, each is looked for only once. */
  const folder = memoize(async (path: RepositoryPath): Promise<"there" | "missing" | "replaced"> => {
    const above = path === "." ? "there" : await folder(directoryOf(path));
    if (path === "." || above !== "there") return above;
    const found = await look(path);
    return found === undefined ? "missing" : found.kind === "directory" ? "there" : "replaced";
  });
  const candidates = files.filter(({ path }) => sparse.has(path));
  const isLeftOut = await mapped(
    candidates,
    async ({ path }) => {
      const above = await folder(directoryOf(path));
      return above === "missing" || (above === "there" && (await look(path)) === undefined);
    },
    together,
  );
  return candidates.filter((_, index) => isLeftOut[index]);
}
