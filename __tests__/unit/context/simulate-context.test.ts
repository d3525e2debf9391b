import { describe, expect, test } from "@jest/globals";
import { parseOrigin } from "../../../src/context/origin-url.ts";
import { type CheckoutFacts, type Simulation, simulateContext } from "../../../src/context/simulate-context.ts";
import { commit } from "../../../src/model/run-context.ts";
import { older, sha } from "./environment.ts";

const head = commit(sha);
const before = commit(older);
const checkout: CheckoutFacts = {
  workspace: "/home/me/images",
  head,
  branch: "feat/x",
  originUrl: "git@github.com:octo/images.git",
  defaultBranch: "main",
  defaultTip: before,
  pushed: undefined,
};

function simulate(changes: Partial<Simulation> = {}, facts: Partial<CheckoutFacts> = {}) {
  return simulateContext({
    event: undefined,
    base: undefined,
    ref: undefined,
    checkout: { ...checkout, ...facts },
    now: new Date(0),
    temp: "/tmp/x",
    ...changes,
  });
}

describe("the address of origin", () => {
  test.each([
    ["https://github.com/octo/images.git", "https://github.com", "octo", "images"],
    ["https://github.com/octo/images", "https://github.com", "octo", "images"],
    ["https://token@forge.example.org:3000/octo/images/", "https://forge.example.org:3000", "octo", "images"],
    ["git@github.com:octo/images.git", "https://github.com", "octo", "images"],
    ["ssh://git@forge.example.org:2222/octo/images.git", "https://forge.example.org", "octo", "images"],
    ["git@gitlab.com:group/sub/images.git", "https://gitlab.com", "sub", "images"],
  ])("%s", (address, serverUrl, owner, repo) => {
    expect(parseOrigin(address)).toEqual({ serverUrl, owner, repo });
  });

  test.each([
    "",
    "/srv/git/images.git",
    "../images",
    "file:///srv/git/o/images.git",
    "https://github.com/images",
    "http://",
  ])("%p tells no owner", (address) => {
    expect(parseOrigin(address)).toBeUndefined();
  });

  test("a repository that was never pushed is planned under its folder's name", () => {
    expect(simulate({}, { originUrl: undefined })).toMatchObject({ owner: "local", repo: "images" });
  });
});

describe("what would happen if I pushed now", () => {
  test.each([
    ["my branch is new to the remote", {}, {}, undefined],
    ["my branch was pushed before", {}, { pushed: before }, before],
    ["I name the base", { base: before }, {}, before],
    ["I name the base of a pushed branch", { base: head }, { pushed: before }, head],
    ["as the default branch", { ref: "main" }, {}, before],
    ["as a branch that nobody knows", { ref: "refs/heads/other" }, { pushed: before }, undefined],
    ["as a tag", { ref: "refs/tags/v1" }, { pushed: before }, undefined],
  ])("%s", (_, changes, facts, expected) => {
    expect(simulate(changes, facts).trigger).toEqual({ kind: "push", before: expected, forced: false });
  });
});

test.each([
  ["the branch that is checked out", {}, {}, "refs/heads/feat/x"],
  ["a branch by its short name", { ref: "fix" }, {}, "refs/heads/fix"],
  ["the default branch for a detached HEAD", {}, { branch: undefined }, "refs/heads/main"],
  ["a release's tag by its short name", { event: "release", ref: "v1" }, {}, "refs/tags/v1"],
  ["a pull request without number", { event: "pull_request" }, {}, "refs/pull/0/merge"],
  ["a pull request by number", { event: "pull_request", ref: "refs/pull/7/merge" }, {}, "refs/pull/7/merge"],
  ["the target of a pull request", { event: "pull_request_target" }, {}, "refs/heads/main"],
])("the ref: %s", (_, changes, facts, expected) => {
  expect(simulate(changes, facts).ref.full).toBe(expected);
});

test.each([
  [
    "pull_request",
    { kind: "pull-request", baseRef: "main", baseCommit: before, headCommit: head, fromFork: false, target: false },
  ],
  ["pull_request_target", { kind: "pull-request", baseCommit: before, headCommit: head, target: true }],
  ["merge_group", { kind: "merge-group", baseCommit: before, headCommit: head }],
  ["schedule", { kind: "schedule" }],
  ["workflow_dispatch", { kind: "dispatch", eventName: "workflow_dispatch" }],
])("the event %s", (event, expected) => {
  expect(simulate({ event }).trigger).toMatchObject(expected);
});

test.each([
  ["an event that can't be simulated", { event: "gollum" }, {}, /no event "gollum"/],
  ["a release without tag", { event: "release" }, {}, /a release needs a tag/],
  [
    "a pull request without anything to compare with",
    { event: "pull_request" },
    { defaultTip: undefined },
    /knows no default branch/,
  ],
  ["a push of nothing in particular", {}, { branch: undefined, defaultBranch: undefined }, /no branch is checked out/],
])("an error: %s", (_, changes, facts, message) => {
  expect(() => simulate(changes, facts)).toThrow(message);
});
