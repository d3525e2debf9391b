/** A comparison with a published revision that git can't make means that everything may have changed. */
import { expect, test } from "@jest/globals";
import { compareSince } from "../../../src/changes/comparison.ts";
import type { Git } from "../../../src/git/git.ts";
import { GitFailure } from "../../../src/git/git-command.ts";
import { commit } from "../../../src/model/run-context.ts";

/** A git that answers these questions. */
const gitThat = (change: Partial<Git>) => ({ ...working, ...change }) as Git;

const base = commit("b".repeat(40));
const failure = new GitFailure("git diff-tree failed", { hint: "run again" });

const working: Partial<Git> = {
  missing: async () => [],
  fetch: async () => ({ kind: "fetched" }),
  head: async () => commit("a".repeat(40)),
  changedFiles: async () => [],
};

const fails = async (): Promise<never> => {
  throw failure;
};

test.each<{ when: string; git: Partial<Git>; why: string }>([
  { when: "git can't say whether it has the commit", git: { missing: fails }, why: "git diff-tree failed" },
  { when: "git can't compare", git: { changedFiles: fails }, why: "git diff-tree failed" },
  {
    when: "the commit is gone from the remote",
    git: { missing: async () => [base], fetch: async () => ({ kind: "gone" }) },
    why: "bbbbbbb, of what is published, is gone from the remote",
  },
  {
    when: "the commit can't be fetched",
    git: { missing: async () => [base], fetch: async () => ({ kind: "failed", failure }) },
    why: "bbbbbbb, of what is published, could not be fetched: git diff-tree failed",
  },
])("$when", async ({ git, why }) => {
  const compared = await compareSince(base, gitThat(git));
  expect(compared).toEqual({ kind: "everything", because: { kind: "no-base", detail: why } });
});

test("what git compares is known file by file", async () => {
  expect(await compareSince(base, gitThat({}))).toEqual({ kind: "files", base, files: [] });
});

test("an error that is not git's ends the run", async () => {
  const broken = async (): Promise<never> => {
    throw new TypeError("a bug");
  };
  await expect(compareSince(base, gitThat({ missing: broken }))).rejects.toThrow(TypeError);
});
