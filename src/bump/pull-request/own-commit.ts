import type { BranchCommit } from "../../forge/bump-forge.ts";
import { readTrailer } from "./marker.ts";

/**
 * Whether a commit is as we made it, so that it can go. Also a person's token makes our commits, so that the author alone says
 * nothing.
 */
export function isOwnCommit({ message, parents, author, committer }: BranchCommit): boolean {
  return (
    readTrailer(message) !== undefined &&
    parents === 1 &&
    // Whoever amends a commit or puts it elsewhere leaves the author's date, and becomes its committer.
    author.date === committer.date &&
    (author.email === committer.email || committer.email === webCommitter)
  );
}

/** Who commits for others on GitHub. */
const webCommitter = "noreply@github.com";
