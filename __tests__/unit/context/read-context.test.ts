import { describe, expect, test } from "@jest/globals";
import { readContext } from "../../../src/context/read-context.ts";
import { messageOf, UserError } from "../../../src/errors.ts";
import type { RunContext } from "../../../src/model/run-context.ts";
import { environment, older, sha, zeros } from "./environment.ts";

const now = new Date("2026-01-02T03:04:05Z");

function read(variables: Record<string, string | undefined>, payload: unknown = {}): RunContext {
  const text = typeof payload === "string" || payload === undefined ? payload : JSON.stringify(payload);
  return readContext({ env: environment(variables), payload: text, now });
}

function errorOf(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a push", () => {
  test.each([
    ["to a branch names what the branch held before", { before: older, after: sha }, { before: older, forced: false }],
    ["of a new branch has nothing before", { before: zeros, created: true }, { before: undefined, forced: false }],
    ["of a new branch in a sha256 repository", { before: "0".repeat(64) }, { before: undefined, forced: false }],
    ["by force is marked", { before: older, forced: true }, { before: older, forced: true }],
    [
      "with a `forced` that is no boolean is not forced",
      { before: older, forced: "yes" },
      { before: older, forced: false },
    ],
  ])("%s", (_, payload, expected) => {
    expect(read({}, payload).trigger).toEqual({ kind: "push", ...expected });
  });

  test.each([
    ["lacks the commit before", {}],
    ["has an abbreviated commit before", { before: "f95f852" }],
    ["has a number for it", { before: 42 }],
    ["is not there at all", undefined],
    ["is an empty file", ""],
  ])("whose payload %s names no change", (_, payload) => {
    expect(read({}, payload).trigger).toEqual({ kind: "dispatch", eventName: "push" });
  });

  test("that deletes a branch leaves nothing to do", () => {
    const { trigger } = read({ GITHUB_REF: "refs/heads/old" }, { before: older, after: zeros, deleted: true });
    expect(trigger).toEqual({ kind: "gone", what: "the branch old was deleted" });
  });

  test("that deletes a tag on Gitea, which gives zeros for the commit, leaves nothing to do", () => {
    const { trigger } = read({ GITHUB_REF: "refs/tags/v1", GITHUB_SHA: zeros }, { before: older, after: zeros });
    expect(trigger).toEqual({ kind: "gone", what: "the tag v1 was deleted" });
  });
});

describe("the ref", () => {
  test.each([
    ["refs/tags/v1", { base_ref: "refs/heads/next/1" }, "next/1"],
    ["refs/tags/v1", { base_ref: null }, undefined],
    ["refs/heads/main", { base_ref: "refs/heads/next" }, undefined],
  ])("%s of %j came from %s", (ref, payload, expected) => {
    expect(read({ GITHUB_REF: ref }, { before: "0".repeat(40), ...payload }).tagBaseRef).toBe(expected);
  });

  test.each([
    ["refs/heads/main", "branch", "main"],
    ["refs/heads/feat/x", "branch", "feat/x"],
    ["refs/tags/v1.2.3", "tag", "v1.2.3"],
    ["refs/tags/base/v1", "tag", "base/v1"],
    ["refs/pull/7/merge", "pull", "7"],
    ["refs/pull/7/head", "pull", "7"],
    ["refs/pull/x/merge", "other", "refs/pull/x/merge"],
    ["refs/heads/", "other", "refs/heads/"],
    ["refs/notes/commits", "other", "refs/notes/commits"],
  ])("%s is a %s called %s", (full, kind, name) => {
    expect(read({ GITHUB_REF: full }, { before: older }).ref).toEqual({ full, kind, name });
  });

  test("of a release is its tag, also where the run has another", () => {
    const context = read(
      { GITHUB_EVENT_NAME: "release", GITHUB_REF: "refs/heads/main" },
      { release: { tag_name: "v2" } },
    );
    expect(context.ref.full).toBe("refs/tags/v2");
  });
});

