/** Real repositories in a temporary folder, made commit by commit. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { childProcesses } from "../../../src/adapters/processes.ts";
import { type Git, openGit } from "../../../src/changes/git.ts";
import { type Commit, commit as parseCommit } from "../../../src/context/run-context.ts";

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
};

/** A file's content, a symlink's target, or nothing for a file that goes. */
export type Change = string | { readonly link: string } | undefined;

export class Repository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, {
      cwd: this.folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  commit(changes: Readonly<Record<string, Change>> = {}): Commit {
    for (const [path, change] of Object.entries(changes)) {
      const file = join(this.folder, path);
      rmSync(file, { force: true, recursive: true });
      if (change === undefined) continue;
      mkdirSync(dirname(file), { recursive: true });
      if (typeof change === "string") writeFileSync(file, change);
      else symlinkSync(change.link, file);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "change");
    return this.head();
  }

  head(): Commit {
    return parseCommit(this.git("rev-parse", "HEAD"));
  }

  push(...args: readonly string[]): void {
    this.git("push", "--quiet", ...args);
  }
}

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "changes-"));
  #count = 0;

  /** A bare repository, as a forge keeps it. */
  forge(): Repository {
    const folder = this.#next("forge.git");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder], { env });
    return new Repository(folder);
  }

  /** A repository without remote. */
  alone(): Repository {
    const folder = this.#next("alone");
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", folder], { env });
    return new Repository(folder);
  }

  /** A full clone, in which someone works. */
  clone(forge: Repository): Repository {
    return this.#clone(forge, []);
  }

  /** As actions/checkout leaves it: one ref or commit at some depth. */
  checkout(forge: Repository, what: string, ...options: readonly string[]): Repository {
    const folder = this.#next("checkout");
    execFileSync("git", ["init", "--quiet", folder], { env });
    const repository = new Repository(folder);
    repository.git("remote", "add", "origin", `file://${forge.folder}`);
    const depth = options.length === 0 ? ["--depth=1"] : options;
    repository.git("fetch", "--quiet", "--no-tags", ...depth, "origin", what);
    repository.git("checkout", "--quiet", "--detach", "FETCH_HEAD");
    return repository;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #clone(forge: Repository, options: readonly string[]): Repository {
    const folder = this.#next("clone");
    execFileSync("git", ["clone", "--quiet", ...options, `file://${forge.folder}`, folder], { env, stdio: "pipe" });
    const repository = new Repository(folder);
    repository.git("symbolic-ref", "HEAD", "refs/heads/main");
    return repository;
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
