/** Files that a user wants watched: patterns as in ignore files, so that a directory includes all files below it. */

import type { Image } from "../../catalog/catalog.ts";
import type { Work } from "../../catalog/layout/path-expression.ts";
import { UserError } from "../../errors.ts";
import type { FileIndex } from "../../git/checkout/file-index.ts";
import { attempt } from "../../lib/attempt.ts";
import { excludedTwice, expandBraces, splitGlobs } from "../../lib/glob-list.ts";
import { memoize } from "../../lib/memoize.ts";
import { filtered } from "../../lib/pause.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { type Ignore, patternMatcher, patternsIn } from "../ignore/ignore.ts";
import { mostWork } from "./context-files.ts";

type Watch = Image["watch"];

/**
 * Makes a function that finds the files that `watch` names, each once. @throws UserError, with its place, for an
 * invalid pattern.
 */
export function watchedFiles<T extends { readonly path: RepositoryPath }>(
  index: FileIndex<T>,
): (watch: Watch) => Promise<readonly T[]> {
  const work = { left: mostWork };
  return memoize(
    (watch: Watch) => find(index, watch, work),
    (watch) => watch.map(({ value }) => value).join("\n"),
  );
}

/** Why the files that `watch` names are unknown. */
export function watchProblem(watch: Watch): UserError | undefined {
  const read = watch.length === 0 ? undefined : attempt(() => matcherOf(watch));
  return read !== undefined && "problem" in read ? read.problem : undefined;
}

async function find<T extends { readonly path: RepositoryPath }>(
  index: FileIndex<T>,
  watch: Watch,
  work: Work,
): Promise<readonly T[]> {
  if (watch.length === 0) return [];
  const matcher = matcherOf(watch);
  const patterns = watch.flatMap(patternsOf).filter((pattern) => !pattern.startsWith("!"));
  const starts = [...new Set(patterns.map(startOf))];
  const candidates = starts.flatMap((start) => [
    ...[index.at(start)].filter((file) => file !== undefined),
    ...index.below(start),
  ]);
  return filtered([...new Set(candidates)], ({ path }) => matcher.ignores(path, work));
}

function matcherOf(watch: Watch): Ignore {
  for (const each of watch) {
    const { value, at } = each;
    if (typeof patternMatcher(patternsOf(each)) !== "string") continue;
    throw new UserError(`"watch" has "${value}", which isn't a valid pattern`, {
      hint: "write paths from the repository's root, with *, ?, [a-z] and ** as in .dockerignore",
      at,
    });
  }
  const matcher = patternMatcher(watch.flatMap(patternsOf));
  if (typeof matcher === "string") throw new Error(`the pattern ${matcher} was fine a moment ago`);
  return matcher;
}

/** As in an ignore file, with alternatives in braces and several at commas, which those don't have. */
function patternsOf({ value, at }: Watch[number]): readonly string[] {
  try {
    const lines = value.split("\n").filter((line) => !line.startsWith("#"));
    const patterns = lines.flatMap(splitGlobs).flatMap(patternsIn);
    const twice = patterns.find((pattern) => /^!\s*!/.test(pattern));
    if (twice !== undefined) throw excludedTwice(twice);
    return patterns.flatMap(expandBraces);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`"watch": ${error.message}`, { hint: error.hint, at, cause: error });
  }
}

/** The directory, or file, above the first wildcard of a pattern. */
function startOf(pattern: string): RepositoryPath {
  // A bar is an "or", also past the ends.
  if (pattern.includes("|")) return ".";
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?[\\^]/.test(part));
  return parts.slice(0, wild < 0 ? undefined : wild).join("/") || ".";
}
