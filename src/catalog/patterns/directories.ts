/** Walks through the directories of a checkout that globs may mean. */
import { posix } from "node:path";
import { limitCalls } from "../../lib/limit.ts";
import { joinPath, type RepositoryPath } from "../../model/repository-path.ts";
import type { DirectoryEntry, Files } from "../../ports.ts";
import { type GlobPart, globBelow, type Reached } from "../layout/path-glob.ts";

const reads = 32;

/** What a directory holds; nothing where it isn't there. */
export type List = (directory: RepositoryPath) => Promise<readonly DirectoryEntry[]>;

/** Lists each directory once. */
export function listing(root: string, files: Pick<Files, "list">): List {
  const known = new Map<RepositoryPath, Promise<readonly DirectoryEntry[]>>();
  const list = limitCalls(
    reads,
    async (directory: RepositoryPath) => (await files.list(posix.join(root, directory))) ?? [],
  );
  return (directory) => {
    const entries = known.get(directory) ?? list(directory);
    known.set(directory, entries);
    return entries;
  };
}

/** All directories below one that the parts mean. @param reached the parts that are reached there */
export async function matching(
  directory: RepositoryPath,
  parts: readonly GlobPart[],
  reached: Reached,
  list: List,
): Promise<readonly RepositoryPath[]> {
  const found = reached.has(parts.length) ? [directory] : [];
  if (reached.size === found.length) return found;
  const below = (await list(directory)).flatMap(({ kind, name }) => {
    const next = kind === "directory" ? globBelow(parts, reached, name, isVisible) : new Set<number>();
    return next.size === 0 ? [] : [matching(joinPath(directory, name), parts, next, list)];
  });
  return [...found, ...(await Promise.all(below)).flat()];
}

function isVisible(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}
