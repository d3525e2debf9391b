/** The same bundle on a laptop. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { git, makeProject } from "./project.ts";
import { newFolder, root } from "./rig.ts";

jest.setTimeout(60_000);

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without docker, the rig's parts or a network that would answer: a laptop's own PATH, and a home of its own. */
function laptop(folder: string, ...args: readonly string[]): Said {
  const proxy = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9" };
  const env = { PATH: "/usr/bin:/bin", HOME: newFolder("home"), ...proxy };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/index.js"), ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { code: status ?? -1, stdout, stderr };
}

/** A clone as a developer has it, two commits ahead of where it was. */
function clone(): string {
  const project = makeProject({
    "images/base/Dockerfile": "FROM scratch\nCOPY * /\n",
    "images/web/Dockerfile": "FROM ghcr.io/acme/shop/base\nCOPY * /\n",
    "images/other/Dockerfile": "FROM scratch\nCOPY * /\n",
  });
  const folder = join(newFolder("laptop"), "shop");
  git(project.folder, "clone", "--quiet", project.folder, folder);
  git(folder, "remote", "set-url", "origin", "https://github.com/acme/shop.git");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", "Nothing");
  return folder;
}

function change(folder: string, path: string): void {
  spawnSync("sh", ["-c", 'echo changed >"$0"', join(folder, path)]);
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "A change");
}

describe("image-publish plan", () => {
  test("says what a push of the last commit would do, and why, and asks nobody", () => {
    const folder = clone();
    change(folder, "images/base/file");
    const { code, stdout, stderr } = laptop(folder, "plan", "--event", "push", "--base", "HEAD~1");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("images/base/file was added");
    expect(stdout).toContain("depends on base");
    expect(stdout).toMatch(/latest/);
    expect(stdout).toMatch(/other/);
    expect(git(folder, "status", "--porcelain")).toBe("");
  });

  test("prints the plan itself with --json, the same bytes each time", () => {
    const folder = clone();
    change(folder, "images/web/file");
    const args = ["plan", "--event", "push", "--base", "HEAD~1", "--json"];
    const first = laptop(folder, ...args);
    const plan = JSON.parse(first.stdout);
    expect(plan).toMatchObject({ schema: 1, event: "push", commit: git(folder, "rev-parse", "HEAD") });
    const kinds = plan.images.map(({ name, kind }: { name: string; kind: string }) => [name, kind]);
    expect(Object.fromEntries(kinds)).toEqual({ base: "skip", other: "skip", web: "build" });
    const web = plan.images.find(({ name }: { name: string }) => name === "web");
    expect(web).toMatchObject({ repositories: ["ghcr.io/acme/shop/web"], parents: [{ name: "base" }] });
    expect(laptop(folder, ...args).stdout).toBe(first.stdout);
  });

  test("shows a release that is not made yet", () => {
    const folder = clone();
    const { code, stdout } = laptop(folder, "plan", "--ref", "refs/tags/v1.2.3");
    expect(code).toBe(0);
    for (const tag of ["1.2.3", "1.2", "latest"]) expect(stdout).toContain(tag);
  });
});

test.each<[string, readonly string[], RegExp]>([
  ["a command that there isn't", ["plam"], /"plam".*plan/s],
  ["an option that there isn't", ["plan", "--platfroms", "arm64"], /--platfroms.*--platforms/s],
  ["a base that git does not know", ["plan", "--base", "no-such-commit"], /no-such-commit/],
])("%s: a clear error and exit code 1", (_, args, message) => {
  const { code, stdout, stderr } = laptop(clone(), ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("outside of a checkout it says so", () => {
  const { code, stderr } = laptop(newFolder("nothing"), "plan");
  expect(code).toBe(1);
  expect(stderr).toMatch(/git/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("--help names the commands", () => {
  const { code, stdout } = laptop(newFolder("nothing"), "--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/plan[\s\S]*publish/);
});
