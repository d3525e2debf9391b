/** Which lines of a file changed: for people, who then need not look for them. */

import type { LineRange } from "../model/line-range.ts";
import type { Commit } from "../model/run-context.ts";
import { type GitCommand, GitFailure } from "./git-command.ts";

/**
 * The changed lines between two commits; empty where there are none to name: a binary or deleted file, one that only lost
 * lines, or content that a partial clone would have to fetch. A line that follows removed ones counts for them.
 */
export async function changedLines(
  git: GitCommand,
  base: Commit,
  head: Commit,
  path: string,
): Promise<readonly LineRange[]> {
  // A lone surrogate represents a byte that isn't text, which no argument can carry.
  if (!path.isWellFormed()) return [];
  const options = ["-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--no-commit-id"];
  try {
    const args = ["diff-tree", "-r", ...options, base, head, "--", `:(literal,top)${path}`];
    return readHunks(new TextDecoder().decode((await git.local(args)).stdout));
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}

function readHunks(diff: string): readonly LineRange[] {
  return [...diff.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].flatMap(([, first, count = "1"]) => {
    const start = Number(first);
    return Number(count) === 0 ? [] : [{ first: start, last: start + Number(count) - 1 }];
  });
}
