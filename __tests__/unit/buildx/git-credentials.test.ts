/** Credentials in git's own folder: found whatever their form, and taken out of a copy that is as good as the checkout. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../src/adapters/files.ts";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { cleanCheckout } from "../../../src/buildx/clean-checkout.ts";
import { cleanConfig, gitCredentialFiles, hasSecret, isCredential } from "../../../src/buildx/git-credentials.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "credentials-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

const deps = {
  processes: childProcesses,
  files: systemFiles,
  environment: { PATH: process.env.PATH ?? "", HOME: scratch, GIT_CONFIG_NOSYSTEM: "1" },
  signal: new AbortController().signal,
};

function git(folder: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Octo", "-c", "user.email=octo@example.com"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  return execFileSync("git", ["-C", folder, ...who, ...args], { encoding: "utf8", env }).trim();
}

function repository(): string {
  count += 1;
  const folder = join(scratch, `repo-${count}`);
  mkdirSync(folder);
  git(folder, "init", "--quiet");
  writeFileSync(join(folder, "file"), "1\n");
  writeFileSync(join(folder, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  symlinkSync("/etc/hostname", join(folder, "link"));
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "One");
  git(folder, "tag", "v1.2.3");
  git(folder, "remote", "add", "origin", "https://github.com/o/r");
  return folder;
}

const basic = "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX2JhaXQ=";

describe("what holds a credential", () => {
  test.each([
    ["http.https://github.com/.extraheader", basic, true],
    ["http.extraHeader", "X-Token: bait", true],
    ["remote.origin.url", "https://x-access-token:bait@github.com/o/r", true],
    ["remote.origin.url", "https://ghs_bait@github.com/o/r", true],
    ["remote.origin.url", "https://user:@github.com/o/r", false],
    ["remote.origin.url", "https://github.com/o/r", false],
    ["remote.origin.url", "git@github.com:o/r.git", false],
    ["remote.origin.url", "ssh://git@github.com/o/r", false],
    ["remote.origin.url", "https://org@dev.azure.com/org/r", false],
    ["remote.origin.pushurl", "http://user:bait@127.0.0.1:3000/o/r", true],
    ["submodule.a.url", "https://:bait@example.com/a", true],
    ["url.https://x:bait@github.com/.insteadof", "https://github.com/", true],
    ["url.https://github.com/.insteadof", "https://x:bait@github.com/", true],
    ["http.proxy", "http://user:bait@proxy:8080", true],
    ["credential.helper", "!f() { echo username=x; echo password=bait; }; f", true],
    ["credential.helper", "store", false],
    ["credential.https://github.com.username", "octocat", false],
    ["core.bare", "false", false],
    ["includeif.gitdir:/w/.git.path", "/w/_temp/git-credentials-1.config", false],
  ])("%s = %s: %s", (key, value, expected) => {
    expect(isCredential({ key, value })).toBe(expected);
    if (expected) expect(cleanConfig([{ key, value }])).not.toMatch(/bait|eC1hY2/);
  });

  test("a text without end costs no time", () => {
    const started = performance.now();
    for (const text of ["a".repeat(1e6), "://".repeat(3e5), "a://b".repeat(2e5), ":".repeat(1e6)]) hasSecret(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("files with a credential", () => {
  const found = async (folder: string) =>
    (await gitCredentialFiles(folder, deps)).map((path) => path.slice(folder.length + 1)).sort();

  test("none in a checkout without", async () => expect(await found(repository())).toEqual([]));

  test("in configs of the checkout, of its submodules and of clones in it, and in what is left beside them", async () => {
    const folder = repository();
    git(folder, "config", "http.https://github.com/.extraheader", basic);
    for (const name of [".git/modules/sub", ".git/worktrees/w"]) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, ".git/modules/sub/config"), `[http]\n\textraheader = ${basic}\n`);
    writeFileSync(join(folder, ".git/worktrees/w/config.worktree"), '[remote "o"] url = "https://a:b\\\nc@h/"\n');
    writeFileSync(join(folder, ".git/config.bak"), `extraheader = ${basic}\n`);
    mkdirSync(join(folder, "vendor"));
    git(join(folder, "vendor"), "init", "--quiet");
    git(join(folder, "vendor"), "config", "remote.origin.url", "https://a:b@example.com/r");
    mkdirSync(join(folder, "_temp"));
    writeFileSync(join(folder, "_temp/git-credentials-1.config"), `[http]\n\textraheader = ${basic}\n`);
    git(folder, "config", `includeIf.gitdir:${folder}/.git.path`, join(folder, "_temp/git-credentials-1.config"));
    writeFileSync(join(folder, ".git-credentials"), "https://a:b@example.com\n");
    expect(await found(folder)).toEqual([
      ".git-credentials",
      ".git/config",
      ".git/config.bak",
      ".git/modules/sub/config",
      ".git/worktrees/w/config.worktree",
      "_temp/git-credentials-1.config",
      "vendor/.git/config",
    ]);
  });
});

test("a copy is the checkout without its credentials: git works there, times, modes and links are the same", async () => {
  const folder = repository();
  const before = statSync(join(folder, "file")).ctimeMs;
  git(folder, "config", "http.https://github.com/.extraheader", basic);
  git(folder, "config", "remote.origin.url", "https://x-access-token:bait@github.com/o/r");
  git(folder, "config", "branch.main.description", 'with "quotes" \\ and\nlines');
  writeFileSync(join(folder, ".git-credentials"), "https://a:bait@example.com\n");
  writeFileSync(
    join(folder, ".git/logs/HEAD"),
    `${readFileSync(join(folder, ".git/logs/HEAD"))}0 1 clone: from https://a:bait@h/r\n`,
  );
  const copy = join(scratch, `copy-${count}`);
  await cleanCheckout(folder, await gitCredentialFiles(folder, deps), copy, deps);
  expect(git(copy, "describe", "--tags", "--long")).toBe(git(folder, "describe", "--tags", "--long"));
  expect(git(copy, "status", "--porcelain")).toBe("");
  expect(git(copy, "remote", "get-url", "origin")).toBe("https://github.com/o/r");
  expect(git(copy, "config", "branch.main.description")).toBe('with "quotes" \\ and\nlines');
  expect(spawnSync("grep", ["-rlE", "bait|eC1hY2", copy], { encoding: "utf8" }).stdout).toBe("");
  expect(existsSync(join(copy, ".git-credentials"))).toBe(false);
  expect(statSync(join(copy, "file")).mtimeMs).toBe(statSync(join(folder, "file")).mtimeMs);
  expect(statSync(join(copy, "run.sh")).mode & 0o777).toBe(0o755);
  expect(await systemFiles.look(Buffer.from(join(copy, "link")))).toMatchObject({ kind: "symlink" });
  // What git knows of the checkout's own files stays true.
  expect(statSync(join(folder, "file")).ctimeMs).toBe(before);
});

test("a checkout that holds the run's folder is not copied", async () => {
  const folder = repository();
  const copied = cleanCheckout(folder, [], join(folder, "_temp/copy"), deps);
  await expect(copied).rejects.toMatchObject({ hint: expect.stringContaining("persist-credentials: false") });
});
