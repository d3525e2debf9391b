/** The commit whose files decide where those of an untrusted checkout may not. */
import { expect, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import type { Commit, Trigger } from "../../../../src/model/run-context.ts";
import { untrustedBase } from "../../../../src/run/checkout/untrusted-base.ts";
import { at } from "../../publish/commits.ts";
import { context, pullRequest, schedule, sha } from "../../tags/facts.ts";

const onDefault = at("main-9");
const comment: Trigger = { kind: "dispatch", eventName: "issue_comment" };

interface Situation {
  readonly trigger: Trigger;
  readonly ref?: string;
  readonly defaultBranch?: string | undefined;
  readonly commitOf?: (ref: string) => Promise<Commit | undefined>;
}

test.each<Situation & { readonly when: string; readonly is: string | undefined }>([
  { when: "a pull request: its base", trigger: pullRequest(7), ref: "refs/pull/7/merge", is: sha },
  { when: "a schedule: its own commit", trigger: schedule, is: sha },
  {
    when: "a comment on a fork's pull request: what the default branch has",
    trigger: comment,
    ref: "refs/pull/7/merge",
    is: onDefault,
  },
  {
    when: "the same where the default branch is unknown: none",
    trigger: comment,
    ref: "refs/pull/7/merge",
    defaultBranch: undefined,
    is: undefined,
  },
  {
    when: "the same where git fails: none",
    trigger: comment,
    ref: "refs/pull/7/merge",
    commitOf: async () => {
      throw new GitFailure("git fetch failed", { hint: "run again" });
    },
    is: undefined,
  },
])("$when", async ({ trigger, ref = "refs/heads/main", commitOf, is, ...more }) => {
  const asked: string[] = [];
  const history = {
    commitOf: async (full: string) => {
      asked.push(full);
      return commitOf === undefined ? onDefault : commitOf(full);
    },
  };
  expect(await untrustedBase(context({ ref, trigger, ...more }), history)).toBe(is);
  for (const each of asked) expect(each).toBe("refs/heads/main");
});

test("a defect of ours is none of git's failures", async () => {
  const commitOf = async (): Promise<never> => {
    throw new TypeError("undefined");
  };
  await expect(untrustedBase(context({ ref: "refs/pull/7/merge", trigger: comment }), { commitOf })).rejects.toThrow(
    TypeError,
  );
});
