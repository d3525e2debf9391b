/** A user's repository with its remote: what happens to it is what the action is told of. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkOut } from "../../rig/checkout.ts";
import { newFolder, rig } from "./rig.ts";

/** Contents by path; `undefined` deletes. `{own}` stands for where the project's images are, as in `FROM {own}/base`. */
export type Changes = Readonly<Record<string, string | undefined>>;

export interface Checkout {
  /** The branch that is checked out is `main` unless told. */
  readonly ref?: string;
  readonly sha?: string;
  /** As the input `fetch-depth` of actions/checkout; 0 is all. */
  readonly depth?: number;
}

export interface Project {
  /** `owner/repo`; the owner is nobody else's. */
  readonly slug: string;
  /** The registry's host and the slug. */
  readonly own: string;
  /** The remote: a repository with a work tree, on `main`. */
  readonly folder: string;
  /** Writes, commits all, and returns the commit. */
  commit(changes: Changes): string;
  /** @returns what git printed, trimmed. */
  git(...args: readonly string[]): string;
  /** A work tree as actions/checkout leaves it. */
  checkOut(options?: Checkout): Promise<string>;
}

/** A repository whose first commit holds `files`. */
export function makeProject(files: Changes, { registry = rig.registry } = {}): Project {
  const folder = newFolder("origin");
  const slug = `octo-${randomBytes(5).toString("hex")}/images`;
  const own = `${registry}/${slug}`;
  const project: Project = {
    slug,
    own,
    folder,
    commit(changes) {
      for (const [path, content] of Object.entries(changes))
        write(join(folder, path), content?.replaceAll("{own}", own));
      project.git("add", "--all");
      project.git("commit", "--quiet", "--allow-empty", "--message", "A change");
      return project.git("rev-parse", "HEAD");
    },
    git: (...args) => git(folder, ...args),
    async checkOut({ ref = "refs/heads/main", sha = project.git("rev-parse", `${ref}^{commit}`), depth = 1 } = {}) {
      const target = join(newFolder("checkout"), "images");
      await checkOut({ repository: folder, target, ref, sha, fetchDepth: depth });
      return target;
    },
  };
  project.git("init", "--quiet", "--initial-branch", "main");
  project.commit(files);
  return project;
}

/** Runs git as somebody whose own configuration doesn't matter. */
export function git(folder: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Octo", "-c", "user.email=octo@example.com", "-c", "commit.gpgsign=false"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  return execFileSync("git", ["-C", folder, ...who, ...args], { encoding: "utf8", env }).trim();
}

function write(path: string, content: string | undefined): void {
  if (content === undefined) rmSync(path);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
