/** What a session makes of an event and of what is checked out, with real git and a forge that hands out forks' commits as well. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { commit } from "../../../src/model/run-context.ts";
import { pushes } from "../../../src/plan/pushes.ts";
import { loadMixedConfig } from "../../../src/run/checkout/untrusted-config.ts";
import { openRegistry } from "../../../src/run/open-registry.ts";
import type { Session } from "../../../src/run/session.ts";
import { readCatalog } from "../../../src/stages/analyze/read-catalog.ts";
import { targetOf } from "../../../src/stages/check/report/code-scanning-alerts.ts";
import { type GitServer, serveGit } from "../changes/git-server.ts";
import { type Repository, Workplace } from "../changes/repository.ts";
import { type Asked, openedSession } from "./opened-session.ts";

jest.setTimeout(60_000);

const config = ".github/image-publish.yml";
const place = new Workplace();
const none = commit("0".repeat(40));
const commits = { first: none, main: none, own: none, ownMerge: none, fork: none, forkMerge: none };
let forge: Repository;
let server: GitServer;
let tagObject = "";

beforeAll(async () => {
  forge = place.forge();
  commits.first = forge.record({ a: "1", [config]: "defaults: {images: base.example/x}\n" });
  commits.main = forge.record({ a: "2" }, commits.first);
  commits.own = forge.record({ a: "own" }, commits.main);
  commits.ownMerge = forge.record({ a: "own" }, commits.main, commits.own);
  commits.fork = forge.record({ a: "fork", [config]: "defaults: {images: evil.example/x}\n" }, commits.main);
  commits.forkMerge = forge.record({ a: "fork" }, commits.main, commits.fork);
  forge.point("main", commits.main);
  forge.point("feature", commits.own);
  forge.git("update-ref", "refs/pull/7/head", commits.fork);
  forge.git("update-ref", "refs/pull/7/merge", commits.forkMerge);
  forge.git("update-ref", "refs/pull/8/head", commits.own);
  forge.git("update-ref", "refs/pull/8/merge", commits.ownMerge);
  forge.git("tag", "-a", "-m", "x", "v1", commits.main);
  tagObject = forge.git("rev-parse", "v1");
  server = await serveGit(forge.folder, `basic ${Buffer.from("x-access-token:t0ken").toString("base64")}`);
});

afterAll(async () => {
  await server.close();
  place.remove();
});

const session = (asked: Asked): Promise<Session> =>
  openedSession({ place, forge, server }, { ref: "refs/heads/main", sha: commits.main, ...asked });

async function images(of: Session): Promise<readonly string[]> {
  const { config: mixed } = await loadMixedConfig(of, of.outside.files);
  return (mixed.defaults.images ?? []).map(({ text }) => text);
}

const isPushed = (of: Session) => pushes(of.context, of.inputs.settings.push, of.trust);

function pull(number: number, head: string, repository: string, merge: string | null = null) {
  return {
    action: "synchronize",
    number,
    pull_request: {
      number,
      merge_commit_sha: merge,
      base: { ref: "main", sha: commits.main },
      head: { ref: "x", sha: head, repo: { full_name: repository } },
    },
  };
}

describe("what an untrusted checkout may not decide comes from a commit that is the repository's own", () => {
  test.each(["workflow_run", "schedule", "push", "repository_dispatch"])("%s: the event's", async (event) => {
    const opened = await session({ event, head: commits.fork, payload: { before: commits.first } });
    expect(opened.trust).toMatchObject({ kind: "untrusted", pullRequest: undefined });
    expect(opened.base).toBe(commits.main);
    expect(await images(opened)).toEqual(["base.example/x"]);
  });

  test.each(["issue_comment", "workflow_run"])("%s whose commit is the fork's: the default branch's", async (event) => {
    const opened = await session({ event, ref: "refs/pull/7/head", sha: commits.fork, head: commits.fork });
    expect(opened.trust.kind).toBe("untrusted");
    expect(opened.base).toBe(commits.main);
    expect(await images(opened)).toEqual(["base.example/x"]);
  });

  test("where the default branch is unknown, nothing is decided", async () => {
    const opened = await session({
      event: "issue_comment",
      ...{ ref: "refs/pull/7/head", sha: commits.fork, head: commits.fork },
      payload: { repository: {} },
    });
    expect(opened.base).toBeUndefined();
    await expect(images(opened)).rejects.toThrow(/the config file of the default branch/);
  });
});

test("an image that the base doesn't publish is not published because a fork drops its entry", async () => {
  const files = { "images/app/Dockerfile": "FROM scratch\n", "images/web/Dockerfile": "FROM scratch\n" };
  const kept = forge.record({ ...files, [config]: "images: {app: {publish: false}}\n" }, commits.main);
  for (const text of ["{}\n", "images: {web: {labels: {a: b}}}\n", "images: {app: {publish: true}}\n"]) {
    const dropped = forge.record({ ...files, [config]: text }, kept);
    forge.git("update-ref", "refs/pull/9/head", dropped);
    forge.point("main", kept);
    try {
      const opened = await session({ event: "workflow_run", sha: kept, head: dropped });
      const { catalog } = await readCatalog(opened, opened.outside.files);
      expect(catalog.images.map(({ name, repositories }) => [name, repositories.length])).toEqual([
        ["app", 0],
        ["web", 1],
      ]);
    } finally {
      forge.point("main", commits.main);
    }
  }
});

describe("nothing untrusted is pushed with `push: untrusted`", () => {
  const group = {
    action: "checks_requested",
    merge_group: { base_sha: "", head_sha: "" },
  };

  test("in a merge group", async () => {
    const payload = { ...group, merge_group: { base_sha: commits.first, head_sha: commits.main } };
    const ref = "refs/heads/gh-readonly-queue/main/pr-8";
    const opened = await session({ event: "merge_group", ref, payload, head: commits.fork });
    expect(opened.trust.kind).toBe("untrusted");
    expect(isPushed(opened)).toBe(false);
  });

  test.each([
    { event: "pull_request", payload: () => pull(7, commits.fork, "mallory/images") },
    { event: "pull_request_target", payload: () => pull(7, commits.fork, "mallory/images") },
    { event: "pull_request_target", payload: () => pull(8, commits.own, "octo/images") },
    { event: "pull_request_target", payload: () => ({ ...pull(7, commits.fork, "mallory/images"), action: "closed" }) },
  ])("from $event by a command line that acts for a push", async ({ event, payload }) => {
    for (const push of ["untrusted", "true"]) {
      const opened = await session({ event, payload: payload(), head: commits.fork, simulated: "push", push });
      expect(opened.trust.kind).toBe("untrusted");
      expect(isPushed(opened)).toBe(false);
    }
  });

  test("while a command line under another event may", async () => {
    const opened = await session({ event: "workflow_run", head: commits.fork, simulated: "push" });
    expect(opened.trust.kind).toBe("untrusted");
    expect(isPushed(opened)).toBe(true);
  });
});

describe("the merge commit", () => {
  test.each([
    { what: "of an own pull request that the payload doesn't name yet", number: 8, fork: false },
    { what: "of a fork's", number: 7, fork: true },
  ])("$what", async ({ number, fork }) => {
    const [head, merge, from] = fork
      ? [commits.fork, commits.forkMerge, "mallory/images"]
      : [commits.own, commits.ownMerge, "octo/images"];
    const payload = pull(number, head, from);
    for (const event of ["pull_request_target", "issue_comment"]) {
      const opened = await session({ event, payload, head: merge });
      expect(opened.trust.kind).toBe(fork ? "untrusted" : "trusted");
    }
  });
});

describe("findings of an untrusted checkout are alerts of its pull request alone, whatever its refs are called", () => {
  test.each([
    { event: "workflow_run", pullRequests: true, expected: { kind: "target", ref: "refs/pull/7/head" } },
    { event: "workflow_run", pullRequests: false, expected: { kind: "none" } },
    { event: "schedule", pullRequests: false, expected: { kind: "none" } },
  ])("$event, with a pull request in the payload: $pullRequests", async ({ event, pullRequests, expected }) => {
    const listed = { workflow_run: { pull_requests: [{ number: 7, head: { sha: commits.fork } }] } };
    const opened = await session({ event, head: commits.fork, ...(pullRequests ? { payload: listed } : {}) });
    for (const ref of ["refs/remotes/origin/main", "refs/tags/v9", "refs/heads/main"]) {
      execFileSync("git", ["update-ref", ref, commits.fork], { cwd: opened.context.workspace });
    }
    execFileSync("git", ["checkout", "--quiet", "main"], { cwd: opened.context.workspace });
    expect(await targetOf(opened)).toMatchObject(expected);
  });
});

test("an untrusted checkout's run logs in where it pushes, and nowhere else", async () => {
  const { host } = new URL(server.url);
  const untrusted = await session({ event: "workflow_run", head: commits.fork });
  const nowhere = await openRegistry(untrusted, new Set(["evil.example"]));
  expect(await nowhere.credentials.find(host)).toBeUndefined();
  expect(await nowhere.credentials.forChildren()).toMatchObject({ kind: "only" });
  const there = await openRegistry(untrusted, new Set([host]));
  expect(await there.credentials.find(host)).toMatchObject({ password: "t0ken" });
  const own = await openRegistry(await session({ event: "workflow_run", head: commits.main }), new Set());
  expect(await own.credentials.find(host)).toMatchObject({ password: "t0ken" });
});

test("a command line in a job asks the event's own repository, not the checkout's remote", async () => {
  const opened = await session({ event: "workflow_run", head: commits.own, simulated: "push", push: "auto" });
  expect(opened.trust).toEqual({ kind: "trusted" });
});

test("a tag's event that names the tag's object vouches for the commit, without asking a forge that is down", async () => {
  const event = { event: "push", ref: "refs/tags/v1", payload: { created: true }, serverUrl: "http://127.0.0.1:1" };
  const opened = await session({ ...event, sha: tagObject, head: tagObject });
  expect(opened.trust).toEqual({ kind: "trusted" });
  expect(isPushed(opened)).toBe(true);
});
