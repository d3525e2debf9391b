/** A forge that hands out the commits of forks as well, as GitHub does, and a checkout whose origin is a fork. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { type ForgeHistory, openForgeHistory } from "../../../src/changes/forge-history.ts";
import { GitFailure } from "../../../src/changes/git-command.ts";
import { type Commit, commit } from "../../../src/context/run-context.ts";
import { type GitServer, serveGit } from "./git-server.ts";
import { type Repository, Workplace } from "./repository.ts";

const place = new Workplace();
let server: GitServer;
let forge: Repository;
let checkout: Repository;
const commits: Record<"first" | "second" | "release" | "fork" | "lookalike", Commit> = {
  first: commit("0".repeat(40)),
  second: commit("0".repeat(40)),
  release: commit("0".repeat(40)),
  fork: commit("0".repeat(40)),
  lookalike: commit("0".repeat(40)),
};

const token = "t0ken";
const wanted = `basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;

beforeAll(async () => {
  forge = place.forge();
  commits.first = forge.record({ a: "1" });
  commits.second = forge.record({ a: "2" }, commits.first);
  commits.release = forge.record({ a: "release" }, commits.first);
  commits.fork = forge.record({ a: "fork" }, commits.second);
  commits.lookalike = forge.record({ a: "lookalike" }, commits.first);
  forge.point("main", commits.second);
  forge.git("tag", "-a", "-m", "x", "v1", commits.release);
  // What belongs to forks lies in the same store, and can be fetched by its id.
  forge.git("update-ref", "refs/pull/7/head", commits.fork);
  forge.git("update-ref", "refs/pull/8/head", commits.second);
  forge.git("update-ref", "refs/pull/9/refs/heads/main", commits.lookalike);
  forge.git("config", "uploadpack.allowAnySHA1InWant", "true");
  forge.git("config", "uploadpack.allowFilter", "true");
  server = await serveGit(forge.folder, wanted);
  checkout = place.alone();
  checkout.git("fetch", "--quiet", "--depth=1", forge.folder, commits.fork);
  checkout.git("remote", "add", "origin", forge.folder);
  checkout.point("main", commits.fork);
  checkout.git("update-ref", "refs/remotes/origin/main", commits.fork);
});

afterAll(async () => {
  await server.close();
  place.remove();
});

let count = 0;

function history(repositoryUrl = server.url): ForgeHistory & { readonly folder: string } {
  count += 1;
  const folder = join(place.folder, `history-${count}`);
  const opened = openForgeHistory({
    processes: childProcesses,
    workspace: checkout.folder,
    env: { PATH: process.env.PATH, HOME: "/nonexistent" },
    serverUrl: server.url,
    token,
    repositoryUrl,
    folder,
    files: systemFiles,
  });
  return { ...opened, folder };
}

describe("a commit is the repository's own where a branch or a tag", () => {
  test.each([
    { what: "is at it", name: "second", expected: true },
    { what: "that is an object is at it", name: "release", expected: true },
    { what: "has it among its ancestors", name: "first", expected: true },
    { what: "doesn't have it, though it can be fetched", name: "fork", expected: false },
    { what: "only ends like the name of its ref", name: "lookalike", expected: false },
  ] as const)("$what: $expected", async ({ name, expected }) => {
    const asked = history();
    const found = (await asked.reaches(commits[name])) || (await asked.contains(commits[name]));
    expect(found).toBe(expected);
    expect(existsSync(asked.folder)).toBe(false);
  });

  test("and the checkout's own branches say nothing", async () => {
    expect(checkout.git("rev-parse", "main")).toBe(commits.fork);
    expect(await history().reaches(commits.fork)).toBe(false);
  });

  test("is no question that a repository that doesn't answer has decided", async () => {
    const gone = history("http://127.0.0.1:1/octo/images");
    await expect(gone.reaches(commits.first)).rejects.toThrow(GitFailure);
    await expect(gone.contains(commits.first)).rejects.toThrow(GitFailure);
    expect(existsSync(gone.folder)).toBe(false);
  });
});

test("pull requests are found by their head", async () => {
  expect(await history().pullRequestsAt(commits.fork)).toEqual([7]);
  expect(await history().pullRequestsAt(commits.first)).toEqual([]);
});

test("files of a commit that the checkout lacks come from the forge", async () => {
  const asked = history();
  const found = await asked.filesAt(commits.second, ["a", "b/c"]);
  expect([...found].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])).toEqual([["a", "2"]]);
  expect(existsSync(asked.folder)).toBe(false);
});
