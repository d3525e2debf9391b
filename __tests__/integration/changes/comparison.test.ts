import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { compare, type EventComparison } from "../../../src/changes/comparison.ts";
import { type Commit, commit, gitRef, type RunContext, type Trigger } from "../../../src/model/run-context.ts";
import type { Change } from "../../unit/changes/objects.ts";
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

function pathsOf(comparison: EventComparison): readonly string[] {
  if (comparison.kind !== "files") throw new Error(`not files: ${JSON.stringify(comparison)}`);
  return comparison.files.map(({ path }) => path);
}

function detailOf(comparison: EventComparison): string {
  if (comparison.kind !== "everything" || comparison.because.kind !== "no-base") {
    throw new Error(`there is a base: ${JSON.stringify(comparison)}`);
  }
  return comparison.because.detail;
}

/** No git at all: a call is a failure. */
const noGit = open({ folder: "/nonexistent" } as Repository);

describe("events that name no change", () => {
  test.each<[string, Trigger, string, EventComparison]>([
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
  let first: Commit;

  beforeEach(() => {
    forge = place.forge();
    first = forge.record({ "base/Dockerfile": "FROM scratch", "docs/Dockerfile": "FROM scratch" });
    forge.point("main", first);
  });

  /** Commits one after the other, the last of which a branch is on then. */
  function pushed(branch: string, from: Commit, ...commits: readonly Readonly<Record<string, Change>>[]): Commit {
    const tip = commits.reduce((parent, changes) => forge.record(changes, parent), from);
    forge.point(branch, tip);
    return tip;
  }

  test("of many commits counts all of them, from a checkout of depth 1", async () => {
    pushed("main", first, { "base/one": "1" }, { "docs/two": "2" }, { "README.md": "3" });
    const checkout = place.checkout(forge, "main");
    const comparison = await compare(context(push(first)), open(checkout));
    expect(comparison).toMatchObject({ kind: "files", base: first });
    expect(pathsOf(comparison)).toEqual(["README.md", "base/one", "docs/two"]);
    expect(checkout.git("rev-list", "--count", "--all", "HEAD")).toBe("1");
  });

  test("that changes nothing is no doubt", async () => {
    pushed("main", first, {});
    expect(pathsOf(await compare(context(push(first)), open(place.checkout(forge, "main"))))).toEqual([]);
  });

  test("of the very first commit takes everything", async () => {
    const comparison = await compare(context(push(undefined)), open(place.checkout(forge, "main")));
    expect(comparison).toEqual({ kind: "everything", because: { kind: "first-commit" } });
  });

  test("of a new branch takes everything, also from a checkout of depth 1", async () => {
    pushed("feat/x", first, { x: "x" });
    const on = context(push(undefined), { ref: gitRef("refs/heads/feat/x") });
    const comparison = await compare(on, open(place.checkout(forge, "feat/x")));
    expect(comparison).toEqual({ kind: "everything", because: { kind: "new-branch", branch: "feat/x" } });
  });

  test("by force compares with the old commit while the forge has it", async () => {
    const old = pushed("main", first, { "base/old": "1" });
    pushed("main", first, { "docs/new": "1" });
    expect(pathsOf(await compare(context(push(old, true)), open(place.checkout(forge, "main"))))).toEqual([
      "base/old",
      "docs/new",
    ]);
  });

  test("by force, the old commit gone: what the branch itself changed", async () => {
    const fork = pushed("main", first, { "base/a": "a" }, { "base/b": "b" }, { "base/c": "c" });
    pushed("feat", fork, { "docs/a": "a" }, { "docs/b": "b" });
    pushed("main", fork, { "base/later": "others'" });
    const on = context(push(never, true), { ref: gitRef("refs/heads/feat") });
    expect(pathsOf(await compare(on, open(place.checkout(forge, "feat"))))).toEqual(["docs/a", "docs/b"]);
  });

  test("by force to the default branch, the old commit gone: everything", async () => {
    const comparison = await compare(context(push(never, true)), open(place.checkout(forge, "main")));
    expect(detailOf(comparison)).toBe("0123456, the commit before this push, is gone, as after a forced push");
  });

  test("by force of a branch unrelated to the default branch: everything", async () => {
    forge.point("pages", forge.record({ "index.html": "x" }));
    const on = context(push(never, true), { ref: gitRef("refs/heads/pages") });
    expect(detailOf(await compare(on, open(place.checkout(forge, "pages"))))).toMatch(/no common history/);
  });

  test("whose old commit can't be fetched takes everything, never the last commit alone", async () => {
    pushed("main", first, { "base/one": "1" }, { "docs/two": "2" });
    const checkout = place.checkout(forge, "main");
    checkout.git("remote", "set-url", "origin", "file:///nonexistent.git");
    expect(detailOf(await compare(context(push(first)), open(checkout)))).toMatch(
      /could not be fetched: git fetch failed: /,
    );
  });

  test("leaves a full clone full", async () => {
    const old = pushed("gone", first, { "base/old": "1" });
    pushed("main", first, { "docs/new": "1" });
    const checkout = place.checkout(forge, "main", "--no-auto-gc");
    expect(pathsOf(await compare(context(push(old, true)), open(checkout)))).toEqual(["base/old", "docs/new"]);
    expect(checkout.git("rev-parse", "--is-shallow-repository")).toBe("false");
  });

  test("leaves a clone without blobs without them", async () => {
    forge.git("config", "uploadpack.allowFilter", "true");
    const before = pushed("main", first, { "base/big": "a".repeat(1000) });
    pushed("main", before, { "base/big": "b".repeat(1000) });
    const checkout = place.checkout(forge, "main", "--depth=1", "--filter=blob:none");
    expect(pathsOf(await compare(context(push(before)), open(checkout)))).toEqual(["base/big"]);
    const blob = forge.git("rev-parse", `${before}:base/big`);
    expect(checkout.git("rev-list", "--objects", "--missing=print", before).split("\n")).toContain(`?${blob}`);
  });
});

describe("a pull request", () => {
  let forge: Repository;
  let fork: Commit;
  let head: Commit;
  let moved: Commit;
  let merge: Commit;

  // main: … fork ─ others' change (moved); feat: fork ─ long way ─ head; refs/pull/7/merge joins the two.
  beforeAll(() => {
    forge = place.forge();
    fork = forge.record({ "docs/Dockerfile": "FROM scratch" }, forge.record({ "base/Dockerfile": "FROM scratch" }));
    const way = Array.from({ length: 60 }).reduce<Commit>((parent) => forge.record({}, parent), fork);
    head = forge.record({ "docs/mine": "1" }, way);
    moved = forge.record({ "base/others": "1" }, fork);
    merge = forge.record({}, moved, head);
    forge.point("main", moved);
    forge.point("feat", head);
    forge.point("refs/pull/7/merge", merge);
    forge.point("refs/pull/7/head", head);
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
    const merged = forge.record({}, head, moved);
    forge.point("refs/pull/8/head", merged);
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
    const orphan = forge.record({ z: "z" });
    forge.point("other", orphan);
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
  const top = forge.record({ f: "0" });
  const better = forge.record({ f: "1" }, top);
  const long = Array.from({ length: 5 }).reduce<Commit>((parent) => forge.record({}, parent), better);
  const tip = forge.record({ f: "0" }, forge.record({}, forge.record({ g: "0" }, top), long));
  const other = forge.record({ h: "0" }, better);
  forge.point("short", tip);
  forge.point("other", other);

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
