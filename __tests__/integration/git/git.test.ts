import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "@jest/globals";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { readCheckoutFacts } from "../../../src/git/checkout/checkout-facts.ts";
import { openGit } from "../../../src/git/git.ts";
import { GitFailure } from "../../../src/git/git-command.ts";
import { type Commit, commit } from "../../../src/model/run-context.ts";
import type { Processes, RunOptions } from "../../../src/ports.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { serveGit } from "../changes/git-server.ts";
import { open, type Repository, Workplace } from "../changes/repository.ts";

const place = new Workplace();
afterAll(() => place.remove());

interface History {
  readonly repository: Repository;
  readonly first: Commit;
  readonly second: Commit;
}

/** Two commits on main. */
function history(repository: Repository): History {
  const first = repository.record({ a: "1" });
  const second = repository.record({ a: "2" }, first);
  repository.point("main", second);
  return { repository, first, second };
}

function datedCommit(repository: Repository, date: string): Commit {
  const tree = repository.git("rev-parse", `${repository.record()}^{tree}`);
  const object = `tree ${tree}\nauthor a <a@example.org> 0 +0000\ncommitter a <a@example.org> ${date}\n\nx\n`;
  const args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
  return commit(execFileSync("git", args, { cwd: repository.folder, input: object, encoding: "utf8" }).trim());
}

describe("what changed between two commits", () => {
  test.each<[string, Record<string, Change>, Record<string, Change>, readonly [string, string][]]>([
    ["a new file", {}, { "a/b": "1" }, [["a/b", "added"]]],
    ["a changed file", { a: "1" }, { a: "2" }, [["a", "modified"]]],
    ["a deleted file", { a: "1" }, { a: undefined }, [["a", "deleted"]]],
    [
      "a renamed file, at both ends",
      { a: "1" },
      { a: undefined, b: "1" },
      [
        ["a", "deleted"],
        ["b", "added"],
      ],
    ],
    [
      "a rename of case alone",
      { "Read.me": "1" },
      { "Read.me": undefined, "read.me": "1" },
      [
        ["Read.me", "deleted"],
        ["read.me", "added"],
      ],
    ],
    ["a file that becomes a symlink", { a: "b" }, { a: { link: "b" } }, [["a", "modified"]]],
    [
      "a file that becomes a directory",
      { a: "1" },
      { a: undefined, "a/b": "1" },
      [
        ["a", "deleted"],
        ["a/b", "added"],
      ],
    ],
    ["quotes, spaces and backslashes", {}, { 'a "b"\\c d': "1" }, [['a "b"\\c d', "added"]]],
    ["tabs and newlines", {}, { "a\tb\nc": "1" }, [["a\tb\nc", "added"]]],
    ["names of other scripts", {}, { "größe/数": "1" }, [["größe/数", "added"]]],
  ])("%s", async (_, before, after, expected) => {
    const repository = place.alone();
    const base = repository.record(before);
    const files = await open(repository).changedFiles(base, repository.record(after, base));
    expect(files.map(({ path, change }) => [path, change])).toEqual(expected);
  });

  test("a file that becomes executable", async () => {
    const dev = place.alone();
    const base = dev.commit({ a: "1" });
    dev.git("update-index", "--chmod=+x", "a");
    dev.git("commit", "--quiet", "--message", "mode");
    expect(await open(dev).changedFiles(base, dev.head())).toEqual([{ path: "a", change: "modified" }]);
  });

  test("a submodule's bump, also where the repository says to ignore it", async () => {
    const dev = place.alone();
    const base = dev.commit({ ".gitmodules": '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n' });
    dev.git("update-index", "--add", "--cacheinfo", `160000,${base},lib`);
    dev.git("commit", "--quiet", "--message", "submodule");
    const pinned = dev.head();
    dev.git("update-index", "--cacheinfo", `160000,${pinned},lib`);
    dev.git("commit", "--quiet", "--message", "bump");
    expect(await open(dev).changedFiles(pinned, dev.head())).toEqual([{ path: "lib", change: "modified" }]);
  });

  test("names that are no UTF-8 keep their bytes", async () => {
    const dev = place.alone();
    const base = dev.record({ a: "1" });
    const blob = dev.git("rev-parse", `${base}:a`);
    const entry = Buffer.concat([
      Buffer.from(`100644 blob ${blob}\t`),
      Buffer.from([0x62, 0xff, 0xe9, 0]),
      Buffer.from(""),
    ]);
    const tree = execFileSync("git", ["mktree", "-z"], { cwd: dev.folder, input: entry, encoding: "utf8" }).trim();
    const head = commit(dev.git("commit-tree", tree, "-p", base, "-m", "bytes"));
    expect(await open(dev).changedFiles(base, head)).toEqual([
      { path: "a", change: "deleted" },
      { path: "b\udcff\udce9", change: "added" },
    ]);
  });

  test("a commit that is not there is a failure, not nothing", async () => {
    const { repository, second } = history(place.alone());
    await expect(open(repository).changedFiles(commit("1".repeat(40)), second)).rejects.toBeInstanceOf(GitFailure);
  });
});

