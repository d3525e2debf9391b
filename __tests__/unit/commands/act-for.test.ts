import { describe, expect, test } from "@jest/globals";
import type { Git } from "../../../src/changes/git.ts";
import { actFor } from "../../../src/commands/act-for.ts";
import type { RunContext } from "../../../src/context/run-context.ts";
import { at } from "../publish/commits.ts";
import { context } from "../tags/facts.ts";

const head = at("head");
const byHand = {
  ...context({ ref: "refs/heads/main" }),
  trigger: { kind: "dispatch", eventName: "workflow_dispatch" },
};
const run = { ...byHand, eventName: "workflow_dispatch", commit: at("main") } as RunContext;

/** Refs of the checkout and of the remote. */
function git(here: Readonly<Record<string, string>>, there: Readonly<Record<string, string>> = {}): Git {
  const commitOf = (refs: Readonly<Record<string, string>>) => async (name: string) => {
    const found = refs[name];
    return found === undefined ? undefined : at(found);
  };
  const known = { resolve: commitOf(here), remoteCommit: commitOf(there), originUrl: async () => "https://x" };
  return known as unknown as Git;
}

describe("a run by hand acts for", () => {
  test.each<[string, string, Git, string]>([
    ["a tag that is checked out", "v1.2.3", git({ "refs/tags/v1.2.3": "head" }), "refs/tags/v1.2.3"],
    ["a tag rather than a branch", "next", git({ "refs/tags/next": "head", "refs/heads/next": "x" }), "refs/tags/next"],
    ["a tag that only the remote has", "v1", git({}, { "refs/tags/v1": "head" }), "refs/tags/v1"],
    ["an annotated tag", "v1", git({}, { "refs/tags/v1": "object", "refs/tags/v1^{}": "head" }), "refs/tags/v1"],
    [
      "a branch, as the remote has it",
      "next",
      git({ "refs/heads/next": "old" }, { "refs/heads/next": "head" }),
      "refs/heads/next",
    ],
    ["a full ref", "refs/heads/next", git({ "refs/heads/next": "head", "refs/tags/next": "x" }), "refs/heads/next"],
    ["a commit, which keeps the ref", head, git({}), "refs/heads/main"],
  ])("%s", async (_, ref, repository, full) => {
    const found = await actFor(ref, run, head, repository);
    expect([found.ref.full, found.commit]).toEqual([full, head]);
  });
});

test.each<[string, string, RunContext, RegExp]>([
  ["what isn't checked out", "v1", run, /v1 \([0-9a-f]{7}\), and [0-9a-f]{7} is checked out/],
  ["what isn't there", "v2", run, /no such tag, branch or commit/],
  [
    "a push",
    "v1",
    { ...run, trigger: { kind: "push", before: undefined, forced: false }, eventName: "push" },
    /for runs by hand/,
  ],
])("it doesn't act for %s", async (_, ref, given, problem) => {
  await expect(actFor(ref, given, head, git({ "refs/tags/v1": "other" }))).rejects.toThrow(problem);
});

test("without the input nothing is asked", async () => {
  expect(await actFor(undefined, run, head, {} as Git)).toBe(run);
});
