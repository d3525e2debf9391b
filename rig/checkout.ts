/** A work tree as actions/checkout leaves it on a runner. */
import { run } from "./process.ts";

export interface Checkout {
  /** A git repository on this machine: the origin. */
  repository: string;
  /** The folder to fill. */
  target: string;
  /** `GITHUB_REF` */
  ref: string;
  sha: string;
  /** As the input `fetch-depth`: 0 brings everything, with tags. */
  fetchDepth: number;
}

/**
 * What actions/checkout v5 does (git-auth and submodules aside): one fetch of the commit, shallow, into the ref that
 * belongs to it; a branch is checked out as a branch, everything else detached. Only committed files are there.
 */
export async function checkOut({ repository, target, ref, sha, fetchDepth }: Checkout): Promise<void> {
  const git = (...args: string[]): Promise<string> => run("git", ["-C", target, ...args], { env: QUIET });
  const branch = ref.match(/^refs\/heads\/(.+)/)?.[1];
  const tracking = branch ? `refs/remotes/origin/${branch}` : ref.replace(/^refs\/pull\//, "refs/remotes/pull/");
  await run("git", ["init", "--quiet", "--initial-branch", branch ?? "main", target], { env: QUIET });
  await git("remote", "add", "origin", `file://${repository}`); // a bare path would ignore the depth
  if (fetchDepth === 0) {
    await git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
    if (!branch) await git("fetch", "--quiet", "origin", `+${sha}:${tracking}`);
  } else {
    await git("fetch", "--quiet", "--no-tags", `--depth=${fetchDepth}`, "origin", `+${sha}:${tracking}`);
  }
  if (branch) await git("checkout", "--quiet", "--force", "-B", branch, tracking);
  else await git("checkout", "--quiet", "--force", "--detach", sha);
}

/** The user's own configuration must not matter. */
const QUIET = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_TERMINAL_PROMPT: "0" };
