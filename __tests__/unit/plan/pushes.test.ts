import { expect, test } from "@jest/globals";
import { commit, gitRef, type Trigger } from "../../../src/context/run-context.ts";
import { pushes } from "../../../src/plan/pushes.ts";

const someCommit = commit("a".repeat(40));
const push: Trigger = { kind: "push", before: undefined, forced: false };
const mergeGroup: Trigger = { kind: "merge-group", baseCommit: someCommit, headCommit: someCommit };
const pullRequest = (fromFork: boolean, target = false): Trigger => ({
  kind: "pull-request",
  number: 7,
  baseRef: "main",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork,
  target,
});

test.each<[string, Trigger, string, "auto" | "true" | "false", boolean]>([
  ["a push of a branch pushes", push, "refs/heads/main", "auto", true],
  ["a push of a tag pushes", push, "refs/tags/v1", "auto", true],
  ["a schedule pushes", { kind: "schedule", cron: undefined }, "refs/heads/main", "auto", true],
  ["nothing is pushed where nobody wants it", push, "refs/heads/main", "false", false],
  ["a pull request doesn't", pullRequest(false), "refs/pull/7/merge", "auto", false],
  ["a pull request of the own repository does on demand", pullRequest(false), "refs/pull/7/merge", "true", true],
  ["a fork's never does", pullRequest(true), "refs/pull/7/merge", "true", false],
  ["nor one that runs on the base branch", pullRequest(true, true), "refs/heads/main", "true", false],
  ["a merge group never does", mergeGroup, "refs/heads/gh-readonly-queue/main/pr-7", "true", false],
  ["a deleted branch doesn't", { kind: "gone", what: "x" }, "refs/heads/main", "true", false],
  [
    "a dispatch on a pull request's ref doesn't",
    { kind: "dispatch", eventName: "x" },
    "refs/pull/7/merge",
    "true",
    false,
  ],
])("%s", (_, trigger, ref, wish, expected) => {
  expect(pushes({ trigger, ref: gitRef(ref) }, wish)).toBe(expected);
});