describe("other events", () => {
  test.each([
    [
      "a release",
      "release",
      { action: "published", release: { prerelease: false } },
      { kind: "release", prerelease: false },
    ],
    [
      "a prerelease",
      "release",
      { action: "released", release: { prerelease: true } },
      { kind: "release", prerelease: true },
    ],
    [
      "a deleted release",
      "release",
      { action: "deleted", release: { tag_name: "v1" } },
      { kind: "gone", what: "the release v1 was deleted" },
    ],
    [
      "a withdrawn release",
      "release",
      { action: "unpublished", release: { tag_name: "v1" } },
      { kind: "gone", what: "the release v1 was unpublished" },
    ],
    [
      "a deleted release without a tag",
      "release",
      { action: "deleted" },
      { kind: "gone", what: "a release was deleted" },
    ],
    ["a schedule", "schedule", { schedule: "0 23 * * 0" }, { kind: "schedule", cron: "0 23 * * 0" }],
    ["a schedule without payload", "schedule", undefined, { kind: "schedule", cron: undefined }],
    ["a dispatch", "workflow_dispatch", { inputs: {} }, { kind: "dispatch", eventName: "workflow_dispatch" }],
    ["a dispatch by the API", "repository_dispatch", {}, { kind: "dispatch", eventName: "repository_dispatch" }],
    ["another workflow's end", "workflow_run", {}, { kind: "dispatch", eventName: "workflow_run" }],
    ["an event that nobody heard of", "solar_eclipse", {}, { kind: "dispatch", eventName: "solar_eclipse" }],
    ["an event named like a property of objects", "constructor", {}, { kind: "dispatch", eventName: "constructor" }],
    ["a new branch", "create", { ref: "main", ref_type: "branch" }, { kind: "push", before: undefined, forced: false }],
    [
      "a deleted branch",
      "delete",
      { ref: "x", ref_type: "branch" },
      { kind: "gone", what: "the branch x was deleted" },
    ],
    [
      "a merge group",
      "merge_group",
      { action: "checks_requested", merge_group: { base_sha: older, head_sha: sha } },
      { kind: "merge-group", baseCommit: older, headCommit: sha },
    ],
    [
      "a dissolved merge group",
      "merge_group",
      { action: "destroyed" },
      { kind: "gone", what: "the merge group was dissolved" },
    ],
  ])("%s", (_, name, payload, expected) => {
    expect(read({ GITHUB_EVENT_NAME: name, GITHUB_REF: "refs/tags/v1" }, payload).trigger).toEqual(expected);
  });
});

describe("a pull request", () => {
  const base = { ref: "main", sha: older, repo: { full_name: "octo/images" } };
  const head = { ref: "feat", sha, repo: { full_name: "octo/images" } };
  const ofOwn = { action: "synchronize", number: 7, pull_request: { number: 7, base, head } };
  const with_ = (changes: object) => ({ ...ofOwn, pull_request: { number: 7, base, head, ...changes } });
  const pull = { GITHUB_EVENT_NAME: "pull_request", GITHUB_REF: "refs/pull/7/merge" };

  test("knows its number, base and head", () => {
    expect(read(pull, ofOwn).trigger).toEqual({
      kind: "pull-request",
      number: 7,
      baseRef: "main",
      baseCommit: older,
      headCommit: sha,
      fromFork: false,
      target: false,
    });
  });

  test.each([
    ["of the own repository, written in other case", { head: { ...head, repo: { full_name: "Octo/Images" } } }, false],
    ["of another repository", { head: { ...head, repo: { full_name: "eve/images" } } }, true],
    ["of a repository that was deleted", { head: { ...head, repo: null } }, true],
    ["of a repository whose name is no text", { head: { ...head, repo: { full_name: 5 } } }, true],
  ])("%s: from a fork or not", (_, changes, fromFork) => {
    expect(read(pull, with_(changes)).trigger).toMatchObject({ fromFork });
  });

  test("that runs on the target's commit says so", () => {
    const target = { GITHUB_EVENT_NAME: "pull_request_target", GITHUB_REF: "refs/heads/main" };
    expect(read(target, ofOwn).trigger).toMatchObject({ kind: "pull-request", target: true });
  });

  test("that is reviewed is a pull request too", () => {
    const review = { GITHUB_EVENT_NAME: "pull_request_review", GITHUB_REF: "refs/pull/7/merge" };
    expect(read(review, { action: "submitted", pull_request: { number: 7, base, head } }).trigger).toMatchObject({
      number: 7,
    });
  });

  test("that was closed leaves nothing to do", () => {
    expect(read(pull, { ...ofOwn, action: "closed" }).trigger).toEqual({
      kind: "gone",
      what: "pull request 7 was closed",
    });
  });

  test("that was merged was closed by that", () => {
    const merged = { ...ofOwn.pull_request, merged: true };
    expect(read(pull, { ...ofOwn, action: "closed", pull_request: merged }).trigger).toEqual({
      kind: "gone",
      what: "pull request 7 was closed by its merge",
    });
  });

  test.each([
    ["base commit", { base: { ref: "main" } }, "pull_request.base.sha"],
    ["head commit", { head: { sha: "HEAD" } }, "pull_request.head.sha"],
    ["head", { head: [] }, "pull_request.head.sha"],
  ])("without a %s is an error that names the field", (_, changes, field) => {
    expect(errorOf(() => read(pull, with_(changes))).message).toContain(field);
  });
});

