import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Comparison, compare } from "../../../src/changes/comparison.ts";
import { type Commit, commit, gitRef, type RunContext, type Trigger } from "../../../src/context/run-context.ts";
import { open, type Repository, Workplace } from "./repository.ts";

const place = new Workplace();
afterAll(() => place.remove());

const never = commit("0123456789".repeat(4));

function context(trigger: Trigger, changes: Partial<RunContext> = {}): RunContext {
  return {
    trigger,
    eventName: trigger.kind,
    ref: gitRef("refs/heads/main"),
    commit: never,
    owner: "o",
    repo: "r",
    defaultBranch: "main",
    isPrivate: undefined,
    description: undefined,
    license: undefined,
    serverUrl: "https://github.com",
    apiUrl: "https://api.github.com",
    actor: undefined,
    runUrl: undefined,
    startedAt: new Date(0),
    workspace: "/nowhere",
    temp: "/tmp",
    ...changes,
  };
}

function push(before: Commit | undefined, forced = false): Trigger {
  return { kind: "push", before, forced };
}

function pathsOf(comparison: Comparison): readonly string[] {
  if (comparison.kind !== "files") throw new Error(`not files: ${JSON.stringify(comparison)}`);
  return comparison.files.map(({ path }) => path);
}

function detailOf(comparison: Comparison): string {
  if (comparison.kind !== "everything" || comparison.because.kind !== "no-base") {
    throw new Error(`there is a base: ${JSON.stringify(comparison)}`);
  }
  return comparison.because.detail;
}

/** No git at all: a call is a failure. */
const noGit = open({ folder: "/nonexistent" } as Repository);

describe("events that name no change", () => {
  test.each<[string, Trigger, string, Comparison]>([
    [
      "a schedule takes everything",
      { kind: "schedule", cron: undefined },
      "refs/heads/main",
      { kind: "everything", because: { kind: "scheduled" } },
    ],
    [
      "a release takes everything",
      { kind: "release", prerelease: false },
      "refs/tags/v1",
      { kind: "everything", because: { kind: "tag", tag: "v1" } },
    ],
    [
      "a new tag takes everything",
      push(undefined),
      "refs/tags/v1",
      { kind: "everything", because: { kind: "tag", tag: "v1" } },
    ],
    [
      "a moved tag takes everything",
      push(never, true),
      "refs/tags/v1",
      { kind: "everything", because: { kind: "tag", tag: "v1" } },
    ],
    [
      "a dispatch takes what is asked for",
      { kind: "dispatch", eventName: "workflow_dispatch" },
      "refs/heads/main",
      { kind: "everything", because: { kind: "asked-for" } },
    ],
    [
      "a dispatch by the API too",
      { kind: "dispatch", eventName: "repository_dispatch" },
      "refs/heads/main",
      { kind: "everything", because: { kind: "asked-for" } },
    ],
    [
      "another event takes everything, and says so",
      { kind: "dispatch", eventName: "workflow_run" },
      "refs/heads/main",
      {
        kind: "everything",
        because: { kind: "no-base", detail: "the event workflow_run names no commit to compare with" },
      },
    ],
    [
      "a deleted branch takes nothing",
      { kind: "gone", what: "the branch x was deleted" },
      "refs/heads/x",
      { kind: "nothing", what: "the branch x was deleted" },
    ],
  ])("%s", async (_, trigger, ref, expected) => {
    expect(await compare(context(trigger, { ref: gitRef(ref) }), noGit)).toEqual(expected);
  });

  test("without a repository everything is taken, with git's reason", async () => {
    expect(detailOf(await compare(context(push(never)), noGit))).toMatch(/git/);
  });
});

