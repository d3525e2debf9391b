/**
 * The life of examples/monorepo, which `npm run demo` shows and the end-to-end tests look at: a repository on this machine,
 * what happens to it, and the real workflow that act runs of each event.
 */
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Rig } from "./rig.ts";
import { runWorkflow, type WorkflowOptions, type WorkflowResult } from "./workflow.ts";

const root = resolve(import.meta.dirname, "..");
const noCommit = "0".repeat(40);

/** The repository, and what its remote knows of main. */
export interface Life {
  readonly folder: string;
  /** `owner/monorepo`, in the rig's registry. */
  readonly slug: string;
  /** The registry's host and the slug. */
  readonly own: string;
  pushed: string;
}

/** As GitHub would tell of it. */
interface Event {
  readonly event: string;
  readonly ref: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What happens, in this order: each changes the repository as its author would. */
export const chapters = [
  { name: "everything", title: "The first push: everything is built and published", happen: push },
  {
    name: "leaf",
    title: "A push that changes one leaf: only that is built",
    happen: (life: Life): Event => {
      append(life, "images/manager/Dockerfile", "LABEL changed=manager\n");
      return push(life);
    },
  },
  {
    name: "base",
    title: "A push that changes the base: base, and everything on it",
    happen: (life: Life): Event => {
      append(life, "images/base/healthcheck", "# changed\n");
      return push(life);
    },
  },
  {
    name: "nothing",
    title: "A push that changes no image: nothing",
    happen: (life: Life): Event => {
      append(life, "README.md", "\nOne more line.\n");
      return push(life);
    },
  },
  {
    name: "release",
    title: "The tag v1.2.3: a release",
    happen: (life: Life): Event => {
      gitIn(life, "tag", "v1.2.3");
      return { event: "push", ref: "refs/tags/v1.2.3", payload: { before: noCommit, created: true, deleted: false } };
    },
  },
  {
    name: "weekly",
    title: "The weekly rebuild: everything, with fresh bases and without cache, moving tags only",
    happen: (): Event => ({ event: "schedule", ref: "refs/heads/main", payload: { schedule: "0 23 * * 0" } }),
  },
] as const;

export type Chapter = (typeof chapters)[number];

/** The example as a user would copy it, into a folder that is there: its images are named by the registry and owner it has here. */
export function makeExample(folder: string, owner: string, { registry }: Rig): Life {
  const slug = `${owner}/monorepo`;
  const own = `${registry}/${slug}`;
  cpSync(join(root, "examples/monorepo"), folder, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, "utf8");
    if (text.includes("ghcr.io/acme/monorepo")) writeFileSync(file, text.replaceAll("ghcr.io/acme/monorepo", own));
  }
  const life = { folder, slug, own, pushed: noCommit };
  gitIn(life, "init", "--quiet", "--initial-branch", "main");
  return life;
}

/** Lets a chapter happen and runs the example's workflow of it, with the bundle in dist/. */
export function play(
  { happen }: Chapter,
  life: Life,
  rig: Rig,
  { env, ...options }: Pick<WorkflowOptions, "onLine" | "env"> = {},
): Promise<WorkflowResult> {
  const { event, ref, payload } = happen(life);
  const [owner = "", name = ""] = life.slug.split("/");
  const repository = { full_name: life.slug, name, default_branch: "main", private: false, owner: { login: owner } };
  return runWorkflow({
    repository: life.folder,
    event,
    ref,
    payload: { ...payload, repository },
    // The registry is the forge's own here, as ghcr.io is GitHub's; there is no API, and no code scanning.
    env: {
      GITHUB_SERVER_URL: `http://${rig.registry}`,
      GITHUB_API_URL: `http://${rig.registry}/api/v1`,
      BUILDX_BUILDER: rig.builder,
      ...env,
    },
    actionDirectory: root,
    ...options,
  });
}

/** The commit that main is on. */
export function headOf(life: Life): string {
  return gitIn(life, "rev-parse", "HEAD").trim();
}

function push(life: Life): Event {
  gitIn(life, "add", "--all");
  gitIn(life, "commit", "--quiet", "--message", "A change");
  const before = life.pushed;
  life.pushed = headOf(life);
  const payload = { before, after: life.pushed, created: before === noCommit, deleted: false };
  return { event: "push", ref: "refs/heads/main", payload };
}

function append({ folder }: Life, file: string, text: string): void {
  writeFileSync(join(folder, file), text, { flag: "a" });
}

function gitIn({ folder }: Life, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" });
}
