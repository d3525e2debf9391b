/**
 * What the forge's own repository has, asked by its address and never by the checkout's `origin`, which may be a fork. That a
 * commit can be fetched shows nothing: forges hand out the commits of forks as well.
 */
import type { Commit } from "../model/run-context.ts";
import type { Files } from "../ports.ts";
import { refsIn } from "./committed-files.ts";
import { type GitCommand, GitFailure, type GitOptions, gitCommand } from "./git-command.ts";

export interface ForgeHistory {
  /**
   * Whether a branch or a tag is at the commit, or descends from it by commits that are here. `false` isn't a definite
   * answer. @throws GitFailure where the repository can't be queried.
   */
  reaches(commit: Commit): Promise<boolean>;
  /** Whether a branch or a tag contains the commit, for which the whole history is fetched. @throws GitFailure */
  contains(commit: Commit): Promise<boolean>;
  /** Whether a full ref, as it is now, has the commit in its history, which is fetched where it is not here. @throws GitFailure */
  isOn(ref: string, commit: Commit): Promise<boolean>;
  /** Where a full ref is now, of an annotated tag its commit; `undefined` where there is no such ref. @throws GitFailure */
  commitOf(ref: string): Promise<Commit | undefined>;
  /** Numbers of the pull requests, open or not, whose head is the commit. @throws GitFailure */
  pullRequestsAt(commit: Commit): Promise<readonly number[]>;
  /** Whether the commit is the merge that the forge made of a pull request, of a fork or not. @throws GitFailure */
  isMerge(commit: Commit): Promise<boolean>;
  /** Those of the files that a commit of the repository has. @throws GitFailure where the commit can't be had */
  filesAt(commit: Commit, paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

export interface ForgeHistoryOptions extends GitOptions {
  /** `https://github.com/octo/images`. */
  readonly repositoryUrl: string;
  /** A folder that is not there yet, absolute, for a history that the checkout lacks; it is removed again. */
  readonly folder: string;
  readonly files: Pick<Files, "remove">;
}

const isBranchOrTag = /^refs\/(?:heads|tags)\//;
const listTimeout = 60_000;
/** A history of commits alone takes some 300 bytes a commit. */
const historyTimeout = 180_000;

export function openForgeHistory(options: ForgeHistoryOptions): ForgeHistory {
  const { repositoryUrl } = options;
  const git = gitCommand(options);
  const list = async (...patterns: readonly string[]): Promise<ReadonlyMap<string, Commit>> =>
    peeled(refsIn(text((await git.network(["ls-remote", repositoryUrl, ...patterns], listTimeout)).stdout)));
  // A pattern is no name of what git lists after an annotated tag.
  const commitOf = async (ref: string) => (await list(ref, `${ref}^{}`)).get(ref);
  return {
    async reaches(commit) {
      // A pattern of ls-remote matches the end of a name, too.
      const refs = [...(await list("refs/heads/*", "refs/tags/*"))].filter(([ref]) => isBranchOrTag.test(ref));
      const tips = new Set(refs.map(([, at]) => at));
      return tips.has(commit) || (await isBelow(git, commit, [...tips]));
    },
    contains: (commit) => inWholeHistory(commit, ["refs/heads/*", "refs/tags/*"], git, options),
    async isOn(ref, commit) {
      const tip = await commitOf(ref);
      if (tip === undefined) return false;
      return tip === commit || (await isBelow(git, commit, [tip])) || inWholeHistory(commit, [ref], git, options);
    },
    commitOf,
    async pullRequestsAt(commit) {
      const heads = await list("refs/pull/*/head");
      return [...heads].flatMap(([ref, at]) => {
        const number = /^refs\/pull\/(\d{1,9})\/head$/.exec(ref)?.[1];
        return at === commit && number !== undefined ? [Number(number)] : [];
      });
    },
    async isMerge(commit) {
      const merges = await list("refs/pull/*/merge");
      return [...merges].some(([ref, at]) => at === commit && /^refs\/pull\/\d{1,9}\/merge$/.test(ref));
    },
    filesAt: (commit, paths) => filesAt(commit, paths, git, options),
  };
}

/** Whether a commit that is here is reached from any of those tips that are here as well. */
async function isBelow(git: GitCommand, commit: Commit, tips: readonly Commit[]): Promise<boolean> {
  if (tips.length === 0) return false;
  const input = `${[commit, ...tips.map((tip) => `^${tip}`)].join("\n")}\n`;
  const asked = await git.local(["rev-list", "--max-count=1", "--ignore-missing", "--stdin"], { input });
  return text(asked.stdout).trim() === "" && (await isHere(git, commit));
}

async function isHere(git: GitCommand, commit: Commit): Promise<boolean> {
  const { stdout } = await git.local(["cat-file", "--batch-check"], { input: `${commit}\n` });
  return text(stdout).startsWith(`${commit} commit `);
}

async function inWholeHistory(
  commit: Commit,
  refs: readonly string[],
  git: GitCommand,
  options: ForgeHistoryOptions,
): Promise<boolean> {
  try {
    return await isIn(commit, refs, "tree:0", git, options);
  } catch (error) {
    // Git can't leave out the tree that a tag is on, as Linux has one.
    if (!(error instanceof GitFailure) || !/bad revision/.test(error.message)) throw error;
    return isIn(commit, refs, "blob:none", git, options);
  }
}

/** Brings the commits of the refs, without their files, into a repository of its own, and looks there. */
async function isIn(
  commit: Commit,
  refs: readonly string[],
  filter: string,
  git: GitCommand,
  options: ForgeHistoryOptions,
): Promise<boolean> {
  const { folder, repositoryUrl } = options;
  try {
    const bare = await emptyRepository(git, options);
    const wanted = refs.map((ref) => `+${ref}:${ref}`);
    await bare.network(["fetch", ...quietly, `--filter=${filter}`, repositoryUrl, ...wanted], historyTimeout);
    const found = await bare.local(["rev-list", "--max-count=1", commit, "--not", "--all"], { codes: [0, 128] });
    return found.code === 0 && text(found.stdout).trim() === "";
  } finally {
    await options.files.remove(folder);
  }
}

const quietly = ["--quiet", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc"];

async function emptyRepository(git: GitCommand, options: ForgeHistoryOptions): Promise<GitCommand> {
  await git.local(["init", "--quiet", "--bare", options.folder]);
  return gitCommand({ ...options, workspace: options.folder });
}

/** From the checkout where it has the commit, else from the forge. What a commit's id names is the same anywhere. */
async function filesAt(
  commit: Commit,
  paths: readonly string[],
  git: GitCommand,
  options: ForgeHistoryOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (await isHere(git, commit)) return contentsOf(git, commit, paths);
  try {
    const bare = await emptyRepository(git, options);
    await bare.network(["fetch", ...quietly, "--no-tags", "--depth=1", options.repositoryUrl, commit], historyTimeout);
    return await contentsOf(bare, commit, paths);
  } finally {
    await options.files.remove(options.folder);
  }
}

async function contentsOf(
  git: GitCommand,
  commit: Commit,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  // With the network, because a partial clone fetches what it lacks.
  const { stdout } = await git.network(["ls-tree", "-z", "--full-tree", commit, "--", ...paths], listTimeout);
  const link = /(?:^|\0)120000 blob [0-9a-f]+\t([^\0]+)/.exec(text(stdout))?.[1];
  if (link !== undefined) {
    throw new GitFailure(`${link} is a symbolic link in ${commit.slice(0, 7)}`, { hint: "commit the file itself" });
  }
  const found = [...text(stdout).matchAll(/100\d{3} blob ([0-9a-f]+)\t([^\0]+)\0/g)];
  const read = found.map(async ([, id = "", path = ""]) => {
    const blob = await git.network(["cat-file", "blob", id], listTimeout);
    return [path, blob.stdout] as const;
  });
  return new Map(await Promise.all(read));
}

/** Of a tag that is an object the commit that it is on, which git lists after the tag as `refs/tags/v1^{}`. */
function peeled(refs: ReadonlyMap<string, Commit>): ReadonlyMap<string, Commit> {
  return new Map([...refs].map(([name, at]) => [name.replace(/\^\{\}$/, ""), at]));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
