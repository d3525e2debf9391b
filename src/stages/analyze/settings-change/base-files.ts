/** Files as they were at the commit that the checkout is compared with. */

import type { EventComparison } from "../../../changes/comparison.ts";
import type { Links } from "../../../changes/sources/links.ts";
import type { Git } from "../../../git/git.ts";
import type { RepositoryPath } from "../../../model/repository-path.ts";

export type ComparedFiles = Extract<EventComparison, { readonly kind: "files" }>;

/** What a file held, `undefined` where there was none; or it was a link or a submodule, or nobody knows what it was. */
export type BaseFile = { readonly bytes: Uint8Array | undefined } | "unknown";

export interface BaseFiles {
  /** With symlinks followed, as far as they are what they were. */
  at(path: RepositoryPath): Promise<BaseFile>;
  /** Everything whose change may change what is at a path: symlinks on the way, and where they lead. */
  placesOf(path: RepositoryPath): Promise<readonly RepositoryPath[]>;
}

export function baseFiles(git: Pick<Git, "fileAt">, { base, files }: ComparedFiles, links: Links): BaseFiles {
  const changes = new Map(files.map(({ path, change }) => [path, change]));
  const itself = async (path: RepositoryPath): Promise<BaseFile> => {
    const change = changes.get(path);
    const bytes = change === "added" ? undefined : await git.fileAt(base, path);
    return bytes === undefined && change !== "added" && change !== undefined ? "unknown" : { bytes };
  };
  return {
    async at(path) {
      const place = await links.resolve(path);
      if (place === undefined || changes.has(path)) return itself(path);
      const isMoved = place.paths.some((each) => each !== place.target && changes.has(each));
      return isMoved ? "unknown" : itself(place.target);
    },
    placesOf: async (path) => (await links.resolve(path))?.paths ?? [path],
  };
}
