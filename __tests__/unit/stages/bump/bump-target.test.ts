import { describe, expect, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import type { Commit } from "../../../../src/model/run-context.ts";
import { bumpTarget } from "../../../../src/stages/bump/bump-target.ts";
import { at, historyOf } from "../../publish/commits.ts";
import { context, dispatch, mergeGroup, pullRequest, release, type Situation, schedule } from "../../tags/facts.ts";

/** The remote's branches, all of whose commits are here. */
const heads: Readonly<Record<string, string>> = { "refs/heads/main": "main-3", "refs/heads/stable": "stable-1" };

interface Told extends Situation {
  readonly commit?: string;
  readonly isAtEvent?: boolean;
  readonly branch?: string;
}

function target({ commit = "main-3", isAtEvent = true, branch, ...situation }: Told) {
  const git = {
    remoteCommit: async (ref: string) => {
      const head = heads[ref];
      return head === undefined ? undefined : at(head);
    },
    missing: async (): Promise<readonly Commit[]> => [],
    fetch: async () => ({ kind: "fetched" as const }),
  };
  return bumpTarget(branch, { context: { ...context(situation), commit: at(commit) }, isAtEvent, git }, historyOf());
}

const onMain = { kind: "branch", branch: "main", isDefault: true, at: at("main-3") };

test.each<[string, Told, object]>([
  ["a push to the default branch moves its pins", { ref: "refs/heads/main" }, onMain],
  [
    "so does one that was overtaken: they lie where the branch stands",
    { ref: "refs/heads/main", commit: "main-1" },
    onMain,
  ],
  ["a schedule", { ref: "refs/heads/main", trigger: schedule }, onMain],
  ["a run by hand", { ref: "refs/heads/main", trigger: dispatch }, onMain],
  ["a release of a commit of the branch", { ref: "refs/tags/v1.2.3", trigger: release, commit: "main-1" }, onMain],
  [
    "the branch that the config file names",
    { ref: "refs/heads/stable", branch: "stable" },
    { kind: "branch", branch: "stable", isDefault: false, at: at("stable-1") },
  ],
])("%s", async (_, told, expected) => {
  expect(await target(told)).toEqual(expected);
});

test.each<[string, Told, RegExp]>([
  ["another branch keeps its own", { ref: "refs/heads/stable" }, /they follow main, and this is stable/],
  ["the default branch, where another one's follow", { ref: "refs/heads/main", branch: "stable" }, /follow stable/],
  [
    "a release from another line",
    { ref: "refs/tags/v1.0.1", trigger: release, commit: "stable-1" },
    /not known to be of main/,
  ],
  ["a release of which nobody knows", { ref: "refs/tags/v1.0.1", trigger: release, commit: "gone-1" }, /not known/],
  ["a pull request", { ref: "refs/pull/7/merge", trigger: pullRequest(7) }, /a pull request moves none/],
  ["one that runs on its base", { ref: "refs/heads/main", trigger: pullRequest(7, true) }, /a pull request moves none/],
  ["a dispatch for a pull request", { ref: "refs/pull/7/head", trigger: dispatch }, /a pull request moves none/],
  ["a merge group", { ref: "refs/heads/gh-readonly-queue/main/pr-7", trigger: mergeGroup }, /moves none/],
  [
    "a deleted branch",
    { ref: "refs/heads/main", trigger: { kind: "gone", what: "main was deleted" } },
    /main was deleted/,
  ],
  [
    "another commit than the event's is checked out",
    { ref: "refs/heads/main", isAtEvent: false },
    /not at the event's commit/,
  ],
])("%s: none moves", async (_, told, because) => {
  expect(await target(told)).toEqual({ kind: "none", because: expect.stringMatching(because) });
});

describe("nobody can tell", () => {
  test("which branch is the default one", async () => {
    await expect(target({ ref: "refs/heads/main", defaultBranch: undefined })).rejects.toMatchObject({
      hint: expect.stringContaining("bump: {branch: main}"),
    });
  });

  test("where the branch stands", async () => {
    await expect(target({ ref: "refs/tags/v1", branch: "gone" })).rejects.toMatchObject({
      message: expect.stringContaining("the branch gone"),
    });
  });

  test("what it holds, as git can't fetch it", async () => {
    const failure = new GitFailure("no route", { hint: "" });
    const git = {
      remoteCommit: async () => at("main-3"),
      missing: async (all: readonly Commit[]) => all,
      fetch: async () => ({ kind: "failed" as const, failure }),
    };
    const told = { context: context({ ref: "refs/heads/main" }), isAtEvent: true, git };
    await expect(bumpTarget(undefined, told, historyOf())).rejects.toMatchObject({ cause: failure });
  });

  test.each([
    { says: "fatal: unable to access 'https://x/': Could not resolve host: x", hint: /^check the network/ },
    { says: "fatal: unable to access 'https://x/': Failed to connect to x port 443", hint: /^check the network/ },
    { says: "fatal: could not read Username for 'https://x'", hint: /git fetch origin main|credentials/ },
  ])("what it holds, for a reason that decides the remedy: $says", async ({ says, hint }) => {
    const fails = () => Promise.reject(new GitFailure(says, { hint: "" }));
    const git = { remoteCommit: fails, missing: fails, fetch: fails };
    const told = { context: context({ ref: "refs/heads/main" }), isAtEvent: true, git };
    await expect(bumpTarget(undefined, told, historyOf())).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
  });
});