describe("the repository", () => {
  const payload = {
    before: older,
    repository: { default_branch: "trunk", private: true, description: "Images", license: { spdx_id: "MIT" } },
  };

  test("is described by the payload", () => {
    expect(read({}, payload)).toMatchObject({
      owner: "octo",
      repo: "images",
      defaultBranch: "trunk",
      isPrivate: true,
      description: "Images",
      license: "MIT",
      actor: "octocat",
      startedAt: now,
      temp: "/home/runner/work/_temp",
    });
  });

  test.each([
    ["a license that GitHub doesn't know", { license: { spdx_id: "NOASSERTION" } }],
    ["no license", { license: null }],
    ["nonsense for a license", { license: "MIT" }],
  ])("with %s has none to put on a label", (_, repository) => {
    expect(read({}, { before: older, repository }).license).toBeUndefined();
  });

  test("is not described by what no program could be given", () => {
    const repository = { default_branch: "tr\0unk", description: "Images\0", license: { spdx_id: "\0" } };
    expect(read({}, { before: older, repository })).toMatchObject({
      defaultBranch: undefined,
      description: undefined,
      license: undefined,
    });
  });

  test("of a scheduled run whose payload is silent has the run's branch for default", () => {
    expect(read({ GITHUB_EVENT_NAME: "schedule", GITHUB_REF: "refs/heads/trunk" }).defaultBranch).toBe("trunk");
  });
});

describe("another forge", () => {
  const forgejo = {
    GITHUB_SERVER_URL: "https://forge.example.org:3000/git/",
    GITHUB_API_URL: "https://forge.example.org:3000/git/api/v1",
    FORGEJO_ACTIONS: "true",
    GITHUB_RUN_ATTEMPT: "2",
  };

  test("keeps its own addresses, and pages of runs by their number", () => {
    expect(read(forgejo, { before: older })).toMatchObject({
      serverUrl: "https://forge.example.org:3000/git",
      apiUrl: "https://forge.example.org:3000/git/api/v1",
      runUrl: "https://forge.example.org:3000/git/octo/images/actions/runs/7",
    });
  });

  test("GitHub's second attempt has a page of its own", () => {
    const { runUrl } = read({ GITHUB_RUN_ATTEMPT: "2" }, { before: older });
    expect(runUrl).toBe("https://github.com/octo/images/actions/runs/42/attempts/2");
  });

  test("an Enterprise Server that names no API has it in the usual place", () => {
    const enterprise = { GITHUB_SERVER_URL: "https://ghes.corp", GITHUB_API_URL: undefined };
    expect(read(enterprise, { before: older }).apiUrl).toBe("https://ghes.corp/api/v3");
  });
});

describe("what is wrong is said, with a remedy", () => {
  test.each([
    ["no event", { GITHUB_EVENT_NAME: "" }, {}, /GITHUB_EVENT_NAME is not set/],
    ["no repository", { GITHUB_REPOSITORY: undefined }, {}, /GITHUB_REPOSITORY is not set/],
    ["a repository without owner", { GITHUB_REPOSITORY: "images" }, {}, /"images", which is not owner\/repo/],
    ["a repository with a path too many", { GITHUB_REPOSITORY: "a/b/c" }, {}, /not owner\/repo/],
    ["no commit", { GITHUB_SHA: undefined }, { before: older }, /GITHUB_SHA is not set/],
    ["a commit that is none", { GITHUB_SHA: "main" }, { before: older }, /not a full commit id/],
    ["zeros for a commit", { GITHUB_SHA: zeros }, { before: older }, /not a full commit id/],
    ["no ref", { GITHUB_REF: undefined }, { before: older }, /GITHUB_REF is not set/],
    ["no workspace", { GITHUB_WORKSPACE: undefined }, {}, /GITHUB_WORKSPACE is not set/],
    ["a relative workspace", { GITHUB_WORKSPACE: "images" }, {}, /not an absolute path/],
    [
      "a server that is no address",
      { GITHUB_SERVER_URL: "javascript:alert(1)" },
      { before: older },
      /not an http or https address/,
    ],
    ["a payload cut short", {}, '{"before": "6113', /payload is not JSON/],
    ["a payload that is a list", {}, "[]", /isn't a JSON object/],
    ["a payload that is null", {}, "null", /isn't a JSON object/],
    [
      "a merge group without base",
      { GITHUB_EVENT_NAME: "merge_group" },
      { merge_group: { head_sha: sha } },
      /merge_group\.base_sha/,
    ],
  ])("%s", (_, variables, payload, message) => {
    const error = errorOf(() => read(variables, payload));
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe("");
  });

  test("several variables at once are reported together", () => {
    const error = errorOf(() => read({ GITHUB_EVENT_NAME: undefined, GITHUB_REPOSITORY: undefined }));
    expect(messageOf(error).split("\n")).toHaveLength(2);
  });
});

test("pull requests that the payload lists of another repository say nothing", () => {
  const listed = [
    { number: 4, head: { sha }, base: { repo: { id: 1 } } },
    { number: 5, head: { sha }, base: { repo: { id: 2 } } },
    { number: 6, head: { sha } },
  ];
  const payload = { repository: { id: 1 }, workflow_run: { pull_requests: listed } };
  const { pullRequests } = read({ GITHUB_EVENT_NAME: "workflow_run" }, payload);
  expect(pullRequests?.map(({ number }) => number)).toEqual([4, 6]);
});
