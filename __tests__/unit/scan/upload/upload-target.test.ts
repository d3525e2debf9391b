import { describe, expect, test } from "@jest/globals";
import type { RunContext, Trigger } from "../../../../src/model/run-context.ts";
import { uploadTarget } from "../../../../src/scan/upload/upload-target.ts";
import { commits, contextOf } from "../scans.ts";

const { event, head, other } = commits;
const dispatch: Trigger = { kind: "dispatch", eventName: "workflow_dispatch" };
const pullRequest = (changes: { readonly fromFork?: boolean; readonly target?: boolean } = {}): Trigger => ({
  ...{ kind: "pull-request", number: 7, baseRef: "main", baseCommit: other, headCommit: head },
  ...{ fromFork: false, target: false, ...changes },
});
const mergeGroup: Trigger = { kind: "merge-group", baseCommit: other, headCommit: event };

const main = "refs/heads/main";
const merge = "refs/pull/7/merge";
const queue = "refs/heads/gh-readonly-queue/main/pr-7-abc";
const push: Trigger = { kind: "push", before: undefined, forced: false };

describe("where findings are uploaded to, with the event's commit checked out", () => {
  test.each<[string, Trigger, string, string]>([
    ["a push to a branch: that branch", push, "refs/heads/next", "refs/heads/next"],
    ["a pushed tag: the tag", push, "refs/tags/v1", "refs/tags/v1"],
    ["a release: its tag", { kind: "release", prerelease: false }, "refs/tags/v1", "refs/tags/v1"],
    ["a schedule: the default branch", { kind: "schedule", cron: undefined }, main, main],
    ["a dispatch: the branch that it is for", dispatch, "refs/heads/next", "refs/heads/next"],
    ["a merge group: its own branch", mergeGroup, queue, queue],
    ["a pull request: its merge", pullRequest(), merge, merge],
  ])("%s", (_, trigger, ref, expected) => {
    const found = uploadTarget(contextOf({ trigger }, ref), { head: event, branch: undefined, refs: [] });
    expect(found).toEqual({ kind: "target", ref: expected, commit: event });
  });

  test("where there is no git, the event's commit is taken for the one that is checked out", () => {
    const found = uploadTarget(contextOf(), { head: undefined, branch: undefined, refs: [] });
    expect(found).toEqual({ kind: "target", ref: main, commit: event });
  });
});

describe("where findings are uploaded to, with another commit checked out", () => {
  test.each<[string, Trigger, string, { readonly branch?: string; readonly refs?: readonly string[] }, string]>([
    ["a pull request's head", pullRequest(), merge, {}, "refs/pull/7/head"],
    ["a pull request's head in pull_request_target", pullRequest({ target: true }), main, {}, "refs/pull/7/head"],
    ["the same of a fork", pullRequest({ target: true, fromFork: true }), main, {}, "refs/pull/7/head"],
    ["another branch by its name", dispatch, main, on("next", "next"), "refs/heads/next"],
    ["another branch, one of several at the commit", dispatch, main, on("next", "main2", "next"), "refs/heads/next"],
    ["the event's branch, which is further by now", dispatch, main, on(undefined, "main", "next"), main],
    ["a tag by its name", dispatch, main, { refs: ["refs/tags/v1"] }, "refs/tags/v1"],
    ["a pull request, by a comment", dispatch, main, { refs: ["refs/remotes/pull/8/merge"] }, "refs/pull/8/merge"],
    ["a commit that is the end of one branch", dispatch, main, on(undefined, "next", "HEAD"), "refs/heads/next"],
  ])("%s", (_, trigger, ref, { branch, refs = [] }, expected) => {
    const found = uploadTarget(contextOf({ trigger }, ref), { head, branch, refs });
    expect(found).toEqual({ kind: "target", ref: expected, commit: head });
  });

  test("a newer merge of the pull request", () => {
    const refs = ["refs/remotes/pull/7/merge"];
    const found = uploadTarget(contextOf({ trigger: pullRequest() }, merge), { head: other, branch: undefined, refs });
    expect(found).toEqual({ kind: "target", ref: merge, commit: other });
  });
});

describe("nothing is uploaded, as nobody can tell whose alerts they would be", () => {
  test.each<[string, Trigger, string, { readonly branch?: string; readonly refs?: readonly string[] }]>([
    ["a commit without a ref", dispatch, main, {}],
    [
      "a commit that is a branch's and a tag's",
      dispatch,
      main,
      { refs: ["refs/remotes/origin/main2", "refs/tags/v1"] },
    ],
    ["a branch that was made in the job", dispatch, main, { branch: "refs/heads/here", refs: ["refs/heads/here"] }],
    ["such a branch where a real one is", dispatch, main, on("here", "next")],
    ["an old commit that is rolled back to", push, main, {}],
    ["a commit that is not the pull request's", pullRequest(), merge, on("main", "main")],
    ["another pull request's merge", pullRequest(), merge, { refs: ["refs/remotes/pull/8/merge"] }],
  ])("%s", (_, trigger, ref, { branch, refs = [] }) => {
    const found = uploadTarget(contextOf({ trigger }, ref), { head: other, branch, refs });
    expect(found).toMatchObject({ kind: "none", hint: expect.stringContaining("actions/checkout") });
  });

  test("the base branch in pull_request_target: main's alerts are no pull request's business", () => {
    const context = contextOf({ trigger: pullRequest({ target: true }) });
    const found = uploadTarget(context, { head: event, branch: main, refs: ["refs/remotes/origin/main"] });
    expect(found).toMatchObject({ kind: "none", because: expect.stringContaining("the base branch") });
  });
});

describe("nothing is uploaded, and nobody need hear of it", () => {
  test.each<[string, Partial<RunContext>, string]>([
    ["a fork's pull request", { trigger: pullRequest({ fromFork: true }) }, merge],
    ["a forge without code scanning", { apiUrl: "https://codeberg.org/api/v1" }, main],
    ["a ref of another kind", {}, "refs/notes/commits"],
    ["a deleted branch", { trigger: { kind: "gone", what: "the branch next was deleted" } }, main],
  ])("%s", (_, changes, ref) => {
    const found = uploadTarget(contextOf(changes, ref), { head: event, branch: undefined, refs: [] });
    expect(found).toMatchObject({ kind: "none", hint: undefined });
  });
});

function on(branch: string | undefined, ...remote: readonly string[]) {
  const refs = remote.map((name) => `refs/remotes/origin/${name}`);
  return branch === undefined ? { refs } : { branch: `refs/heads/${branch}`, refs };
}
