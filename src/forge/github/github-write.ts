/** One commit on a branch of GitHub's, by its API alone. */
import { type Commit, commit } from "../../model/run-context.ts";
import { fieldsOf } from "../answer.ts";
import type { BranchWrite, FileWrite } from "../bump-forge.ts";
import { ForgeError } from "../forge-error.ts";
import type { GitHubApi } from "./github-api.ts";
import { commitMutation, type ModesAnswer, modesQuery, refsMutation } from "./github-queries.ts";

/** As a ref's value: there is no such ref (GraphQL, `RefUpdate`). */
export const noCommit = "0".repeat(40);

const regularFile = 0o100644;

/**
 * On top of the branch by `createCommitOnBranch`, whose commits are verified whoever's token it is. It knows one mode of files,
 * and no other parent than the branch's head: the rest is a commit object of its own (verified where the token is a bot's),
 * to which the branch is moved at once. The branch is never at a commit in between, as GitHub closes a pull request whose branch
 * equals its base.
 */
export async function writeGitHubBranch(api: GitHubApi, write: BranchWrite): Promise<Commit> {
  const files = write.files.map((file, index) => ({ ...file, variable: `p${index}`, alias: `f${index}` }));
  const { repository } = await api.query<ModesAnswer>(modesQuery(files.map(({ path }) => path)), {
    ...api.names,
    commit: write.parent,
    ...Object.fromEntries(files.map(({ variable, path }) => [variable, path])),
  });
  const { tree, ...found } = repository.object ?? {};
  const known = files.map((file) => ({ ...file, mode: Number(fieldsOf(found[file.alias]).mode) }));
  const lost = known.find(({ mode }) => !Number.isInteger(mode));
  if (tree === undefined || lost !== undefined) {
    throw new ForgeError("overtaken", `${lost?.path ?? "the commit"} is not in ${write.parent}`);
  }
  if (write.parent === write.head && known.every(({ mode }) => mode === regularFile)) return commitOnTop(api, write);
  const made = await commitObject(api, write, tree.oid, known);
  await moveBranch(api, repository.id, write.branch, { from: write.head ?? noCommit, to: made });
  return made;
}

async function commitOnTop({ names, query }: GitHubApi, { branch, head, files, message }: BranchWrite) {
  const answer = await query<{ readonly createCommitOnBranch: { readonly commit: { readonly oid: string } } }>(
    commitMutation,
    {
      input: {
        branch: { repositoryNameWithOwner: `${names.owner}/${names.repo}`, branchName: branch },
        expectedHeadOid: head,
        message,
        fileChanges: {
          additions: files.map(({ path, after }) => ({ path, contents: Buffer.from(after).toString("base64") })),
        },
      },
    },
  );
  return commit(answer.createCommitOnBranch.commit.oid);
}

/** Without author and committer, as GitHub signs a bot's commit only then. */
async function commitObject(
  api: GitHubApi,
  { parent, message }: BranchWrite,
  baseTree: string,
  files: readonly (FileWrite & { readonly mode: number })[],
): Promise<Commit> {
  const tree = await api.rest<Made>("POST", "git/trees", {
    base_tree: baseTree,
    tree: files.map(({ path, mode, after }) => ({
      path,
      mode: mode.toString(8).padStart(6, "0"),
      type: "blob",
      content: utf8.decode(after),
    })),
  });
  const text = `${message.headline}\n\n${message.body}`;
  const made = await api.rest<Made>("POST", "git/commits", { message: text, tree: tree.sha, parents: [parent] });
  return commit(made.sha);
}

/** Files with pins are UTF-8, or no pin would have been found; the mark at their beginning stays. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Made {
  readonly sha: string;
}

/** Lets a branch name another commit, if it still names `from`; `noCommit` stands for a branch that is not there. */
export async function moveBranch(
  api: GitHubApi,
  repositoryId: string,
  branch: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const update = { name: `refs/heads/${branch}`, beforeOid: from, afterOid: to, force: true };
  try {
    await api.query(refsMutation, { input: { repositoryId, refUpdates: [update] } });
  } catch (error) {
    // What GitHub answers for a branch that has moved is documented nowhere. A permanent refusal fails again the same way.
    if (!(error instanceof ForgeError) || error.code !== "unexpected") throw error;
    throw new ForgeError("overtaken", error.message, { cause: error });
  }
}