describe("questions", () => {
  test("revisions: a commit, nothing, and no option", async () => {
    const { repository, first } = history(place.alone());
    const git = open(repository);
    expect(await git.resolve("HEAD~1")).toBe(first);
    expect(await git.resolve("nowhere")).toBeUndefined();
    expect(await git.resolve("1".repeat(40))).toBeUndefined();
    expect(await git.resolve("--all")).toBeUndefined();
  });

  test("no blobs are none", async () => {
    expect((await open(history(place.alone()).repository).blobs([])).size).toBe(0);
  });

  test("ancestry is known in a full clone, and not denied in a shallow one", async () => {
    const { repository, first, second } = history(place.forge());
    expect(await open(repository).isAncestor(first, second)).toBe("yes");
    expect(await open(repository).isAncestor(second, first)).toBe("no");
    const shallow = place.checkout(repository, "main");
    shallow.git("fetch", "--quiet", "--depth=1", "origin", first);
    expect(await open(shallow).isAncestor(first, second)).toBe("unknown");
  });

  test("the remote's default branch, as it stands now", async () => {
    const { repository: forge, second } = history(place.forge());
    const checkout = place.checkout(forge, "main");
    const now = forge.record({ a: "3" }, second);
    forge.point("main", now);
    expect(await open(checkout).remoteDefault()).toEqual({ branch: "main", commit: now });
    expect(await open(checkout).head()).toBe(second);
  });

  test("git tags: those of a shallow checkout, and those of its remote", async () => {
    const { repository: forge, first, second } = history(place.forge());
    forge.git("tag", "v1.2.3", first);
    forge.git("tag", "--annotate", "--message=x", "demo/é", second);
    const checkout = place.checkout(forge, "main");
    checkout.git("tag", "mine");
    expect(await open(checkout).tags("here")).toEqual(["mine"]);
    expect([...(await open(checkout).tags("remote"))].sort()).toEqual(["demo/é", "v1.2.3"]);
    forge.git("tag", "--delete", "v1.2.3", "demo/é");
    expect(await open(checkout).tags("remote")).toEqual([]);
    checkout.git("remote", "remove", "origin");
    await expect(open(checkout).tags("remote")).rejects.toThrow(GitFailure);
  });

  test("a checkout that belongs to somebody else is read all the same", async () => {
    if (process.getuid?.() !== 0) return;
    const { repository, second } = history(place.alone());
    execFileSync("chown", ["-R", "12345:12345", repository.folder]);
    expect(await open(repository).head()).toBe(second);
  });

  test.each([
    ["253402300799 +0000", "9999-12-31T23:59:59.000Z"],
    ["0 -1200", "1970-01-01T00:00:00.000Z"],
  ])("a commit's date is its committer's: %s", async (date, expected) => {
    const repository = place.alone();
    expect((await open(repository).committedAt(datedCommit(repository, date))).toISOString()).toBe(expected);
  });

  test.each(["253402300800 +0000", "18446744073709551615 +0000", "-1 +0000", "x +0000"])(
    "a date that no label can carry is the commit's fault: %s",
    async (date) => {
      const repository = place.alone();
      await expect(open(repository).committedAt(datedCommit(repository, date))).rejects.toMatchObject({
        name: "GitFailure",
        message: expect.stringMatching(/^the commit [0-9a-f]{7} has no usable date/),
        hint: expect.stringContaining("git commit --amend --no-edit"),
      });
    },
  );

  test("a folder without repository is said to be none", async () => {
    const folder = { folder: place.folder } as Repository;
    await expect(open(folder).head()).rejects.toThrow("git rev-parse failed: not a git repository");
  });
});

describe("on a laptop", () => {
  test("a clone tells what a simulated push needs", async () => {
    const { repository: forge, second: pushed } = history(place.forge());
    const clone = place.clone(forge);
    const head = clone.commit({ a: "3" });
    expect(await readCheckoutFacts(open(clone))).toEqual({
      workspace: clone.folder,
      head,
      branch: "main",
      originUrl: `file://${forge.folder}`,
      defaultBranch: "main",
      defaultTip: pushed,
      pushed,
    });
  });

  test("a repository without remote has its own main, and a branch that nobody has", async () => {
    const { repository, second } = history(place.alone());
    repository.point("feat/x", second);
    repository.git("symbolic-ref", "HEAD", "refs/heads/feat/x");
    const facts = await readCheckoutFacts(open(repository));
    expect(facts).toMatchObject({ branch: "feat/x", defaultBranch: "main", defaultTip: second });
    expect(facts.originUrl).toBeUndefined();
    expect(facts.pushed).toBeUndefined();
  });
});

