/** What the action and the command line say of a checkout that they can't work with, each in its own way; with real git. */
import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Repository, Workplace } from "../changes/repository.ts";

jest.setTimeout(60_000);

const workplace = new Workplace();
const files = { "images/web/Dockerfile": "FROM scratch\nCOPY page /\n", "images/web/page": "1" };
let repository: Repository;

beforeAll(() => {
  repository = made();
});
afterAll(() => workplace.remove());

function made(): Repository {
  const own = workplace.alone();
  own.point("refs/remotes/origin/main", own.start(files));
  own.setRemote("http://127.0.0.1:1/o/r.git");
  own.commit({ "images/web/page": "2" });
  return own;
}

function newFolder(): string {
  return mkdtempSync(join(workplace.folder, "folder-"));
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Call {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function run({ args = [], cwd = workplace.folder, env = {} }: Call): Promise<Ended> {
  const index = join(import.meta.dirname, "../../../src/index.ts");
  const compiled = join(workplace.folder, "compiled");
  const all = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    NODE_NO_WARNINGS: "1",
    NODE_COMPILE_CACHE: compiled,
    ...env,
  };
  return new Promise((done) => {
    execFile(process.execPath, [index, ...args], { cwd, env: all }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

/** As a step of a workflow, without a network. */
async function action(workspace: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, out } = await run({
    env: {
      GITHUB_EVENT_NAME: "push",
      GITHUB_REF: "refs/heads/main",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_SERVER_URL: "http://127.0.0.1:1",
      GITHUB_SHA: repository.head(),
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: join(tmpdir(), "checkout-test-temp"),
      INPUT_COMMAND: "plan",
      ...more,
    },
  });
  expect(code).toBe(1);
  expect(out).not.toContain("defect of image-publish");
  return decodeURIComponent(out.split("\n").find((line) => line.startsWith("::error")) ?? out);
}

async function commandLine(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, err } = await run({ args: ["plan", "--json", ...args], cwd });
  expect(code).toBe(1);
  expect(err).not.toContain("defect of image-publish");
  return err;
}

/** A `git` that prints this version, and is the real one otherwise. */
function oldGit(version: string): string {
  const bin = newFolder();
  writeFileSync(
    join(bin, "git"),
    `#!/bin/sh\n[ "$1" = --version ] && { echo "git version ${version}"; exit; }\nPATH=${process.env.PATH} exec git "$@"\n`,
  );
  chmodSync(join(bin, "git"), 0o755);
  return `${bin}:${process.env.PATH}`;
}

const first = /→ put `uses: actions\/checkout` before this step$/m;

describe("in a workflow", () => {
  test("nothing was checked out", async () => {
    expect(await action(newFolder())).toMatch(/holds no git checkout\n[^→]*→ put `uses: actions\/checkout` before/);
    expect(await action(join(workplace.folder, "nowhere"))).toMatch(/there is no such folder[^→]*→ put `uses/);
  });

  test("git is missing", async () => {
    const said = await action(repository.folder, { PATH: newFolder() });
    expect(said).toMatch(/git is not installed[^→]*→ install git before `uses: actions\/checkout`/);
  });

  test("files came without .git", async () => {
    const folder = newFolder();
    cpSync(join(repository.folder, "images"), join(folder, "images"), { recursive: true });
    expect(await action(folder)).toMatch(/holds files without \.git[^→]*→ .*install git 2\.18 or newer/);
    const said = await action(folder, { PATH: oldGit("2.17.1") });
    expect(said).toMatch(/git is older than 2\.18, and this is 2\.17\.1[^→]*→ install git 2\.18/);
  });

  test("files came without .git into a folder of another repository", async () => {
    const outer = workplace.alone();
    outer.start({ a: "1" });
    const folder = join(outer.folder, "work");
    mkdirSync(folder);
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    expect(await action(folder)).toMatch(/is a folder of the repository in .*, and not its root[^→]*→ set GITHUB_WORK/);
  });

  test("checkouts are in folders of the workspace", async () => {
    const folder = newFolder();
    cpSync(repository.folder, join(folder, "src"), { recursive: true });
    expect(await action(folder)).toMatch(/no git checkout itself, but in src[^→]*→ set `workdir: src`/);
    cpSync(repository.folder, join(folder, "other"), { recursive: true });
    expect(await action(folder)).toMatch(/→ set `workdir` to the one .*: other, src/);
  });

  test.each([
    {
      where: ["go/src/github.com/o/r"],
      said: /itself, but in go\/src\/github\.com\/o\/r[^→]*→ set `workdir: go\/src\//,
    },
    { where: ["repos/app"], beside: "README.md", said: /but in repos\/app[^→]*→ set `workdir: repos\/app`/ },
    { where: [".work/a"], said: /→ set `workdir: \.work\/a`/ },
    { where: ["z", "a/b"], said: /→ set `workdir` to the one .*: z, a\/b/ },
    { where: ["a", "a/vendor/b"], said: /→ set `workdir: a`/ },
  ])("checkouts are deeper in the workspace: $where", async ({ where, beside, said }) => {
    const folder = newFolder();
    for (const each of where) cpSync(repository.folder, join(folder, each), { recursive: true });
    if (beside !== undefined) writeFileSync(join(folder, beside), "");
    expect(await action(folder)).toMatch(said);
  });

  test("an empty repository is around the checkout", async () => {
    const { folder } = workplace.alone();
    for (const each of ["src", "repos/app"]) {
      cpSync(repository.folder, join(folder, each), { recursive: true });
      expect(await action(folder)).toMatch(/has no commit, but there are checkouts in [^→]*→ set `workdir/);
    }
  });

  test("there are folders, and nothing in them", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "a/b"), { recursive: true });
    expect(await action(folder)).toMatch(/holds no git checkout\n[^→]*→ put `uses: actions\/checkout` before/);
  });

  test("there is no commit", async () => {
    expect(await action(workplace.alone().folder)).toMatch(
      /the repository has no commit yet[^→]*→ push a first commit/,
    );
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    ["objects", (at) => emptyObjects(at), /the commit [0-9a-f]{7} that is checked out in .* is missing/],
    ["HEAD", (at) => writeFileSync(join(at, ".git/HEAD"), ""), /\.git is not a valid git repository/],
    [
      "a .git file",
      (at) => {
        rmSync(join(at, ".git"), { recursive: true });
        writeFileSync(join(at, ".git"), "garbage");
      },
      /\.git is not a valid git repository/,
    ],
  ])("the repository is broken: %s", async (_, breaks, expected) => {
    const folder = copied();
    breaks(folder);
    const said = await action(folder);
    expect(said).toMatch(expected);
    expect(said).toMatch(/→ check the repository out again/);
  });

  test("the repository of a worktree is not there", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, ".git"), "gitdir: /nowhere/.git/worktrees/x");
    expect(await action(folder)).toMatch(
      /\.git leads to \/nowhere\/\.git\/worktrees\/x, which is not there[^→]*→ check/,
    );
  });

  test("the repository needs a newer git", async () => {
    const folder = copied();
    const own = join(folder, ".git/config");
    writeFileSync(own, "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tzork = true\n");
    expect(await action(folder)).toMatch(/git \d\S+ can't read the repository[^→]*→ install a newer git/);
  });

  test("bare, or git's own folder", async () => {
    const forge = workplace.forge();
    forge.point("main", forge.record({ a: "1" }));
    expect(await action(forge.folder)).toMatch(/is a bare repository[^→]*→ put `uses/);
    expect(await action(repository.gitFolder)).toMatch(/is in git's own folder[^→]*→ put `uses/);
  });

  test("below the repository's root", async () => {
    const said = await action(join(repository.folder, "images"));
    expect(said).toMatch(/images is a folder of the repository in .*, and not its root/);
    expect(said).toContain(`→ set GITHUB_WORKSPACE to ${repository.folder}, or`);
    symlinkSync(join(repository.folder, "images/web"), join(workplace.folder, "link-below"));
    expect(await action(join(workplace.folder, "link-below"))).toContain("and not its root");
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot("below the root of a repository that belongs to somebody else", async () => {
    const folder = copied();
    chownAll(folder);
    expect(await action(join(folder, "images"))).toMatch(/is a folder of the repository in/);
  });
});

function copied(): string {
  const folder = newFolder();
  cpSync(repository.folder, folder, { recursive: true });
  return folder;
}

function emptyObjects(folder: string): void {
  const objects = join(folder, ".git/objects");
  for (const name of readdirSync(objects)) rmSync(join(objects, name), { recursive: true });
}

function chownAll(folder: string): void {
  for (const name of ["", ...readdirSync(folder, { recursive: true })])
    chownSync(join(folder, String(name)), 1234, 1234);
}

describe("at a command line", () => {
  test("what is no checkout", async () => {
    expect(await commandLine(newFolder())).toMatch(/isn't a git checkout[^→]*→ change to the folder of one/);
    expect(await commandLine(workplace.alone().folder)).toMatch(
      /the repository has no commit yet[^→]*→ commit what there is/,
    );
    expect(await commandLine(repository.gitFolder)).toMatch(/is in git's own folder/);
  });

  test("a worktree and a repository in another one are checkouts of their own", async () => {
    const outer = made();
    const folder = newFolder();
    outer.git("worktree", "add", "--quiet", "--force", join(folder, "tree"), "main");
    cpSync(repository.folder, join(outer.folder, "inner"), { recursive: true });
    for (const cwd of [join(folder, "tree"), join(outer.folder, "inner")]) {
      const { out } = await run({ args: ["plan", "--json"], cwd });
      expect(JSON.parse(out).images).toMatchObject([{ name: "web", kind: "build", context: "images/web" }]);
    }
  });

  test("a folder below the root stands for the whole repository, as for git", async () => {
    const [whole, below] = await Promise.all(
      [repository.folder, join(repository.folder, "images/web")].map((cwd) => run({ args: ["plan", "--json"], cwd })),
    );
    expect(JSON.parse(below?.out ?? "")).toEqual(JSON.parse(whole?.out ?? ""));
    expect(JSON.parse(whole?.out ?? "").images).toMatchObject([{ name: "web", kind: "build" }]);
  });
});

describe("workdir", () => {
  let workspace = "";
  let plain = "";

  beforeAll(async () => {
    workspace = newFolder();
    cpSync(repository.folder, join(workspace, "src"), { recursive: true });
    cpSync(repository.folder, join(workspace, "other"), { recursive: true });
    symlinkSync("src", join(workspace, "link"));
    symlinkSync(repository.folder, join(workspace, "out"));
    symlinkSync("circle", join(workspace, "circle"));
    writeFileSync(join(workspace, "file"), "");
    mkdirSync(join(workspace, "empty"));
    plain = (await run({ args: ["plan", "--json"], cwd: repository.folder })).out;
  });

  test.each(["src", "src/", "./src", "other/../src", "link", "other"])(
    "%s is planned as any checkout",
    async (workdir) => {
      const { out } = await run({ args: ["plan", "--json", "--workdir", workdir], cwd: workspace });
      expect(JSON.parse(out)).toEqual(JSON.parse(plain));
    },
  );

  test("the workspace itself, in full or not at all", async () => {
    for (const workdir of ["", ".", "./", repository.folder]) {
      const { out } = await run({ args: ["plan", "--json", `--workdir=${workdir}`], cwd: repository.folder });
      expect(JSON.parse(out)).toEqual(JSON.parse(plain));
    }
  });

  test.each<[string, RegExp]>([
    ["..", /"workdir" is \.\., which is outside of the workspace/],
    ["src/../..", /outside of the workspace/],
    ["/", /outside of the workspace/],
    ["out", /which leads to .*, which is outside of the workspace/],
    ["circle", /in a circle/],
    ["file", /"workdir" is file, which is not a folder/],
    ["scr", /"workdir" is scr, which is not there[^→]*→ .*did you mean "src"/],
    ["src/images", /is a folder of the repository in .*\/src, and not its root[^→]*→ set `workdir: src`/],
    ["empty", /empty holds no git checkout/],
    ["x\n::error::y", /"workdir" is x ::error::y, which is not there/],
  ])("%j is refused", async (INPUT_WORKDIR, expected) => {
    expect(await action(workspace, { INPUT_WORKDIR })).toMatch(expected);
  });

  test("nor at a command line", async () => {
    expect(await commandLine(workspace, "--workdir", "out")).toMatch(/outside of the workspace/);
    for (const workdir of ["src/images", "./src/images/", join(workspace, "src/images")])
      expect(await commandLine(workspace, "--workdir", workdir)).toMatch(/not its root[^→]*→ set `workdir: src`/);
    expect(await commandLine(repository.folder, "--workdir", "images")).toMatch(
      /not its root[^→]*→ leave `workdir` empty/,
    );
  });

  test("is where the path of the config file starts, too", async () => {
    writeFileSync(join(workspace, "src/README.yml"), "images: {}\n");
    for (const path of ["src/README.yml", "./src/README.yml", "x/src/README.yml"])
      expect(await commandLine(workspace, "--workdir", "src", "--config", path)).toMatch(
        /config file .*README\.yml is not there[^→]*→ paths start at .*`workdir`.*: write README\.yml/,
      );
    expect(await commandLine(workspace, "--workdir", "src", "--config", "src/none.yml")).toMatch(
      /is not there[^→]*→ looked for src\/none\.yml/,
    );
  });

  test("is not looked for where the event is of something that is gone", async () => {
    const path = join(newFolder(), "event.json");
    writeFileSync(path, JSON.stringify({ deleted: true, after: "0".repeat(40) }));
    const { out } = await run({
      env: {
        GITHUB_EVENT_NAME: "push",
        GITHUB_EVENT_PATH: path,
        GITHUB_REF: "refs/heads/gone",
        GITHUB_REPOSITORY: "o/r",
        GITHUB_SHA: repository.head(),
        GITHUB_WORKSPACE: newFolder(),
        RUNNER_TEMP: join(tmpdir(), "checkout-test-temp"),
        INPUT_COMMAND: "plan",
        INPUT_WORKDIR: "src",
      },
    });
    expect(out).not.toContain("workdir");
  });
});

test("a checkout by another user through a symlink is read", async () => {
  const folder = copied();
  if (process.getuid?.() === 0) chownAll(folder);
  symlinkSync(folder, join(workplace.folder, "private"));
  const said = await action(join(workplace.folder, "private"), { GITHUB_REPOSITORY: "o/r", INPUT_ONLY: "nothing" });
  expect(said).not.toMatch(/may not read/);
  expect(first.test(said)).toBe(false);
});
