import { describe, expect, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import { type Commit, gitRef, type RunContext, type Trigger } from "../../../../src/model/run-context.ts";
import { checkoutTrust, type TrustQuestions } from "../../../../src/run/checkout/checkout-trust.ts";
import { at } from "../../publish/commits.ts";
import { context } from "../../tags/facts.ts";

const base = at("main-1");
const event = at("main-2");
const fork = at("fork-1");
const head = at("head-1");
const merge = at("merge-1");

function pull(fromFork: boolean, target: boolean): Trigger {
  const commits = { baseCommit: base, headCommit: fromFork ? fork : head, mergeCommit: merge };
  return { kind: "pull-request", number: 7, baseRef: "main", ...commits, fromFork, target };
}

interface World {
  /** Parents of commits, as far as the checkout has them. */
  readonly parents?: Readonly<Record<string, readonly Commit[]>>;
  readonly moves?: readonly { readonly to: Commit; readonly by: string }[];
  /** Commits that branches and tags of the repository contain; an error: it can't be asked. */
  readonly contained?: readonly Commit[] | GitFailure;
  readonly open?: Readonly<Record<number, Commit>>;
  readonly api?: boolean;
  /** Merges that the forge made of pull requests. */
  readonly merges?: readonly Commit[];
}

function questions(world: World): TrustQuestions & { readonly asked: string[] } {
  const { parents = {}, moves = [], contained = [], open = {}, api = true, merges = [] } = world;
  const asked: string[] = [];
  const isBelow = (ancestor: Commit, from: Commit): boolean =>
    ancestor === from || (parents[from] ?? []).some((each) => isBelow(ancestor, each));
  const contains = async (commit: Commit) => {
    asked.push(`contains ${commit}`);
    if (contained instanceof GitFailure) throw contained;
    return contained.includes(commit);
  };
  return {
    asked,
    git: {
      isAncestor: async (ancestor, descendant) => (isBelow(ancestor, descendant) ? "yes" : "unknown"),
      parents: async (commit) => parents[commit] ?? [],
      headMoves: async () => moves,
    },
    history: {
      reaches: contains,
      contains,
      isMerge: async (commit) => merges.includes(commit),
      pullRequestsAt: async (commit) =>
        Object.entries(open).flatMap(([number, each]) => (each === commit ? [Number(number)] : [])),
    },
    forge: {
      contains: async () => undefined,
      openPullRequests: async (_, __, commit) =>
        api ? Object.entries(open).flatMap(([number, each]) => (each === commit ? [Number(number)] : [])) : undefined,
      pullRequestHead: async (_, __, number) => open[number],
    },
  };
}

function run(trigger: Trigger, ref: string, commit: Commit): RunContext {
  return { ...(context({ ref }) as RunContext), trigger, ref: gitRef(ref), commit, eventName: trigger.kind };
}

const push = run({ kind: "push", before: base, forced: false }, "refs/heads/main", event);
const tag = run({ kind: "push", before: undefined, forced: false }, "refs/tags/v1", event);
const release = run({ kind: "release", prerelease: false }, "refs/tags/v1", event);
const schedule = run({ kind: "schedule", cron: undefined }, "refs/heads/main", event);
const dispatch = run({ kind: "dispatch", eventName: "workflow_dispatch" }, "refs/heads/main", event);
const workflowRun = run({ kind: "dispatch", eventName: "workflow_run" }, "refs/heads/main", event);
const comment = run({ kind: "dispatch", eventName: "issue_comment" }, "refs/heads/main", event);
const group = run(
  { kind: "merge-group", baseCommit: base, headCommit: event },
  "refs/heads/gh-readonly-queue/x",
  event,
);
const own = run(pull(false, false), "refs/pull/7/merge", merge);
const ownTarget = run(pull(false, true), "refs/heads/main", event);
const forked = run(pull(true, false), "refs/pull/7/merge", merge);
const forkedTarget = run(pull(true, true), "refs/heads/main", event);

const all = { push, tag, release, schedule, dispatch, workflowRun, comment, group };

describe("the event's own commit and its ancestors are trusted, and nobody is asked", () => {
  test.each(Object.entries(all))("%s", async (_, happened) => {
    for (const commit of [event, base]) {
      const world = questions({ parents: { [event]: [base] }, contained: new GitFailure("offline", { hint: "" }) });
      expect(await checkoutTrust(happened, commit, world)).toEqual({ kind: "trusted" });
      expect(world.asked).toEqual([]);
    }
  });
});

describe("a fork's head is untrusted under any event", () => {
  test.each(Object.entries({ ...all, own, ownTarget, forked, forkedTarget }))("%s", async (_, happened) => {
    const world = questions({ parents: { [fork]: [event], [event]: [base] } });
    expect(await checkoutTrust(happened, fork, world)).toMatchObject({ kind: "untrusted", head: fork });
  });
});

test.each([
  { what: "the merge of the repository's own pull request", happened: own, checkedOut: merge },
  { what: "its head", happened: own, checkedOut: head },
  { what: "its merge under pull_request_target", happened: ownTarget, checkedOut: merge },
  { what: "its head under pull_request_target", happened: ownTarget, checkedOut: head },
  { what: "the base branch under pull_request_target", happened: forkedTarget, checkedOut: event },
  { what: "the base of a fork's pull request", happened: forked, checkedOut: base },
])("$what is trusted", async ({ happened, checkedOut }) => {
  expect(await checkoutTrust(happened, checkedOut, questions({}))).toEqual({ kind: "trusted" });
});

test.each([
  { what: "the merge of a fork's pull request", happened: forked, checkedOut: merge },
  { what: "its head", happened: forked, checkedOut: fork },
  { what: "its merge under pull_request_target", happened: forkedTarget, checkedOut: merge },
])("$what is untrusted, and nobody is asked", async ({ happened, checkedOut }) => {
  const world = questions({ contained: [checkedOut] });
  expect(await checkoutTrust(happened, checkedOut, world)).toMatchObject({ kind: "untrusted", pullRequest: 7 });
  expect(world.asked).toEqual([]);
});

describe("another commit", () => {
  test("is trusted where a branch or a tag of the repository contains it", async () => {
    expect(await checkoutTrust(dispatch, head, questions({ contained: [head] }))).toEqual({ kind: "trusted" });
  });

  test("is untrusted where none does", async () => {
    expect(await checkoutTrust(dispatch, fork, questions({}))).toMatchObject({
      kind: "untrusted",
      why: expect.stringMatching(/is checked out, which no branch and no tag of \S+ contains$/),
    });
  });

  test("is untrusted where nobody can tell", async () => {
    const contained = new GitFailure("git ls-remote failed: no route", { hint: "" });
    expect(await checkoutTrust(dispatch, head, questions({ contained }))).toMatchObject({
      kind: "untrusted",
      why: expect.stringMatching(/is unknown: git ls-remote failed: no route$/),
    });
  });
});

describe("a merge that the forge made, which the payload doesn't name,", () => {
  const later = at("merge-2");
  const of = (...parents: readonly Commit[]) => ({ parents: { [later]: parents }, merges: [later] });

  test.each([own, ownTarget, comment, dispatch, workflowRun])("is trusted where both sides are", async (happened) => {
    const world = questions({ ...of(event, head), contained: [event, head] });
    expect(await checkoutTrust(happened, later, world)).toEqual({ kind: "trusted" });
  });

  test.each([
    { what: "of a fork's head", world: of(event, fork) },
    { what: "onto a fork's branch", world: of(fork, head) },
    { what: "of three", world: of(event, head, head) },
    { what: "of one", world: of(head) },
    { what: "that the forge doesn't name", world: { ...of(event, head), merges: [] } },
  ])("$what is untrusted", async ({ world }) => {
    for (const happened of [own, ownTarget, comment, dispatch, forkedTarget]) {
      const asked = questions({ ...world, contained: [event, base, head] });
      expect(await checkoutTrust(happened, later, asked)).toMatchObject({ kind: "untrusted" });
    }
  });
});

test("a fork's head that a forge takes for the event's own commit is untrusted", async () => {
  const wrong = { ...forkedTarget, commit: fork };
  expect(await checkoutTrust(wrong, fork, questions({}))).toMatchObject({ kind: "untrusted" });
});

test.each([own, ownTarget, forked, forkedTarget, group])(
  "is pushed under no event that never pushes",
  async (happened) => {
    expect(await checkoutTrust(happened, fork, questions({}))).toMatchObject({ kind: "untrusted", neverPushed: true });
  },
);

test.each([push, tag, release, schedule, dispatch, workflowRun, comment])(
  "may be pushed under others",
  async (happened) => {
    expect(await checkoutTrust(happened, fork, questions({}))).not.toHaveProperty("neverPushed");
  },
);

describe("a commit that the job made on top of the event's", () => {
  const made = at("made-1");
  const again = at("made-2");
  const parents = { [made]: [event], [again]: [made] };
  const moves = [
    { to: again, by: "commit: Second" },
    { to: made, by: "commit: First" },
    { to: event, by: "checkout: moving from main to main" },
  ];

  test.each([push, tag, release, schedule])("is trusted", async (happened) => {
    expect(await checkoutTrust(happened, again, questions({ parents, moves }))).toEqual({ kind: "trusted" });
  });

  test.each([dispatch, workflowRun, comment, own, forkedTarget])("is untrusted on other events", async (happened) => {
    expect(await checkoutTrust(happened, again, questions({ parents, moves }))).toMatchObject({ kind: "untrusted" });
  });

  test("may be amended", async () => {
    const amended = [
      { to: again, by: "commit (amend): First" },
      { to: made, by: "commit: First" },
      { to: event, by: "checkout: moving from main to main" },
    ];
    const world = questions({ parents: { [again]: [event], [made]: [event] }, moves: amended });
    expect(await checkoutTrust(push, again, world)).toEqual({ kind: "trusted" });
  });

  test.each([
    {
      what: "a fetched one that was amended",
      moves: [
        { to: made, by: "commit (amend): Of the fork" },
        { to: fork, by: "checkout: moving from main to the-fork" },
        { to: event, by: "checkout: moving from main to main" },
      ],
      parents: { [made]: [event], [fork]: [event] },
    },
    { what: "one that was fetched", moves: [{ to: made, by: "checkout: moving from main to made" }], parents },
    { what: "one that was reset to", moves: [{ to: made, by: "reset: moving to FETCH_HEAD" }], parents },
    {
      what: "one below that was fetched",
      moves: [
        { to: again, by: "commit: Mine" },
        { to: made, by: "checkout: moving" },
      ],
      parents,
    },
    {
      what: "a merge",
      moves: [{ to: made, by: "commit (merge): Merge the fork" }],
      parents: { [made]: [event, fork] },
    },
    { what: "one on another commit", moves: [{ to: made, by: "commit: Mine" }], parents: { [made]: [fork] } },
    { what: "a message that looks like one", moves: [{ to: made, by: "pull: commit: x" }], parents },
  ])("$what is none", async ({ moves: other, parents: known }) => {
    const checkedOut = other[0]?.to ?? made;
    const world = questions({ parents: known, moves: other });
    expect(await checkoutTrust(push, checkedOut, world)).toMatchObject({ kind: "untrusted" });
  });
});

describe("the pull request of an untrusted head", () => {
  test("is the one that the payload names with this head", async () => {
    const named = {
      ...workflowRun,
      pullRequests: [
        { number: 9, headCommit: fork },
        { number: 8, headCommit: head },
      ],
    };
    expect(await checkoutTrust(named, fork, questions({}))).toMatchObject({ pullRequest: 9 });
  });

  test("is the open one that the API names", async () => {
    expect(await checkoutTrust(comment, fork, questions({ open: { 5: fork } }))).toMatchObject({ pullRequest: 5 });
  });

  test("is the open one among the forge's refs of pull requests", async () => {
    const world = questions({ open: { 5: fork }, api: false });
    expect(await checkoutTrust(comment, fork, world)).toMatchObject({ pullRequest: 5 });
  });

  test.each([
    { what: "of several", open: { 5: fork, 6: fork } },
    { what: "of one with another head", open: { 5: head } },
    { what: "where there is no open one", open: {} },
  ])("none is meant $what", async ({ open }) => {
    expect(await checkoutTrust(comment, fork, questions({ open }))).toMatchObject({ pullRequest: undefined });
  });
});
