/** A forge that hands out the commits of forks as well, as GitHub does, and a checkout whose origin is a fork. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { type ForgeHistory, openForgeHistory } from "../../../src/git/forge-history.ts";
import { GitFailure } from "../../../src/git/git-command.ts";
import { type Commit, commit } from "../../../src/model/run-context.ts";
import { type GitServer, serveGit } from "../changes/git-server.ts";
import { open, type Repository, Workplace } from "../changes/repository.ts";

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
  // Git's own repository and Linux have tags of keys and of trees.
  forge.git("tag", "of-a-tree", `${commits.first}^{tree}`);
  forge.git("tag", "-a", "-m", "x", "of-a-file", `${commits.first}:a`);
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

describe("with objects of tags that are no commits in the checkout", () => {
  test.each([
    { name: "first", expected: true },
    { name: "fork", expected: false },
  ] as const)("$name: $expected", async ({ name, expected }) => {
    checkout.git("fetch", "--quiet", forge.folder, "refs/tags/of-a-tree", "refs/tags/of-a-file", commits.second);
    const asked = history();
    expect((await asked.reaches(commits[name])) || (await asked.contains(commits[name]))).toBe(expected);
  });
});

test("replaced objects in the checkout say nothing of the history", async () => {
  checkout.git("fetch", "--quiet", forge.folder, commits.second);
  const tree = `${commits.second}^{tree}`;
  const claim = checkout.git("commit-tree", "-m", "x", "-p", commits.fork, tree);
  checkout.git("replace", commits.second, claim);
  try {
    expect(await history().reaches(commits.fork)).toBe(false);
    const git = open(checkout);
    expect(await git.isAncestor(commits.fork, commits.second)).not.toBe("yes");
  } finally {
    checkout.git("replace", "--delete", commits.second);
  }
});

describe("one ref has", () => {
  test.each([
    { ref: "refs/heads/main", name: "second", expected: true },
    { ref: "refs/heads/main", name: "first", expected: true },
    { ref: "refs/heads/main", name: "release", expected: false },
    { ref: "refs/heads/main", name: "fork", expected: false },
    { ref: "refs/heads/main", name: "lookalike", expected: false },
    { ref: "refs/tags/v1", name: "release", expected: true },
    { ref: "refs/tags/v1", name: "second", expected: false },
    { ref: "refs/heads/gone", name: "first", expected: false },
    { ref: "refs/heads/*", name: "first", expected: false },
  ] as const)("$ref, $name: $expected", async ({ ref, name, expected }) => {
    const asked = history();
    expect(await asked.isOn(ref, commits[name])).toBe(expected);
    expect(existsSync(asked.folder)).toBe(false);
  });

  test("no answer where the repository doesn't answer", async () => {
    const gone = history("http://127.0.0.1:1/octo/images");
    await expect(gone.isOn("refs/heads/main", commits.first)).rejects.toThrow(GitFailure);
  });
});

test("an annotated tag is at its commit", async () => {
  expect(await history().commitOf("refs/tags/v1")).toBe(commits.release);
  expect(await history().commitOf("refs/heads/v1")).toBeUndefined();
  expect(await history().commitOf("refs/tags/v*")).toBeUndefined();
});

test("a merge of a pull request is the forge's own", async () => {
  forge.git("update-ref", "refs/pull/12/merge", commits.release);
  forge.git("update-ref", "refs/pull/12/refs/pull/13/merge", commits.lookalike);
  expect(await history().isMerge(commits.release)).toBe(true);
  expect(await history().isMerge(commits.lookalike)).toBe(false);
  expect(await history().isMerge(commits.fork)).toBe(false);
  forge.git("update-ref", "-d", "refs/pull/12/merge");
});

test("a file that is a link decides nothing, and isn't taken for one that is not there", async () => {
  const blob = forge.git("rev-parse", `${commits.second}:a`);
  const tree = execFileSync("git", ["mktree"], {
    cwd: forge.folder,
    input: `120000 blob ${blob}\tlink\n100644 blob ${blob}\tfile\n`,
    encoding: "utf8",
  }).trim();
  const linked = commit(forge.git("commit-tree", "-m", "x", tree));
  expect([...(await history().filesAt(linked, ["file"])).keys()]).toEqual(["file"]);
  await expect(history().filesAt(linked, ["file", "link"])).rejects.toThrow(/link is a symbolic link/);
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
