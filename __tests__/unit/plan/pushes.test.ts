import { describe, expect, test } from "@jest/globals";
import { commit, gitRef, type Trigger } from "../../../src/model/run-context.ts";
import { type CheckoutTrust, trusted } from "../../../src/model/trust.ts";
import { type PushSetting, pushes } from "../../../src/plan/pushes.ts";

const someCommit = commit("a".repeat(40));
const pullRequest = (fromFork: boolean, target = false): Trigger => ({
  kind: "pull-request",
  number: 7,
  baseRef: "main",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork,
  target,
});
const untrusted: CheckoutTrust = { kind: "untrusted", why: "", head: someCommit, pullRequest: undefined };
const dispatch = (eventName: string): Trigger => ({ kind: "dispatch", eventName });

const wishes = ["auto", "true", "false", "untrusted"] as const;
type Row = { readonly [Wish in PushSetting]: boolean };
const never: Row = { auto: false, true: false, false: false, untrusted: false };
const always: Row = { auto: true, true: true, false: false, untrusted: true };

interface EventRow {
  readonly event: string;
  readonly trigger: Trigger;
  readonly ref: string;
  /** What is pushed of a trusted checkout. */
  readonly trusted: Row;
  /** What is pushed of an untrusted one. */
  readonly untrusted: Row;
}

const previews: Row = { ...never, untrusted: true };

const events: readonly EventRow[] = [
  {
    event: "push of a branch",
    trigger: { kind: "push", before: undefined, forced: false },
    ref: "refs/heads/main",
    trusted: always,
    untrusted: previews,
  },
  {
    event: "push of a tag",
    trigger: { kind: "push", before: undefined, forced: false },
    ref: "refs/tags/v1",
    trusted: always,
    untrusted: previews,
  },
  {
    event: "release",
    trigger: { kind: "release", prerelease: false },
    ref: "refs/tags/v1",
    trusted: always,
    untrusted: previews,
  },
  {
    event: "schedule",
    trigger: { kind: "schedule", cron: undefined },
    ref: "refs/heads/main",
    trusted: always,
    untrusted: previews,
  },
  ...["workflow_dispatch", "repository_dispatch", "workflow_run", "issue_comment"].map((event) => ({
    event,
    trigger: dispatch(event),
    ref: "refs/heads/main",
    trusted: always,
    untrusted: previews,
  })),
  {
    event: "a comment on a pull request whose ref the forge sets",
    trigger: dispatch("issue_comment"),
    ref: "refs/pull/7/head",
    trusted: never,
    untrusted: previews,
  },
  {
    event: "pull_request of the repository itself",
    trigger: pullRequest(false),
    ref: "refs/pull/7/merge",
    trusted: { ...never, true: true },
    untrusted: never,
  },
  {
    event: "pull_request of a fork",
    trigger: pullRequest(true),
    ref: "refs/pull/7/merge",
    trusted: never,
    untrusted: never,
  },
  {
    event: "pull_request_target of the repository itself",
    trigger: pullRequest(false, true),
    ref: "refs/heads/main",
    trusted: { ...never, true: true },
    untrusted: never,
  },
  {
    event: "pull_request_target of a fork",
    trigger: pullRequest(true, true),
    ref: "refs/heads/main",
    trusted: never,
    untrusted: never,
  },
  {
    event: "merge_group",
    trigger: { kind: "merge-group", baseCommit: someCommit, headCommit: someCommit },
    ref: "refs/heads/gh-readonly-queue/main/pr-7",
    trusted: never,
    untrusted: never,
  },
  {
    event: "a deleted branch",
    trigger: { kind: "gone", what: "x" },
    ref: "refs/heads/main",
    trusted: never,
    untrusted: never,
  },
];

describe.each(events)("$event", ({ trigger, ref, ...expected }) => {
  test.each([
    { checkout: "a trusted checkout", trust: trusted, row: expected.trusted },
    { checkout: "an untrusted checkout", trust: untrusted, row: expected.untrusted },
  ])("$checkout", ({ trust, row }) => {
    const found = wishes.map((wish) => [wish, pushes({ trigger, ref: gitRef(ref) }, wish, trust)]);
    expect(Object.fromEntries(found)).toEqual(row);
  });
});

test("an untrusted checkout of an event that never pushes isn't pushed, whatever a command line acts for", () => {
  for (const { trigger, ref } of events) {
    const found = wishes.filter((wish) =>
      pushes({ trigger, ref: gitRef(ref) }, wish, { ...untrusted, neverPushed: true }),
    );
    expect(found).toEqual([]);
  }
});
