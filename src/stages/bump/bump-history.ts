/** The commits of bumps' branches, from the checkout and its remote. */
import type { BranchHistory, HistoryCommit } from "../../bump/pull-request/branch-history.ts";
import type { Git } from "../../git/git.ts";
import { unlessGitFails } from "../../git/git-command.ts";
import type { Commit } from "../../model/run-context.ts";
import type { History } from "../../publish/guard.ts";

/** @param base where the branch that pull requests go to stands, on this machine. */
export function bumpHistory(
  git: Pick<Git, "missing" | "fetch" | "parents" | "message" | "editedFiles" | "blobs">,
  base: Commit,
  { position }: Pick<History, "position">,
): BranchHistory {
  const bring = async (commit: Commit): Promise<boolean> =>
    (await git.missing([commit])).length === 0 || (await git.fetch([commit], "tip")).kind === "fetched";
  const isOnBase = async (commit: Commit): Promise<boolean> => {
    const where = await position(base, commit);
    return where === "same" || where === "descends";
  };
  return {
    above: (head, known) =>
      unlessGitFails(async () => {
        const found = new Map<Commit, HistoryCommit>();
        const open = [head];
        for (let id = open.pop(); id !== undefined; id = open.pop()) {
          if (found.has(id) || (known === undefined ? await isOnBase(id) : !known.has(id))) continue;
          if (found.size === longest || !(await bring(id))) return undefined;
          const parents = await git.parents(id);
          found.set(id, { id, parents, message: await git.message(id) });
          open.push(...parents);
        }
        return [...found.values()];
      }),
    edits: (parent, commit) =>
      unlessGitFails(async () => {
        if (!(await bring(parent)) || !(await bring(commit))) return undefined;
        const files = await git.editedFiles(parent, commit);
        if (files === undefined || files.length > mostFiles) return undefined;
        const blobs = await git.blobs([...new Set(files.flatMap(({ before, after }) => [before, after]))]);
        const edits = files.flatMap(({ path, ...file }) => {
          const [before, after] = [blobs.get(file.before), blobs.get(file.after)];
          return before === undefined || after === undefined ? [] : [{ path, before, after }];
        });
        return edits.length === files.length ? edits : undefined;
      }),
  };
}

/** Commits and files of a pull request that people still look at. */
const longest = 100;
const mostFiles = 1000;