describe("a push", () => {
  let forge: Repository;
  let dev: Repository;
  let first: Commit;

  beforeEach(() => {
    forge = place.forge();
    dev = place.clone(forge);
    first = dev.commit({ "base/Dockerfile": "FROM scratch", "docs/Dockerfile": "FROM scratch" });
    dev.push("origin", "main");
  });

  test("of many commits counts all of them, from a checkout of depth 1", async () => {
    dev.commit({ "base/one": "1" });
    dev.commit({ "docs/two": "2" });
    dev.commit({ "README.md": "3" });
    dev.push("origin", "main");
    const checkout = place.checkout(forge, "main");
    const comparison = await compare(context(push(first)), open(checkout));
    expect(comparison).toMatchObject({ kind: "files", base: first });
    expect(pathsOf(comparison)).toEqual(["README.md", "base/one", "docs/two"]);
    expect(checkout.git("rev-list", "--count", "--all", "HEAD")).toBe("1");
  });

  test("that changes nothing is no doubt", async () => {
    dev.commit();
    dev.push("origin", "main");
    expect(pathsOf(await compare(context(push(first)), open(place.checkout(forge, "main"))))).toEqual([]);
  });

  test("of the very first commit takes everything", async () => {
    const comparison = await compare(context(push(undefined)), open(place.checkout(forge, "main")));
    expect(comparison).toEqual({ kind: "everything", because: { kind: "first-commit" } });
  });

  test("of a new branch takes everything, also from a checkout of depth 1", async () => {
    dev.commit({ x: "x" });
    dev.push("origin", "main:feat/x");
    const on = context(push(undefined), { ref: gitRef("refs/heads/feat/x") });
    const comparison = await compare(on, open(place.checkout(forge, "feat/x")));
    expect(comparison).toEqual({ kind: "everything", because: { kind: "new-branch", branch: "feat/x" } });
  });

  test("by force compares with the old commit while the forge has it", async () => {
    const old = dev.commit({ "base/old": "1" });
    dev.push("origin", "main");
    dev.git("reset", "--quiet", "--hard", first);
    dev.commit({ "docs/new": "1" });
    dev.push("--force", "origin", "main");
    expect(pathsOf(await compare(context(push(old, true)), open(place.checkout(forge, "main"))))).toEqual([
      "base/old",
      "docs/new",
    ]);
  });

  test("by force, the old commit gone: what the branch itself changed", async () => {
    for (const path of ["a", "b", "c"]) dev.commit({ [`base/${path}`]: path });
    dev.git("checkout", "--quiet", "-b", "feat");
    for (const path of ["a", "b"]) dev.commit({ [`docs/${path}`]: path });
    dev.push("origin", "feat");
    dev.git("checkout", "--quiet", "main");
    dev.commit({ "base/later": "others'" });
    dev.push("origin", "main");
    const on = context(push(never, true), { ref: gitRef("refs/heads/feat") });
    expect(pathsOf(await compare(on, open(place.checkout(forge, "feat"))))).toEqual(["docs/a", "docs/b"]);
  });

  test("by force to the default branch, the old commit gone: everything", async () => {
    const comparison = await compare(context(push(never, true)), open(place.checkout(forge, "main")));
    expect(detailOf(comparison)).toBe("0123456, the commit before this push, is gone, as after a forced push");
  });

  test("by force of a branch unrelated to the default branch: everything", async () => {
    dev.git("checkout", "--quiet", "--orphan", "pages");
    dev.commit({ "index.html": "x" });
    dev.push("origin", "pages");
    const on = context(push(never, true), { ref: gitRef("refs/heads/pages") });
    expect(detailOf(await compare(on, open(place.checkout(forge, "pages"))))).toMatch(/no common history/);
  });

  test("whose old commit can't be fetched takes everything, never the last commit alone", async () => {
    dev.commit({ "base/one": "1" });
    dev.commit({ "docs/two": "2" });
    dev.push("origin", "main");
    const checkout = place.checkout(forge, "main");
    checkout.git("remote", "set-url", "origin", "file:///nonexistent.git");
    expect(detailOf(await compare(context(push(first)), open(checkout)))).toMatch(
      /could not be fetched: git fetch failed: /,
    );
  });

  test("leaves a full clone full", async () => {
    const old = dev.commit({ "base/old": "1" });
    dev.push("origin", "main:gone");
    dev.git("reset", "--quiet", "--hard", first);
    dev.commit({ "docs/new": "1" });
    dev.push("origin", "main");
    const checkout = place.checkout(forge, "main", "--no-auto-gc");
    expect(pathsOf(await compare(context(push(old, true)), open(checkout)))).toEqual(["base/old", "docs/new"]);
    expect(checkout.git("rev-parse", "--is-shallow-repository")).toBe("false");
  });

  test("leaves a clone without blobs without them", async () => {
    forge.git("config", "uploadpack.allowFilter", "true");
    const before = dev.commit({ "base/big": "a".repeat(1000) });
    dev.commit({ "base/big": "b".repeat(1000) });
    dev.push("origin", "main");
    const checkout = place.checkout(forge, "main", "--depth=1", "--filter=blob:none");
    expect(pathsOf(await compare(context(push(before)), open(checkout)))).toEqual(["base/big"]);
    const blob = dev.git("rev-parse", `${before}:base/big`);
    expect(checkout.git("rev-list", "--objects", "--missing=print", before).split("\n")).toContain(`?${blob}`);
  });
});

