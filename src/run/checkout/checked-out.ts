/** The commit that is checked out, or why there is none. */
import { posix } from "node:path";
import type { UserError } from "../../errors.ts";
import {
  type Asker,
  belowRoot,
  type CheckoutPlace,
  noWorkTree,
  unreadableCheckout,
} from "../../git/checkout/checkout-problem.ts";
import type { Git, GitPlace } from "../../git/git.ts";
import { GitFailure, unlessGitFails } from "../../git/git-command.ts";
import { followLinks } from "../../lib/local-paths.ts";
import type { Commit } from "../../model/run-context.ts";
import type { Outside } from "../outside.ts";

type Parts = Pick<Outside, "files" | "processes" | "env" | "signal">;

/** @throws UserError where the folder is not the root of a checkout that has a commit. */
export async function checkedOut(git: Git, workspace: string, outside: Parts): Promise<Commit> {
  return readingCheckout({ git, workspace, asker: "workflow" }, outside, async () => {
    await checkRoot({ git, workspace, asker: "workflow" }, outside);
    return git.head();
  });
}

/** @throws UserError where the folder isn't the root of a worktree; `GitFailure` where git can't read it. */
export async function checkRoot(asked: AskedCheckout, outside: Parts): Promise<void> {
  const { prefix } = await checkWorktree(asked);
  if (prefix === "") return;
  throw belowRoot(asked.workspace, await asked.git.root(), await runnerFolder(asked, outside));
}

/** @throws UserError where the folder is in no worktree; `GitFailure` where git can't read it. */
export async function checkWorktree({ git, workspace, asker }: AskedCheckout): Promise<GitPlace> {
  const place = await git.place();
  if (place.kind !== "worktree") throw noWorkTree(workspace, place.kind === "bare", asker);
  return place;
}

async function runnerFolder({ asker, start }: AskedCheckout, { env, files }: Parts): Promise<string | undefined> {
  const given = asker === "workflow" ? env.GITHUB_WORKSPACE : start;
  if (!given) return undefined;
  return (await followLinks(given, files).catch(() => undefined))?.real ?? given;
}

export interface AskedCheckout {
  readonly git: Git;
  readonly workspace: string;
  readonly asker: Asker;
  /** Where `workdir` starts on a command line. */
  readonly start?: string;
}

/** What `read` finds in a checkout. @throws UserError with the reason if git fails. */
export async function readingCheckout<T>(asked: AskedCheckout, outside: Parts, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw cause instanceof GitFailure ? await problemOf(asked, cause, outside) : cause;
  }
}

async function problemOf(asked: AskedCheckout, failure: GitFailure, outside: Parts): Promise<UserError> {
  const { git, workspace, asker } = asked;
  const { files, processes, env, signal } = outside;
  const entries = (await files.list(workspace).catch(() => [])) ?? undefined;
  const found = await files.look(Buffer.from(`${workspace}/.git`)).catch(() => undefined);
  const { checkouts, hasFiles } = await checkoutsBelow(workspace, files);
  const version = await processes
    .run("git", ["--version"], { env: { PATH: env.PATH ?? "" }, signal, timeout: 10_000 })
    .catch(() => undefined);
  const place = {
    workspace,
    real: (await followLinks(workspace, files).catch(() => undefined))?.real ?? workspace,
    runner: await runnerFolder(asked, outside),
    git: found === undefined ? undefined : found.kind === "directory" ? ("folder" as const) : ("file" as const),
    isEmpty: entries === undefined ? undefined : entries.length === 0,
    checkouts,
    hasFiles,
    version: version?.code === 0 ? Buffer.from(version.stdout).toString().trim() : undefined,
    head: await unlessGitFails(() => git.headId()),
  };
  return unreadableCheckout(place, failure, asker);
}

/** Repositories in folders of a folder, those nearest to it first; nothing is looked for inside of one. */
async function checkoutsBelow(workspace: string, files: Parts["files"]): Promise<Below> {
  const checkouts: string[] = [];
  let hasFiles = false;
  let seen = 0;
  for (let open: readonly string[] = ["."]; open.length > 0 && seen < mostFolders; ) {
    const taken = open.slice(0, mostFolders - seen);
    seen += taken.length;
    const lists = await Promise.all(
      taken.map(async (folder) => (await files.list(posix.join(workspace, folder)).catch(() => [])) ?? []),
    );
    open = lists.flatMap((entries, index) => {
      const folder = taken[index] ?? ".";
      if (folder !== "." && entries.some(({ name }) => name === ".git")) {
        checkouts.push(folder);
        return [];
      }
      hasFiles ||= entries.some(({ kind }) => kind !== "directory");
      const below = entries.filter(({ kind, name }) => kind === "directory" && !notSearched.has(name));
      return below.map(({ name }) => posix.join(folder, name));
    });
  }
  return { checkouts, hasFiles };
}

type Below = Pick<CheckoutPlace, "checkouts" | "hasFiles">;

const notSearched: ReadonlySet<string> = new Set([".git", "node_modules"]);
const mostFolders = 500;
