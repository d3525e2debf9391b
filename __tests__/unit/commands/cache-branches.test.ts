import { expect, test } from "@jest/globals";
import { cacheBranches } from "../../../src/commands/image-cache.ts";
import { commit, gitRef, type Trigger } from "../../../src/context/run-context.ts";

const someCommit = commit("a".repeat(40));
const push: Trigger = { kind: "push", before: undefined, forced: false };
const pullRequest: Trigger = {
  kind: "pull-request",
  number: 7,
  baseRef: "release/1",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork: false,
  target: false,
};

test.each<[string, Trigger, string, ReturnType<typeof cacheBranches>]>([
  [
    "a branch reads the default branch's after its own",
    push,
    "refs/heads/x",
    { own: "x", fallbacks: ["main"], write: true },
  ],
  ["a tag writes nothing", push, "refs/tags/v1", { own: "v1", fallbacks: ["main"], write: false }],
  [
    "a pull request reads its base's, then the default branch's",
    pullRequest,
    "refs/pull/7/merge",
    { own: "pr-7", fallbacks: ["release/1", "main"], write: true },
  ],
])("%s", (_, trigger, ref, expected) => {
  expect(cacheBranches({ trigger, ref: gitRef(ref), defaultBranch: "main" })).toEqual(expected);
});
