import { nodeHttp } from "../../../src/adapters/http/http.ts";
import { githubBumps } from "../../../src/forge/github/github.ts";
import { limited } from "../../unit/lib/http/limited.ts";
import { stillClock } from "../../unit/oci/still-clock.ts";
import { gitHistory } from "../git-history.ts";
import type { Identity } from "../git-store.ts";
import type { Pull, World } from "../world.ts";
import { type FakeGitHub, fakeGitHub } from "./fake-github.ts";

export interface GitHubWorld extends World {
  readonly fake: FakeGitHub;
  /** How long was waited, in milliseconds, one by one. */
  readonly slept: readonly number[];
}

const person: Identity = { name: "Ann", email: "ann@example.org" };

/** Uses a fake with these files on main; @throws Error where something was asked that GitHub would not understand. */
export async function withGitHub(
  files: Readonly<Record<string, string>>,
  use: (world: GitHubWorld) => Promise<void>,
): Promise<void> {
  const fake = await fakeGitHub();
  try {
    await use(worldOf(fake, files));
  } finally {
    await fake.close();
    // biome-ignore lint/correctness/noUnsafeFinally: it explains whatever else went wrong
    if (fake.problems.length > 0) throw new Error(`GitHub would not understand:\n${fake.problems.join("\n")}`);
  }
}

function worldOf(fake: FakeGitHub, files: Readonly<Record<string, string>>): GitHubWorld {
  const { git, branches } = fake;
  const entries = (changed: Readonly<Record<string, string>>, at?: string) =>
    Object.entries(changed).map(([path, content]) => {
      const isNewExecutable = path === "deploy/app.yaml" ? "100755" : "100644";
      return { path, content, mode: (at === undefined ? undefined : git.file(at, path)?.mode) ?? isNewExecutable };
    });
  branches.move("main", git.commit(git.tree(undefined, entries(files)), [], "Begin", person));
  const head = (branch: string): string => branches.head(branch) ?? "";
  const clock = stillClock();
  const access = limited({ http: nodeHttp({}), clock, random: () => 0.5, apiUrl: fake.apiUrl, owner: "o", repo: "r" });
  return {
    fake,
    slept: clock.slept,
    forge: githubBumps({ ...access, token: "job-token" }),
    calls: () => fake.asked.length,
    head: async (branch) => branches.head(branch),
    history: (base) => gitHistory(git.folder, base),
    file: async (branch, path) => git.file(head(branch), path),
    pulls: async () =>
      branches.pulls.map((pull) => ({
        ...pull,
        autoMerge: pull.autoMergeHead,
        state: pull.state.toLowerCase() as Pull["state"],
      })),
    person: {
      async commit(branch, changed) {
        const at = head(branch);
        branches.move(branch, git.commit(git.tree(at, entries(changed, at)), [at], "Change something", person));
      },
      async mergeBranch(from, into) {
        const tree = git.merge(head(into), head(from));
        if (tree === undefined) throw new Error("it conflicts");
        branches.move(into, git.commit(tree, [head(into), head(from)], `Merge branch '${from}'`, person));
      },
      async branch(branch, on, changed, message) {
        const at = head(on);
        branches.move(branch, git.commit(git.tree(at, entries(changed, at)), [at], message, person));
      },
      async openPull(branch, text) {
        const { number } = await githubBumps({ ...access, token: "job-token" }).open({
          ...text,
          branch,
          base: "main",
          draft: false,
        });
        return number;
      },
      async editBody(number, body) {
        const pull = branches.pulls[number - 1];
        if (pull !== undefined) pull.body = body;
      },
      async forkPull(branch, body, state) {
        const at = head("main");
        const headOid = git.commit(git.tree(at, entries({ other: "theirs" }, at)), [at], "Fork", person);
        const lists = { labels: [], assignees: [], reviewers: [], comments: [] };
        const number = branches.pulls.length + 1;
        const rest = { base: "main", title: "Mine", body, draft: false, autoMerge: undefined, isOfFork: true };
        branches.pulls.push({
          number,
          branch,
          headOid,
          state: state === "open" ? "OPEN" : "CLOSED",
          ...rest,
          ...lists,
        });
      },
      async closePull(number) {
        const pull = branches.pulls[number - 1];
        if (pull !== undefined) pull.state = "CLOSED";
      },
      async mergePull(number) {
        const { branch, base } = branches.pulls[number - 1] ?? { branch: "", base: "" };
        const tree = git.merge(head(base), head(branch));
        if (tree === undefined) return false;
        branches.move(base, git.commit(tree, [head(base), head(branch)], `Merge pull request #${number}`, person));
        return true;
      },
      async deleteBranch(branch) {
        branches.move(branch, undefined);
      },
    },
  };
}
