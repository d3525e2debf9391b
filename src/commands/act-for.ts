/** The input `ref`: a run by hand that acts for another ref than the event's, such as a release to be published again. */
import type { Git } from "../changes/git.ts";
import { type Commit, gitRef, isCommit, type RunContext } from "../context/run-context.ts";
import { UserError } from "../errors.ts";

/**
 * The context with the ref that is meant: a full ref, the name of a tag or branch (a tag first), or a commit, which keeps the event's
 * ref. It must be what is checked out. @throws UserError where it isn't, or where there is no such ref.
 */
export async function actFor(
  wanted: string | undefined,
  context: RunContext,
  head: Commit,
  git: Git,
): Promise<RunContext> {
  if (wanted === undefined) return context;
  const { kind } = context.trigger;
  if (kind !== "dispatch" && kind !== "schedule") {
    throw new UserError(`the input "ref" is for runs by hand, and this is a ${context.eventName}`, {
      hint: "leave it empty on other events, as the inputs of a run by hand are there",
    });
  }
  const found = isCommit(wanted) ? { full: undefined, commit: wanted } : await find(wanted, git);
  if (found === undefined) {
    throw new UserError(`the input "ref" names "${wanted}", and there is no such tag, branch or commit`, {
      hint: "write a tag (v1.2.3), a branch, a full ref (refs/tags/v1.2.3) or a whole commit id",
    });
  }
  if (found.commit !== head) {
    throw new UserError(
      `the input "ref" names ${wanted} (${found.commit.slice(0, 7)}), and ${head.slice(0, 7)} is checked out`,
      { hint: "give actions/checkout the same `ref`" },
    );
  }
  return { ...context, commit: head, ...(found.full === undefined ? {} : { ref: gitRef(found.full) }) };
}

interface Found {
  readonly full: string | undefined;
  readonly commit: Commit;
}

async function find(wanted: string, git: Git): Promise<Found | undefined> {
  const names = wanted.startsWith("refs/") ? [wanted] : [`refs/tags/${wanted}`, `refs/heads/${wanted}`];
  for (const full of names) {
    // A tag's object stands for the commit that it is on; a branch of the checkout may be older than the remote's.
    const commit = full.startsWith("refs/heads/")
      ? ((await remote(full, git)) ?? (await git.resolve(full)))
      : ((await git.resolve(full)) ?? (await remote(`${full}^{}`, git)) ?? (await remote(full, git)));
    if (commit !== undefined) return { full, commit };
  }
  return undefined;
}

async function remote(ref: string, git: Git): Promise<Commit | undefined> {
  return (await git.originUrl()) === undefined ? undefined : git.remoteCommit(ref);
}
