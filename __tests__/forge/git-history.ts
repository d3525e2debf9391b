/** The commits of a bare repository, as the action reads those of its checkout. */
import { childProcesses } from "../../src/adapters/processes.ts";
import type { BranchHistory } from "../../src/bump/pull-request/branch-history.ts";
import { openGit } from "../../src/git/git.ts";
import { commit } from "../../src/model/run-context.ts";
import { bumpHistory } from "../../src/stages/bump/bump-history.ts";

export function gitHistory(folder: string, base: string): BranchHistory {
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };
  const git = openGit({
    processes: childProcesses,
    workspace: folder,
    env,
    serverUrl: "https://forge.example",
    token: undefined,
  });
  return bumpHistory(git, commit(base), {
    async position(one, other) {
      if (one === other) return "same";
      return (await git.isAncestor(other, one)) === "yes" ? "descends" : "unknown";
    },
  });
}
