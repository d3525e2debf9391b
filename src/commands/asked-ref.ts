/** The input `ref`: the run is about another branch, tag or commit than the event's. */
import type { Git } from "../changes/git.ts";
import { GitFailure } from "../changes/git-command.ts";
import { type Commit, type GitRef, gitRef, isCommit, type RunContext } from "../context/run-context.ts";
import { UserError } from "../errors.ts";

/**
 * The context of a run that was asked to act for a ref: a full one, the name of a branch or tag, or a commit. Nothing is compared
 * then, as nothing was pushed; whether the checkout holds the ref's commit is the session's business.
 * @throws UserError for a ref that isn't there, for a name that a branch and a tag have, and in pull requests and merge groups.
 */
export async function contextFor(
  asked: string,
  given: RunContext,
  git: Pick<Git, "remoteRefs" | "resolve">,
): Promise<RunContext> {
  const { trigger, ref, eventName } = given;
  if (asked === ref.full) return given;
  if (trigger.kind === "pull-request" || trigger.kind === "merge-group") {
    throw new UserError(`the input "ref" names ${asked}, and what a ${eventName} brings is nothing but its own`, {
      hint: "leave it empty there, as an input of workflow_dispatch is where nobody dispatched the workflow",
    });
  }
  const found = await find(asked, git);
  return {
    ...given,
    ...found,
    trigger: trigger.kind === "schedule" ? trigger : { kind: "dispatch", eventName },
  };
}

interface Found {
  readonly ref: GitRef;
  readonly commit: Commit;
}

/** What git takes for the name of a branch or tag (git-check-ref-format(1)), near enough. */
const fitName = /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{))[^\s~^:?*[\\\p{Cc}]+(?<![/.])$/u;

async function find(asked: string, git: Pick<Git, "remoteRefs" | "resolve">): Promise<Found> {
  const [, folder, name = asked] = /^refs\/(heads|tags)\/(.+)$/s.exec(asked) ?? [];
  if (!fitName.test(name) || (folder === undefined && asked.startsWith("refs/"))) throw notFound(asked);
  const folders = folder === undefined ? ["heads", "tags"] : [folder];
  const refs = await refsCalled(
    folders.map((each) => `refs/${each}/${name}`),
    git,
  );
  const [only, other] = refs;
  if (only !== undefined && other === undefined) return only;
  if (only !== undefined) {
    throw new UserError(`the input "ref" names "${asked}", which is both a branch and a tag`, {
      hint: `write refs/heads/${name} or refs/tags/${name}`,
    });
  }
  const commit = /^[0-9a-f]{7,64}$/.test(asked) ? await git.resolve(asked) : undefined;
  // One that is not here is not what is checked out either.
  if (commit === undefined && !isCommit(asked)) throw notFound(asked);
  return { ref: gitRef(commit ?? asked), commit: commit ?? (asked as Commit) };
}

/** Where the remote has them now; where it can't be asked, where they were when they were fetched. */
async function refsCalled(
  names: readonly string[],
  git: Pick<Git, "remoteRefs" | "resolve">,
): Promise<readonly Found[]> {
  const known = await remoteRefs(names, git);
  const found = await Promise.all(
    names.map(async (full) => {
      const commit = known === undefined ? await fetched(full, git) : known.get(full);
      return commit === undefined ? [] : [{ ref: gitRef(full), commit }];
    }),
  );
  return found.flat();
}

async function remoteRefs(names: readonly string[], git: Pick<Git, "remoteRefs">) {
  try {
    return await git.remoteRefs(names);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

async function fetched(full: string, git: Pick<Git, "resolve">): Promise<Commit | undefined> {
  return (await git.resolve(full.replace(/^refs\/heads\//, "refs/remotes/origin/"))) ?? git.resolve(full);
}

function notFound(asked: string): UserError {
  return new UserError(`the input "ref" names "${asked}", and there is no such branch, tag or commit`, {
    hint: "write refs/heads/NAME, refs/tags/NAME or a full commit, and check the same out before this step",
  });
}
