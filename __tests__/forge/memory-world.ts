/** A forge in memory: commits with whole trees, branches, pull requests that follow their branches as GitHub's do. */
import type { BranchFacts, BumpForge, PullRequest, Signature } from "../../src/forge/bump-forge.ts";
import { ForgeError } from "../../src/forge/forge-error.ts";
import { type Commit, commit } from "../../src/model/run-context.ts";
import type { Pull, World } from "./world.ts";

type Tree = Readonly<Record<string, string>>;

interface Made {
  readonly id: Commit;
  readonly parents: readonly Commit[];
  readonly tree: Tree;
  readonly message: string;
  readonly author: Signature;
}

type Kept = { -readonly [K in keyof PullRequest]: PullRequest[K] } & {
  branch: string;
  base: string;
  comments: string[];
  isOfFork?: boolean;
  autoMerge?: string;
};

export interface MemoryWorld extends World {
  /** All commits that were ever made. */
  readonly commits: ReadonlyMap<Commit, Made>;
  readonly branches: ReadonlyMap<string, Commit>;
  /** Whether a commit is in another's history. */
  contains(head: Commit, id: Commit): boolean;
  /** Commits made by people, and what they were made on. */
  readonly byPeople: readonly { readonly id: Commit; readonly branch: string }[];
  /** Requests that changed something. */
  changes(): number;
}

