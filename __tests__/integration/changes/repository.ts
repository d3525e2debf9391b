/** Real repositories in a temporary folder, made commit by commit. */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { type Git, openGit } from "../../../src/git/git.ts";
import { type Commit, commit as parseCommit } from "../../../src/model/run-context.ts";
import { type Change, type Tree, writeCommit } from "../../unit/changes/objects.ts";

const env = {
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  GIT_ALLOW_PROTOCOL: "file:http",
  // Each commit and fetch would start a program of its own to see whether there is anything to tidy up.
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "gc.auto",
  GIT_CONFIG_VALUE_0: "0",
  GIT_CONFIG_KEY_1: "maintenance.auto",
  GIT_CONFIG_VALUE_1: "false",
};

export class Repository {
  readonly folder: string;
  /** Its `.git`. */
  readonly gitFolder: string;
  readonly #trees = new Map<Commit, Tree>();

  constructor(folder: string, gitFolder = join(folder, ".git")) {
    this.folder = folder;
    this.gitFolder = gitFolder;
  }

  /** What `git init` makes (gitrepository-layout(5)), on the branch main. */
  init(): this {
    for (const each of ["objects", "refs/heads", "info"]) mkdirSync(join(this.gitFolder, each), { recursive: true });
    writeFileSync(join(this.gitFolder, "HEAD"), "ref: refs/heads/main\n");
    const isBare = this.folder === this.gitFolder;
    writeFileSync(join(this.gitFolder, "config"), `[core]\n\trepositoryformatversion = 0\n\tbare = ${isBare}\n`);
    return this;
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, {
      cwd: this.folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** A first commit of these files on main, checked out. */
  start(files: Readonly<Record<string, Change>>): Commit {
    const commit = this.record(files);
    this.point("main", commit);
    this.#write(files);
    this.git("add", "--all");
    return commit;
  }

  /** Changes the working tree, and commits all that is in it. */
  commit(changes: Readonly<Record<string, Change>> = {}): Commit {
    this.#write(changes);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "change");
    return this.head();
  }

  /**
   * Writes a commit with the files of its parents, changed, without git: a test that needs a long history would start
   * hundreds of programs. Neither a branch nor the working tree learns of it.
   */
  record(changes: Readonly<Record<string, Change>> = {}, ...parents: readonly Commit[]): Commit {
    const tree = new Map(parents.flatMap((parent) => [...(this.#trees.get(parent) ?? [])]));
    for (const [path, change] of Object.entries(changes)) {
      if (change === undefined) tree.delete(path);
      else tree.set(path, change);
    }
    const commit = parseCommit(writeCommit(this.gitFolder, tree, parents));
    this.#trees.set(commit, tree);
    return commit;
  }

  /** Puts a branch (`main`), or any ref by its full name, on a commit. */
  point(name: string, commit: Commit): void {
    const file = join(this.gitFolder, name.startsWith("refs/") ? name : `refs/heads/${name}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${commit}\n`);
  }

  /** Names the remote `origin`, as `git remote add` does. */
  setRemote(url: string): void {
    const section = `[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;
    appendFileSync(join(this.gitFolder, "config"), section);
  }

  head(): Commit {
    const head = readFileSync(join(this.gitFolder, "HEAD"), "utf8").trim();
    const branch = /^ref: (.+)$/.exec(head)?.[1];
    return parseCommit(branch === undefined ? head : readFileSync(join(this.gitFolder, branch), "utf8").trim());
  }

  #write(changes: Readonly<Record<string, Change>>): void {
    for (const [path, change] of Object.entries(changes)) {
      const file = join(this.folder, path);
      rmSync(file, { force: true, recursive: true });
      if (change === undefined) continue;
      mkdirSync(dirname(file), { recursive: true });
      if (typeof change === "string") writeFileSync(file, change);
      else symlinkSync(change.link, file);
    }
  }
}

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "changes-"));
  #count = 0;

  /** A bare repository, as a forge keeps it. */
  forge(): Repository {
    const folder = this.#next("forge.git");
    return new Repository(folder, folder).init();
  }

  /** A repository without remote. */
  alone(): Repository {
    return new Repository(this.#next("alone")).init();
  }

  /** A full clone, in which someone works. */
  clone(forge: Repository): Repository {
    const folder = this.#next("clone");
    execFileSync("git", ["clone", "--quiet", `file://${forge.folder}`, folder], { env, stdio: "pipe" });
    return new Repository(folder);
  }

  /** As actions/checkout leaves it, but for the working tree: one ref or commit at some depth. */
  checkout(forge: Repository, what: string, ...options: readonly string[]): Repository {
    const repository = new Repository(this.#next("checkout")).init();
    repository.setRemote(`file://${forge.folder}`);
    const depth = options.length === 0 ? ["--depth=1"] : options;
    repository.git("fetch", "--quiet", "--no-tags", ...depth, "origin", what);
    const [fetched = ""] = readFileSync(join(repository.gitFolder, "FETCH_HEAD"), "utf8").split("\t");
    writeFileSync(join(repository.gitFolder, "HEAD"), `${fetched}\n`);
    return repository;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #next(name: string): string {
    this.#count += 1;
    return join(this.folder, `${this.#count}-${name}`);
  }
}

export function open(repository: Repository, token?: string, serverUrl = "https://github.com"): Git {
  return openGit({
    processes: childProcesses,
    workspace: repository.folder,
    env: { PATH: env.PATH, HOME: env.HOME, SECRET: "not for git" },
    serverUrl,
    token,
  });
}
