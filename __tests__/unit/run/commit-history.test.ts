/** How commits stand to one another, by what the checkout, the forge and the remote answer. */
import { describe, expect, test } from "@jest/globals";
import type { Git } from "../../../src/git/git.ts";
import { GitFailure } from "../../../src/git/git-command.ts";
import type { HttpRequest } from "../../../src/ports.ts";
import type { Position } from "../../../src/publish/guard.ts";
import { type HistoryRun, openHistory } from "../../../src/run/commit-history.ts";
import { limited } from "../lib/http/limited.ts";
import { at } from "../publish/commits.ts";

const [older, newer] = [at("main-1"), at("main-2")];
const failure = new GitFailure("git failed", { hint: "run again" });
const fails = async (): Promise<never> => {
  throw failure;
};

type Answer = "yes" | "no" | "unknown";
/** Whether the first is an ancestor of the second. */
type Lineage = (ancestor: string, descendant: string) => Answer;

const known: Lineage = (ancestor, descendant) => (ancestor === older && descendant === newer ? "yes" : "no");
const unknown: Lineage = () => "unknown";

interface Remote {
  readonly here?: Lineage;
  /** What the forge's comparison answers, as a merge base; absent: it doesn't answer. */
  readonly base?: string;
  readonly git?: Partial<Git>;
}

/** A checkout with all commits and unrelated histories, unless said otherwise. */
function historyWith({ here = unknown, base, git = {} }: Remote, context: object = {}) {
  const asked: string[] = [];
  const send = async ({ url }: HttpRequest) => {
    asked.push(url);
    const body = Buffer.from(JSON.stringify(base === undefined ? {} : { merge_base_commit: { sha: base } }));
    return { status: base === undefined ? 404 : 200, headers: { "content-type": "application/json" }, body };
  };
  const run = {
    trust: { kind: "trusted" },
    git: {
      isAncestor: async (ancestor: string, descendant: string) => here(ancestor, descendant),
      missing: async () => [],
      fetch: async () => ({ kind: "fetched" }),
      mergeBase: async () => undefined,
      isShallow: async () => false,
      remoteCommit: async () => newer,
      ...git,
    },
    history: { commitOf: async () => undefined },
    context: {
      ...{ owner: "o", repo: "r", apiUrl: "https://api.github.com", commit: newer, trigger: { kind: "push" } },
      ref: { full: "refs/heads/main", kind: "branch", name: "main" },
      ...context,
    },
    inputs: { settings: { token: "t0ken" } },
    outside: limited({
      http: { send, open: fails },
      clock: { now: () => new Date(0), sleep: async () => {} },
      random: () => 0,
      signal: new AbortController().signal,
      log: { debug: () => {}, info: () => {}, warning: () => {} },
    }),
  } as unknown as HistoryRun;
  return { history: openHistory(run), asked };
}

test.each<{ readonly when: string; readonly one: string; readonly other: string; readonly is: Position }>([
  { when: "they are the same", one: newer, other: newer, is: "same" },
  { when: "the checkout knows that it descends", one: newer, other: older, is: "descends" },
  { when: "the checkout knows that it is before", one: older, other: newer, is: "before" },
  { when: "the checkout knows that neither descends", one: at("feature-1"), other: newer, is: "apart" },
])("$when: $is", async ({ one, other, is }) => {
  const { history, asked } = historyWith({ here: known });
  expect(await history.position(one as typeof older, other as typeof older)).toBe(is);
  expect(asked).toEqual([]);
});

describe("what the checkout doesn't know", () => {
  test.each<{ readonly when: string; readonly remote: Remote; readonly is: Position }>([
    { when: "the forge says that it descends", remote: { base: older }, is: "descends" },
    { when: "the forge says that it is before", remote: { base: newer }, is: "before" },
    { when: "the forge says that both left a third", remote: { base: at("main-0") }, is: "apart" },
    {
      when: "the remote's history says so",
      remote: { git: { mergeBase: async () => ({ commit: older, isCertain: true }) } },
      is: "descends",
    },
    { when: "all of both histories is here, and they share nothing", remote: {}, is: "apart" },
    {
      when: "they share nothing as far as a shallow clone shows",
      remote: { git: { isShallow: async () => true, fetch: async () => ({ kind: "failed", failure }) } },
      is: "unknown",
    },
    {
      when: "a commit is gone from the remote",
      remote: { git: { missing: async () => [older], fetch: async () => ({ kind: "gone" }) } },
      is: "unknown",
    },
    {
      when: "a commit can't be fetched",
      remote: { git: { missing: async () => [older], fetch: async () => ({ kind: "failed", failure }) } },
      is: "unknown",
    },
    { when: "git fails at the first question", remote: { git: { isAncestor: fails } }, is: "unknown" },
    { when: "git fails at a later one", remote: { git: { mergeBase: fails } }, is: "unknown" },
    {
      when: "one direction is denied and git fails for the other",
      remote: {
        git: {
          isAncestor: async (ancestor) => {
            if (ancestor === older) return "no";
            throw failure;
          },
        },
      },
      is: "unknown",
    },
  ])("$when: $is", async ({ remote, is }) => {
    expect(await historyWith(remote).history.position(newer, older)).toBe(is);
  });

  test("is asked once", async () => {
    const { history, asked } = historyWith({ base: older });
    await Promise.all([history.position(newer, older), history.position(newer, older)]);
    expect(asked).toHaveLength(1);
  });
});

describe("whether the run's commit is the newest of its ref", () => {
  const pull = { kind: "pull-request", number: 7, headCommit: older };
  test.each<{ readonly when: string; readonly context?: object; readonly git?: Partial<Git>; readonly is: unknown }>([
    { when: "the branch is there", is: true },
    { when: "the branch has moved on", git: { remoteCommit: async () => older }, is: false },
    { when: "the branch is gone", git: { remoteCommit: async () => undefined }, is: undefined },
    { when: "git fails", git: { remoteCommit: fails }, is: undefined },
    { when: "it is a git tag, which is always its own", context: { ref: { kind: "tag" } }, is: undefined },
    {
      when: "the pull request's head is its",
      context: { trigger: pull, ref: { full: "refs/pull/7/merge", kind: "pull" } },
      git: { remoteCommit: async (ref) => (ref === "refs/pull/7/head" ? older : newer) },
      is: true,
    },
    {
      when: "the pull request has a new head",
      context: { trigger: pull, ref: { full: "refs/pull/7/merge", kind: "pull" } },
      is: false,
    },
  ])("$when: $is", async ({ context = {}, git = {}, is }) => {
    expect(await historyWith({ git }, context).history.isHeadNow()).toBe(is);
  });
});