export function memoryWorld(files: Tree): MemoryWorld {
  const commits = new Map<Commit, Made>();
  const branches = new Map<string, Commit>();
  const pulls: Kept[] = [];
  const byPeople: { id: Commit; branch: string }[] = [];
  let calls = 0;
  let changes = 0;

  const at = (branch: string): Made | undefined => commits.get(branches.get(branch) ?? commit("0".repeat(40)));
  const treeAt = (branch: string): Tree => at(branch)?.tree ?? {};
  const make = (parents: readonly Commit[], tree: Tree, message: string, email: string): Made => {
    const id = commit((commits.size + 1).toString(16).padStart(40, "0"));
    const made = { id, parents, tree, message, author: { email, date: `${commits.size}` } };
    commits.set(id, made);
    return made;
  };
  const history = (head: Commit | undefined): Set<Commit> => {
    const seen = new Set<Commit>();
    for (const open = head === undefined ? [] : [head]; open.length > 0; ) {
      const id = open.pop();
      if (id === undefined || seen.has(id)) continue;
      seen.add(id);
      open.push(...(commits.get(id)?.parents ?? []));
    }
    return seen;
  };
  const between = (base: string, head: string): Made[] => {
    const old = history(branches.get(base));
    return [...history(branches.get(head))].flatMap((id) => (old.has(id) ? [] : (commits.get(id) ?? [])));
  };
  const move = (branch: string, to: Commit | undefined): void => {
    if (to === undefined) branches.delete(branch);
    else branches.set(branch, to);
    for (const pull of pulls.filter(
      ({ state, branch: own, base }) => state === "open" && [own, base].includes(branch),
    )) {
      if (pull.isOfFork === true) continue;
      // Where a branch was that is gone is known as long as its pull request.
      if (pull.branch === branch && to !== undefined) pull.head = to;
      if (!branches.has(pull.branch)) pull.state = "closed";
      else if (between(pull.base, pull.branch).length === 0) pull.state = pull.branch === branch ? "closed" : "merged";
    }
  };
  /** What both sides made of what they had in common; `undefined` where they disagree. */
  const merged = (ours: string, theirs: string): Tree | undefined => {
    const common = history(branches.get(ours));
    const shared = [...history(branches.get(theirs))].filter((id) => common.has(id));
    const root = shared.find((id) => shared.every((each) => history(id).has(each)));
    const old = commits.get(root ?? commit("0".repeat(40)))?.tree ?? {};
    const [mine, other] = [treeAt(ours), treeAt(theirs)];
    const tree: Record<string, string> = {};
    for (const path of new Set([...Object.keys(mine), ...Object.keys(other)])) {
      const lines = mergeLines(old[path] ?? "", mine[path] ?? "", other[path] ?? "");
      if (lines === undefined) return undefined;
      tree[path] = lines;
    }
    return tree;
  };
  const personCommit = (branch: string, parents: readonly Commit[], tree: Tree, message: string): void => {
    const { id } = make(parents, tree, message, "person@example.org");
    byPeople.push({ id, branch });
    move(branch, id);
  };
  const find = (number: number): Kept => {
    const pull = pulls.find((each) => each.number === number);
    if (pull === undefined) throw new ForgeError("missing", `there is no pull request ${number}`);
    return pull;
  };
  const change = (): void => {
    calls += 1;
    changes += 1;
  };

  const forge: BumpForge = {
    async look({ branch, base }): Promise<BranchFacts> {
      calls += 1;
      const state = {
        head: branches.get(branch),
        commits: branches.has(branch)
          ? between(base, branch).map((each) => ({ ...each, parents: each.parents.length, committer: each.author }))
          : [],
        pullRequests: pulls
          .filter((each) => each.branch === branch && each.base === base && each.isOfFork !== true)
          .map((each) => ({ ...each })),
      };
      return { ...state, pullRequests: state.pullRequests.reverse() };
    },
    async read(id, path) {
      calls += 1;
      const text = commits.get(id)?.tree[path];
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    async write({ branch, head, parent, files: written, message }) {
      change();
      if (branches.get(branch) !== head) throw new ForgeError("overtaken", "the branch is elsewhere");
      const changed = written.map(({ path, after }) => [path, new TextDecoder().decode(after)]);
      const tree = { ...commits.get(parent)?.tree, ...Object.fromEntries(changed) };
      const made = make([parent], tree, `${message.headline}\n\n${message.body}`, "bot@example.org");
      move(branch, made.id);
      return made.id;
    },
    async deleteBranch(branch, head) {
      change();
      if (branches.get(branch) !== head) throw new ForgeError("overtaken", "the branch is elsewhere");
      move(branch, undefined);
    },
    async open({ branch, base, title, body }) {
      change();
      const isOpen = pulls.some(
        (each) => each.state === "open" && each.branch === branch && each.base === base && each.isOfFork !== true,
      );
      if (isOpen || !branches.has(branch)) throw new ForgeError("overtaken", "it already exists, or nothing does");
      const number = pulls.length + 1;
      const made = { number, id: `${number}`, url: `https://forge.example/o/r/pull/${number}`, title, body };
      const pull = { ...made, state: "open" as const, head: branches.get(branch), labels: [], assignees: [] };
      pulls.push({ ...pull, branch, base, comments: [] });
      return pull;
    },
    async edit({ number }, { title, body, labels, assignees }) {
      change();
      Object.assign(find(number), { title, body, labels, assignees });
    },
    async requestReviews() {
      change();
    },
    async mergeWhenReady({ number }, _method, head) {
      change();
      const pull = find(number);
      if (branches.get(pull.branch) !== head) throw new ForgeError("unexpected", "the head was modified");
      pull.autoMerge = head;
    },
    async close({ number }, why, body) {
      change();
      find(number).comments.push(why);
      Object.assign(find(number), { state: "closed", body });
    },
  };

  move("main", make([], files, "Begin", "person@example.org").id);
  return {
    forge,
    commits,
    branches,
    byPeople,
    contains: (head, id) => history(head).has(id),
    calls: () => calls,
    changes: () => changes,
    head: async (branch) => branches.get(branch),
    history: (base) => ({
      async above(head) {
        const old = history(commit(base));
        return [...history(head)].flatMap((id) => (old.has(id) ? [] : (commits.get(id) ?? [])));
      },
      async edits(parent, id) {
        const [was, is] = [commits.get(parent)?.tree ?? {}, commits.get(id)?.tree ?? {}];
        const paths = Object.keys({ ...was, ...is }).filter((path) => was[path] !== is[path]);
        if (paths.some((path) => was[path] === undefined || is[path] === undefined)) return undefined;
        const bytes = (text: string | undefined) => new TextEncoder().encode(text);
        return paths.map((path) => ({ path, before: bytes(was[path]), after: bytes(is[path]) }));
      },
    }),
    async file(branch, path) {
      const text = treeAt(branch)[path];
      return text === undefined ? undefined : { bytes: new TextEncoder().encode(text), mode: "100644" };
    },
    pulls: async () => pulls.map((pull): Pull => ({ ...pull, reviewers: [] })),
    person: {
      async commit(branch, changed) {
        const head = branches.get(branch);
        personCommit(branch, head === undefined ? [] : [head], { ...treeAt(branch), ...changed }, "Change something");
      },
      async mergeBranch(from, into) {
        const tree = merged(into, from);
        const [ours, theirs] = [branches.get(into), branches.get(from)];
        if (tree === undefined || ours === undefined || theirs === undefined) return;
        if (!history(ours).has(theirs)) personCommit(into, [ours, theirs], tree, `Merge branch '${from}'`);
      },
      async branch(branch, on, changed, message) {
        const head = branches.get(on);
        personCommit(branch, head === undefined ? [] : [head], { ...treeAt(on), ...changed }, message);
      },
      async openPull(branch, text) {
        return (await forge.open({ ...text, branch, base: "main", draft: false })).number;
      },
      async editBody(number, body) {
        find(number).body = body;
      },
      async forkPull(branch, body, state) {
        const made = make([...branches.values()].slice(0, 1), treeAt("main"), "Fork", "stranger@example.org");
        const number = pulls.length + 1;
        const text = { title: "Mine", body, url: `https://forge.example/o/r/pull/${number}` };
        const lists = { labels: [], assignees: [], comments: [] };
        pulls.push({
          number,
          id: `${number}`,
          ...text,
          ...lists,
          state,
          head: made.id,
          branch,
          base: "main",
          isOfFork: true,
        });
      },
      async closePull(number) {
        find(number).state = "closed";
      },
      async mergePull(number) {
        const pull = find(number);
        const tree = merged(pull.base, pull.branch);
        const [ours, theirs] = [branches.get(pull.base), branches.get(pull.branch)];
        if (tree === undefined || ours === undefined || theirs === undefined) return false;
        personCommit(pull.base, [ours, theirs], tree, `Merge pull request #${number}`);
        pull.state = "merged";
        return true;
      },
      async deleteBranch(branch) {
        move(branch, undefined);
      },
    },
  };
}

/** Line by line, which is enough where no line comes or goes. */
function mergeLines(old: string, ours: string, theirs: string): string | undefined {
  if (ours === theirs || old === theirs) return ours;
  if (old === ours) return theirs;
  const [base, mine, other] = [old, ours, theirs].map((text) => text.split("\n"));
  if (base?.length !== mine?.length || base?.length !== other?.length) return undefined;
  const lines = (base ?? []).map((line, index) => {
    const [left, right] = [mine?.[index], other?.[index]];
    return left === right || right === line ? left : left === line ? right : undefined;
  });
  return lines.includes(undefined) ? undefined : lines.join("\n");
}
