import { api, createRepository, createToken, createUser, describe, repositoryFolder } from "../../rig/index.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { nodeHttp } from "../../src/adapters/http/http.ts";
import type { BumpForge } from "../../src/forge/bump-forge.ts";
import { giteaBumps } from "../../src/forge/gitea/gitea.ts";
import type { Http } from "../../src/ports.ts";
import { limited } from "../unit/lib/http/limited.ts";
import { stillClock } from "../unit/oci/still-clock.ts";
import { gitHistory } from "./git-history.ts";
import { gitStore, type Identity } from "./git-store.ts";
import type { Pull, World } from "./world.ts";

const person: Identity = { name: "Ann", email: "ann@example.org" };
let repositories = 0;

export interface GiteaWorld extends World {
  /** The forge, as somebody may use it who may only read. */
  readonly strangers: BumpForge;
}

/** Uses a repository of its own on the rig's Gitea, with these files on main. */
export async function withGitea(
  files: Readonly<Record<string, string>>,
  use: (world: GiteaWorld) => Promise<void>,
): Promise<void> {
  const git = gitStore();
  try {
    const tree = git.tree(undefined, entries(files));
    git.setRef("refs/heads/main", git.commit(tree, [], "Begin", person));
    repositories += 1;
    const [owner, name] = ["bumps", `r${process.pid}-${repositories}-${Date.now()}`];
    const repository = await createRepository({ owner, name, folder: git.folder });
    await use(await worldOf(git, owner, name, repository.push));
  } finally {
    git.remove();
  }
}

function entries(files: Readonly<Record<string, string>>, modeOf?: (path: string) => string | undefined) {
  return Object.entries(files).map(([path, content]) => {
    return { path, content, mode: modeOf?.(path) ?? (path === "deploy/app.yaml" ? "100755" : "100644") };
  });
}

async function worldOf(
  git: ReturnType<typeof gitStore>,
  owner: string,
  repo: string,
  push: () => Promise<void>,
): Promise<GiteaWorld> {
  const there = gitStore(repositoryFolder(owner, repo));
  const below = `repos/${owner}/${repo}`;
  let calls = 0;
  const real = nodeHttp({});
  const http: Http = {
    send(request) {
      calls += 1;
      return real.send(request);
    },
  };
  // What was pushed is taken note of a moment later.
  await until(async () => !((await api(below)) as { readonly empty: boolean }).empty);
  const token = await createToken(owner, ["write:repository", "write:issue"]);
  const known = describe().gitea;
  if (known === undefined) throw new Error("Gitea was never started here: `rig/run up gitea`");
  const { apiUrl } = known;
  await createUser("bystander");
  const bystander = await createToken("bystander", ["write:repository", "write:issue"]);
  const parts = { http, random: Math.random, apiUrl, owner, repo };
  const head = (branch: string): string | undefined => there.ref(`refs/heads/${branch}`);
  /** A person works in a clone, and pushes. */
  const work = async (branch: string, make: (at: string) => string): Promise<void> => {
    git.follow(there.folder);
    git.setRef(`refs/heads/${branch}`, make(git.ref(`refs/heads/${branch}`) ?? ""));
    await push();
  };
  return {
    forge: giteaBumps(limited({ ...parts, clock: systemClock, token })),
    // The wait between attempts is of no interest.
    strangers: giteaBumps(limited({ ...parts, clock: stillClock(), token: bystander })),
    calls: () => calls,
    head: async (branch) => head(branch),
    history: (base) => gitHistory(there.folder, base),
    file: async (branch, path) => there.file(`refs/heads/${branch}`, path),
    pulls: () => pullsOf(below),
    person: {
      commit: (branch, files) =>
        work(branch, (at) => {
          const tree = git.tree(
            at,
            entries(files, (path) => git.file(at, path)?.mode),
          );
          return git.commit(tree, [at], "Change something", person);
        }),
      mergeBranch: (from, into) =>
        work(into, (at) => {
          const other = git.ref(`refs/heads/${from}`) ?? "";
          const tree = git.merge(at, other);
          if (tree === undefined) throw new Error("it conflicts");
          return git.commit(tree, [at, other], `Merge branch '${from}'`, person);
        }),
      branch: async (branch, on, files, message) => {
        git.follow(there.folder);
        const at = git.ref(`refs/heads/${on}`) ?? "";
        const tree = git.tree(
          at,
          entries(files, (path) => git.file(at, path)?.mode),
        );
        git.setRef(`refs/heads/${branch}`, git.commit(tree, [at], message, person));
        await push();
      },
      async openPull(branch, text) {
        const made = await api(`${below}/pulls`, { method: "POST", body: { ...text, head: branch, base: "main" } });
        return (made as { readonly number: number }).number;
      },
      async editBody(number, body) {
        await api(`${below}/pulls/${number}`, { method: "PATCH", body: { body } });
      },
      async closePull(number) {
        await api(`${below}/pulls/${number}`, { method: "PATCH", body: { state: "closed" } });
      },
      mergePull: (number) => mergePull(below, number),
      async deleteBranch(branch) {
        await api(`${below}/branches/${branch}`, { method: "DELETE" });
        await until(async () => (await pullsOf(below)).every(({ state }) => state !== "open"));
      },
    },
  };
}

interface Answer {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly head: { readonly ref: string; readonly label: string };
  readonly base: { readonly ref: string };
  readonly labels: readonly { readonly name: string }[];
  readonly assignees: readonly { readonly login: string }[] | null;
}

async function pullsOf(below: string): Promise<readonly Pull[]> {
  const list = (await api(`${below}/pulls?state=all`)) as readonly Answer[];
  return await Promise.all(
    list.map(async ({ number, title, body, state, merged, head, base, labels, assignees }): Promise<Pull> => {
      const comments = (await api(`${below}/issues/${number}/comments`)) as readonly { readonly body: string }[];
      return {
        number,
        title,
        body,
        state: merged ? "merged" : state,
        // Of a branch that is gone `ref` names no branch.
        branch: head.label,
        base: base.ref,
        labels: labels.map(({ name }) => name),
        assignees: (assignees ?? []).map(({ login }) => login),
        reviewers: [],
        comments: comments.map((comment) => comment.body),
      };
    }),
  );
}

/** Whether it conflicts is found out beside; until then Gitea says to try again. */
async function mergePull(below: string, number: number): Promise<boolean> {
  return await until(async () => {
    const { mergeable, merged } = (await api(`${below}/pulls/${number}`)) as { mergeable: boolean; merged: boolean };
    if (mergeable && !merged) {
      await api(`${below}/pulls/${number}/merge`, { method: "POST", body: { Do: "merge" } }).catch(() => {});
    }
    return merged;
  });
}

async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (await isSo()) return true;
    await systemClock.sleep(200);
  }
  return false;
}
