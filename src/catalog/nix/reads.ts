/**
 * The files of the repository that a Nix expression reads: those that its literal relative paths name, and those that
 * these name.
 */
import { posix } from "node:path";
import type { SourceLocation } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { joinPath } from "../../model/repository-path.ts";
import type { DirectoryEntry, Files } from "../../ports.ts";
import type { NixReads } from "../catalog.ts";
import { isInside } from "../graph/named-contexts.ts";
import { type NixPath, type NixPaths, nixPaths } from "./paths.ts";

/** What flakes pin for the whole repository. */
const lockFiles: readonly RepositoryPath[] = ["flake.nix", "flake.lock"];

/** Nobody follows more expressions than this for one image. */
const most = 2_000;

/**
 * Makes a function that finds what the expression in a file reads: the directory that it is in, the lock files of the
 * repository, and what its paths name. Expressions that are named are followed, and so are those in directories that
 * are. What images share is read once. @param root the checkout, absolute.
 */
export function nixReader(root: string, files: Pick<Files, "list" | "read">) {
  const sources = sourcesOf(root, files);
  return async (file: RepositoryPath, directory: RepositoryPath): Promise<NixReads> => {
    const found: Found = { paths: new Set([...lockFiles, directory]), followed: new Set() };
    const doubt = await follow({ path: file, isImported: true, line: 1 }, file, found, sources);
    return doubt ?? { kind: "paths", paths: [...found.paths].sort() };
  };
}

interface Found {
  readonly paths: Set<RepositoryPath>;
  /** Expressions that were read. */
  readonly followed: Set<RepositoryPath>;
}

type Doubt = Exclude<NixReads, { readonly kind: "paths" }>;

interface Sources {
  list(directory: RepositoryPath): Promise<readonly DirectoryEntry[] | undefined>;
  /** The paths of an expression; `undefined` where there is none. */
  expression(path: RepositoryPath): Promise<NixPaths | undefined>;
}

function sourcesOf(root: string, files: Pick<Files, "list" | "read">): Sources {
  return {
    list: memoize((directory: RepositoryPath) => files.list(posix.join(root, directory))),
    expression: memoize(async (path: RepositoryPath) => {
      const bytes = await files.read(posix.join(root, path));
      return bytes === undefined ? undefined : nixPaths(new TextDecoder().decode(bytes), path);
    }),
  };
}

/** Adds the inputs of a named path. @returns why they are unknown. */
async function follow(named: NixPath, by: RepositoryPath, found: Found, sources: Sources): Promise<Doubt | undefined> {
  const { path, isImported, line } = named;
  const at = { file: by, line };
  if (!isInside(path) || path.startsWith("~")) return { kind: "outside", what: path };
  const kind = await kindOf(path, sources);
  if (kind === "file" && !isImported && !path.endsWith(".nix")) found.paths.add(path);
  else if (kind === "file") return followExpression(path, at, found, sources);
  else if (kind === "directory") return followDirectory(path, at, found, sources);
  else return { kind: "whole", what: kind === undefined ? `${path}, which is not there` : `${path}, a symlink`, at };
  return undefined;
}

async function followExpression(
  path: RepositoryPath,
  at: SourceLocation,
  found: Found,
  sources: Sources,
): Promise<Doubt | undefined> {
  found.paths.add(path);
  if (found.followed.has(path)) return undefined;
  found.followed.add(path);
  if (found.followed.size > most) return { kind: "whole", what: "more expressions than are followed", at };
  const expression = await sources.expression(path);
  if (expression?.doubt !== undefined) {
    return { kind: "whole", what: expression.doubt.what, at: { file: path, line: expression.doubt.line } };
  }
  for (const each of expression?.named ?? []) {
    const doubt = await follow(each, path, found, sources);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

/** All of it counts, and any expression in it may be evaluated. */
async function followDirectory(
  path: RepositoryPath,
  at: SourceLocation,
  found: Found,
  sources: Sources,
): Promise<Doubt | undefined> {
  if (found.paths.has(path) && found.followed.has(path)) return undefined;
  found.paths.add(path);
  found.followed.add(path);
  // There is nothing more to be found.
  if (path === ".") return undefined;
  for (const { name, kind } of (await sources.list(path)) ?? []) {
    if (name === ".git") continue;
    const inside = joinPath(path, name);
    const next =
      kind === "directory" ? followDirectory : kind === "file" && name.endsWith(".nix") ? followExpression : undefined;
    const doubt = await next?.(inside, at, found, sources);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

/** The kind of the entry at a path; a symlink on the way to it makes it one as well. */
async function kindOf(path: RepositoryPath, { list }: Sources): Promise<DirectoryEntry["kind"] | undefined> {
  if (path === ".") return "directory";
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    const entries = await list(parts.slice(0, index).join("/") || ".");
    const entry = entries?.find(({ name }) => name === part);
    if (entry === undefined || entry.kind === "symlink" || index === parts.length - 1) return entry?.kind;
  }
  return undefined;
}