describe("a pull request", () => {
  let forge: Repository;
  let dev: Repository;
  let fork: Commit;
  let head: Commit;
  let moved: Commit;
  let merge: Commit;

  // main: … fork ─ others' change (moved); feat: fork ─ long way ─ head; refs/pull/7/merge joins the two.
  beforeAll(() => {
    forge = place.forge();
    dev = place.clone(forge);
    dev.commit({ "base/Dockerfile": "FROM scratch" });
    fork = dev.commit({ "docs/Dockerfile": "FROM scratch" });
    dev.git("checkout", "--quiet", "-b", "feat");
    for (let step = 0; step < 60; step += 1) dev.git("commit", "--quiet", "--allow-empty", "--message", `${step}`);
    head = dev.commit({ "docs/mine": "1" });
    dev.git("checkout", "--quiet", "main");
    moved = dev.commit({ "base/others": "1" });
    dev.git("checkout", "--quiet", "--detach");
    dev.git("merge", "--quiet", "--no-edit", "feat");
    merge = dev.head();
    dev.push("origin", "main", "feat", "HEAD:refs/pull/7/merge", "feat:refs/pull/7/head");
  });

  const pull = (changes: object = {}): Trigger => ({
    kind: "pull-request",
    number: 7,
    baseRef: "main",
    baseCommit: fork,
    headCommit: head,
    fromFork: false,
    target: false,
    ...changes,
  });

  test("checked out as its merge at depth 1: its own files, by fetching one commit", async () => {
    const checkout = place.checkout(forge, "refs/pull/7/merge");
    const comparison = await compare(
      context(pull(), { commit: merge, ref: gitRef("refs/pull/7/merge") }),
      open(checkout),
    );
    expect(comparison).toMatchObject({ base: moved });
    expect(pathsOf(comparison)).toEqual(["docs/mine"]);
    expect(checkout.git("rev-list", "--count", "HEAD", moved)).toBe("2");
  });

  test("checked out as its merge, the base having moved on since", async () => {
    const comparison = await compare(
      context(pull({ baseCommit: moved }), { commit: merge }),
      open(place.checkout(forge, "refs/pull/7/merge")),
    );
    expect(pathsOf(comparison)).toEqual(["docs/mine"]);
  });

  test.each(["--depth=1", "--depth=10", "--no-auto-gc"])(
    "checked out as its head with %s: others' commits don't count",
    async (depth) => {
      const comparison = await compare(
        context(pull({ baseCommit: moved }), { commit: head }),
        open(place.checkout(forge, "refs/pull/7/head", depth)),
      );
      expect(comparison).toMatchObject({ base: fork });
      expect(pathsOf(comparison)).toEqual(["docs/mine"]);
    },
  );

  test("whose head is itself a merge, as on a forge without merge refs", async () => {
    dev.git("checkout", "--quiet", "feat");
    dev.git("merge", "--quiet", "--no-edit", "main");
    const merged = dev.head();
    dev.push("origin", "feat:refs/pull/8/head");
    const trigger = pull({ baseCommit: moved, headCommit: merged });
    const comparison = await compare(
      context(trigger, { commit: merged }),
      open(place.checkout(forge, "refs/pull/8/head")),
    );
    expect(pathsOf(comparison)).toEqual(["docs/mine"]);
  });

  test("that runs on the target's commit is told by its head", async () => {
    const checkout = place.checkout(forge, "main");
    const trigger = pull({ baseCommit: moved, target: true });
    expect(pathsOf(await compare(context(trigger, { commit: moved }), open(checkout)))).toEqual(["docs/mine"]);
  });

  test("that has no history in common with its base: everything", async () => {
    dev.git("checkout", "--quiet", "--orphan", "other");
    const orphan = dev.commit({ z: "z" });
    dev.push("origin", "other");
    const comparison = await compare(
      context(pull({ headCommit: orphan }), { commit: orphan }),
      open(place.checkout(forge, "other")),
    );
    expect(detailOf(comparison)).toMatch(/^main at .* has no common history with this: the histories are unrelated$/);
  });

  test("whose base is gone: everything", async () => {
    const comparison = await compare(
      context(pull({ baseCommit: never }), { commit: head }),
      open(place.checkout(forge, "feat")),
    );
    expect(detailOf(comparison)).toBe("main at 0123456 is gone from the remote");
  });

  test("in a merge group is compared with what the group builds on", async () => {
    const trigger: Trigger = { kind: "merge-group", baseCommit: moved, headCommit: merge };
    expect(pathsOf(await compare(context(trigger), open(place.checkout(forge, "refs/pull/7/merge"))))).toEqual([
      "docs/mine",
    ]);
  });
});

test("history cut in the middle of a criss-cross does not pass for the whole", async () => {
  // top ─ a ─────────── merge ─ tip     The short way from tip to `top` is here at once; the better ancestor `b` lies on the
  //   └── b ─ (long) ───┘               long way, and is the other branch's parent.
  const forge = place.forge();
  const dev = place.clone(forge);
  const top = dev.commit({ f: "0" });
  const better = dev.commit({ f: "1" });
  dev.git("branch", "other");
  for (let step = 0; step < 5; step += 1) dev.git("commit", "--quiet", "--allow-empty", "--message", `${step}`);
  dev.git("checkout", "--quiet", "-b", "short", top);
  dev.commit({ g: "0" });
  dev.git("merge", "--quiet", "--no-edit", "main");
  const tip = dev.commit({ f: "0" });
  dev.git("checkout", "--quiet", "other");
  const other = dev.commit({ h: "0" });
  dev.push("origin", "short", "other");

  const checkout = place.checkout(forge, "short", "--depth=4");
  checkout.git("fetch", "--quiet", "--depth=3", "origin", "other");
  expect(await open(checkout).mergeBase(other, tip)).toEqual({ commit: top, isCertain: false });

  const trigger: Trigger = {
    kind: "pull-request",
    number: 7,
    baseRef: "other",
    baseCommit: other,
    headCommit: tip,
    fromFork: false,
    target: false,
  };
  const comparison = await compare(context(trigger, { commit: tip }), open(checkout));
  expect(comparison).toMatchObject({ base: better });
  expect(pathsOf(comparison)).toEqual(["f", "g"]);
});
