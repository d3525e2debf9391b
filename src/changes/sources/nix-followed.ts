/** What an expression of Nix reads, as what is followed of the repository's root. */
import type { NixReads } from "../../catalog/catalog.ts";
import { type Ignore, ignoresNothing } from "../ignore/ignore.ts";
import type { ContextReads } from "./followed-paths.ts";
import { narrows, normalSource } from "./sources.ts";

/** Nix has no ignore files. An unknown path never means git's own folder. */
export function followedByNix(reads: NixReads): { readonly followed: ContextReads; readonly ignore: Ignore } {
  if (reads.kind === "whole") {
    return { followed: { kind: "whole", doubt: { what: reads.what, at: reads.at } }, ignore: ignoresGit };
  }
  const paths = reads.kind === "paths" ? reads.paths : ["."];
  // A name that would be read as a pattern narrows nothing.
  const isNarrow = paths.every((path) => narrows(normalSource(path)) && !/[*?[]/.test(path));
  return {
    followed: isNarrow ? { kind: "paths", sources: paths } : { kind: "whole", doubt: undefined },
    ignore: ignoresNothing,
  };
}

const ignoresGit: Ignore = { ignores: (path) => path === ".git" || path.startsWith(".git/") };