describe("a forge that wants to know who asks", () => {
  const header = `basic ${Buffer.from("x-access-token:s3cret").toString("base64")}`;

  async function privateForge() {
    const { repository: forge, first } = history(place.forge());
    const checkout = place.checkout(forge, "main");
    const server = await serveGit(forge.folder, header);
    checkout.git("remote", "set-url", "origin", `${server.url}/o/r`);
    return { first, checkout, server };
  }

  test("is given the token where the checkout kept no credentials", async () => {
    const { first, checkout, server } = await privateForge();
    expect(await open(checkout, "s3cret", server.url).fetch([first], "tip")).toEqual({ kind: "fetched" });
    await server.close();
    expect(checkout.git("config", "--list")).not.toMatch(/extraheader/);
  });

  test("gets the checkout's own credentials first", async () => {
    const { first, checkout, server } = await privateForge();
    checkout.git("config", `http.${server.url}/.extraheader`, `AUTHORIZATION: ${header}`);
    expect(await open(checkout, "other", server.url).fetch([first], "tip")).toEqual({ kind: "fetched" });
    await server.close();
    expect(new Set(server.seen.flat())).toEqual(new Set([header]));
  });

  test("never gets two headers where those of the checkout have run out", async () => {
    const { first, checkout, server } = await privateForge();
    checkout.git("config", `http.${server.url}/.extraheader`, "AUTHORIZATION: basic b2xk");
    expect(await open(checkout, "s3cret", server.url).fetch([first], "tip")).toEqual({ kind: "fetched" });
    await server.close();
    expect(server.seen.every((headers) => headers.length <= 1)).toBe(true);
  });

  test("another server never sees the token", async () => {
    const { first, checkout, server } = await privateForge();
    const fetched = await open(checkout, "s3cret", "https://github.com").fetch([first], "tip");
    await server.close();
    expect(fetched.kind).toBe("failed");
    expect(server.seen.flat()).toEqual([]);
  });

  test("another port that the forge redirects to sees neither the token nor the checkout's own credentials", async () => {
    const { first, checkout, server } = await privateForge();
    const redirecting = createServer((request, response) => {
      response.writeHead(302, { location: `${server.url}${request.url}` }).end();
    });
    await new Promise<void>((done) => redirecting.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
    checkout.git("remote", "set-url", "origin", `${url}/o/r`);
    checkout.git("config", `http.${url}/.extraheader`, `AUTHORIZATION: ${header}`);
    const fetched = await open(checkout, "s3cret", url).fetch([first], "tip");
    await Promise.all([server.close(), new Promise((done) => redirecting.close(done))]);
    expect(fetched.kind).toBe("failed");
    expect(server.seen.flat()).toEqual([]);
  });

  test("without any credentials: a failure that says so, at once and without asking anyone", async () => {
    const { first, checkout, server } = await privateForge();
    const fetched = await open(checkout, undefined, server.url).fetch([first], "tip");
    await server.close();
    expect(fetched).toMatchObject({
      kind: "failed",
      failure: { message: expect.stringMatching(/could not read Username/) },
    });
  });
});

describe("how git is called", () => {
  const calls: { args: readonly string[]; options: RunOptions }[] = [];
  const recording: Processes = {
    run(_, args, options) {
      calls.push({ args, options });
      return Promise.resolve({ code: 128, stdout: new Uint8Array(), stderr: "fatal: Authentication failed\n" });
    },
  };
  const env = { PATH: "/bin", HOME: "/home/me", GITHUB_TOKEN: "s3cret", GIT_DIR: "/elsewhere" };
  const options = { processes: recording, workspace: "/w", env, serverUrl: "https://forge", token: "s3cret" };

  test("secrets never reach the arguments; the environment is git's alone", async () => {
    await openGit(options)
      .remoteDefault()
      .catch(() => undefined);
    const inArguments = calls.flatMap(({ args }) => args).join(" ");
    expect(inArguments).not.toContain("s3cret");
    expect(inArguments).not.toContain(Buffer.from("x-access-token:s3cret").toString("base64"));
    expect(Object.keys(calls[0]?.options.env ?? {}).sort()).toEqual([
      "GIT_ASKPASS",
      "GIT_NO_REPLACE_OBJECTS",
      "GIT_TERMINAL_PROMPT",
      "HOME",
      "LC_ALL",
      "PATH",
    ]);
    expect(calls.every(({ options: { timeout } }) => timeout !== undefined)).toBe(true);
  });

  test("a cancelled run is not a failure of git's", async () => {
    const { folder } = place.alone();
    const signal = AbortSignal.abort(new Error("cancelled"));
    const git = openGit({ ...options, processes: childProcesses, workspace: folder, signal });
    await expect(git.head()).rejects.toThrow("cancelled");
    await expect(git.head()).rejects.not.toBeInstanceOf(GitFailure);
  });
});
