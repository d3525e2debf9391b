/** Symlinks of the checkout: the inputs of an image may be at their targets. */
import { posix } from "node:path";
import { type Checkout, lookAt } from "../../git/checkout/checkout.ts";
import { decodePath } from "../../git/checkout/path-bytes.ts";
import { trackedKind } from "../../git/git-tree.ts";
import { memoize } from "../../lib/memoize.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { joinPath } from "../../model/repository-path.ts";
import type { ListedFile, Listing } from "./listing.ts";
import { sourcesOf } from "./sources.ts";

/** A path of the repository, with symlinks resolved. */
export interface Place {
  /** As it was given. */
  readonly path: RepositoryPath;
  /** Where it leads; mostly the same. */
  readonly target: RepositoryPath;
  /** Everything whose change may change what is there: both paths, and the symlinks on the way. */
  readonly paths: readonly RepositoryPath[];
}

export interface Links {
  /** Follows the symlinks on the way to a path; `undefined` where they lead out of the repository, or in circles. */
  resolve(path: RepositoryPath): Promise<Place | undefined>;
  /** A symlink in a directory that is, or is above, something that sources name. */
  among(directory: RepositoryPath, sources: readonly string[]): Promise<RepositoryPath | undefined>;
}

/** As many as Linux follows. */
const most = 40;

export function linksOf({ links }: Listing, checkout: Checkout): Links {
  /** What a link holds; `undefined` for a file that is none. */
  const read = memoize(
    (file: ListedFile) => readLink(file, checkout),
    ({ path }) => path,
  );
  return {
    resolve: (path) =>
      resolve(path, async (each) => {
        const file = links.at(each);
        return file && read(file);
      }),
    async among(directory, sources) {
      const named = sourcesOf(sources);
      const inside = (file: ListedFile) => file.path.slice(directory === "." ? 0 : directory.length + 1);
      const candidates = named.starts.flatMap((start) => [
        ...above(start).flatMap((each) => links.at(joinPath(directory, each)) ?? []),
        ...links.below(joinPath(directory, start)),
      ]);
      for (const file of candidates) {
        if (named.leadsTo(inside(file)) && (await read(file)) !== undefined) return file.path;
      }
      return undefined;
    },
  };
}

async function resolve(
  path: RepositoryPath,
  linkAt: (path: RepositoryPath) => Promise<string | undefined>,
): Promise<Place | undefined> {
  const paths = [path];
  let target = path;
  for (let followed = 0; followed <= most; followed++) {
    let next: RepositoryPath | undefined;
    for (const each of above(target)) {
      const link = await linkAt(each);
      if (link === undefined) continue;
      paths.push(each);
      next = posix.normalize(posix.join(posix.dirname(each), link, target.slice(each.length)));
      if (link === "" || posix.isAbsolute(link) || next === ".." || next.startsWith("../")) return undefined;
      break;
    }
    if (next === undefined) return { path, target, paths: [...new Set([...paths, target])] };
    target = next.replace(/(?<=.)\/$/, "");
  }
  return undefined;
}

/** A path and its parent directories without the root, from the top. */
function above(path: RepositoryPath): readonly RepositoryPath[] {
  if (path === ".") return [];
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Of a link that a sparse checkout of a repository inside lacks nobody knows where it leads: that is `""`. */
async function readLink({ path, content, isAbsent }: ListedFile, checkout: Checkout): Promise<string | undefined> {
  const found = await lookAt(checkout, path);
  if (found === undefined && isAbsent)
    return content !== undefined && trackedKind(content) === "symlink" ? "" : undefined;
  return found?.kind === "symlink" ? decodePath(found.target) : undefined;
}
