import { limitCalls } from "../lib/limit.ts";
import type { LineRange } from "../model/line-range.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { type Commit, commit as parseCommit } from "../model/run-context.ts";
import { type ChangedFile, type EditedFile, parseDiffTree, parseEdits } from "./changed-file.ts";
import { changedLines } from "./changed-lines.ts";
import { blobsIn, type CommittedFile, committedFiles, refsIn } from "./committed-files.ts";
import {
  type GitCommand,
  GitFailure,
  type GitOptions,
  gitCommand,
  notOnServer,
  unlessGitFails,
} from "./git-command.ts";

/**
 * What the stages ask of the checkout's repository. Everything rejects with a `GitFailure` where git fails, so that no
 * failure passes for an answer.
 */
export interface Git {
  head(): Promise<Commit>;
  /** The commit that a revision names; `undefined` where there is none. */
  resolve(revision: string): Promise<Commit | undefined>;
  /** Those of the given commits that are not here. */
  missing(commits: readonly Commit[]): Promise<readonly Commit[]>;
  /** The parents that the commit itself names, also those that a shallow clone lacks. */
  parents(commit: Commit): Promise<readonly Commit[]>;
  /** Files that git tracks and whose content is not the commit's that is checked out. */
  uncommitted(): Promise<readonly string[]>;
  /** When the commit was made, by its committer's clock. */
  committedAt(commit: Commit): Promise<Date>;
  isShallow(): Promise<boolean>;
  /**
   * The best common ancestor; `undefined` where none is known. Not `isCertain` where a shallow clone lacks history that
   * might hold a better one.
   */
  mergeBase(one: Commit, other: Commit): Promise<MergeBase | undefined>;
  /** In a shallow clone, "no" is not known for sure. */
  isAncestor(ancestor: Commit, descendant: Commit): Promise<"yes" | "no" | "unknown">;
  changedFiles(base: Commit, head: Commit): Promise<readonly ChangedFile[]>;
  /**
   * The regular files in which alone two commits differ, with the blobs that they were and are; `undefined` where there is more
   * to it: a file that came or went, another mode, a symlink, a submodule.
   */
  editedFiles(base: Commit, head: Commit): Promise<readonly EditedFile[] | undefined>;
  /** The commit's message. */
  message(commit: Commit): Promise<string>;
  /** Regular files of a commit, by path. */
  filesIn(commit: Commit): Promise<readonly CommittedFile[]>;
  /** The bytes of blobs, by their ids. */
  blobs(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Brings blobs that a partial clone lacks, all at once; does nothing in another clone. What isn't brought is missing later. */
  fetchBlobs(ids: readonly string[]): Promise<void>;
  /** Full names of branches of the remote, as patterns of `git ls-remote` mean them, and where they stand. */
  remoteBranches(pattern: string): Promise<ReadonlyMap<string, Commit>>;
  /** Names of git tags: those that are here, or those of the remote. */
  tags(where: "here" | "remote"): Promise<readonly string[]>;
  /** What a file held at a commit; `undefined` only where there was none. */
  fileAt(commit: Commit, path: RepositoryPath): Promise<Uint8Array | undefined>;
  /** The lines of a file that changed, for people; empty where they are unknown. */
  changedLines(base: Commit, head: Commit, path: string): Promise<readonly LineRange[]>;
  /** Brings commits from origin. A partial clone stays partial, a full one full. */
  fetch(commits: readonly Commit[], depth: FetchDepth): Promise<Fetched>;
  /** The remote's default branch and where it stands now, asked from the remote. */
  remoteDefault(): Promise<RemoteDefault | undefined>;
  /** The commit that a full ref points to on the remote now; `undefined` where the remote has no such ref. */
  remoteCommit(ref: string): Promise<Commit | undefined>;
  /** The full ref that a symbolic ref (`HEAD`, `refs/remotes/origin/HEAD`) points to. */
  symbolicRef(name: string): Promise<string | undefined>;
  /** Full names of all refs that are at a commit, annotated tags included. */
  refsAt(commit: Commit): Promise<readonly string[]>;
  /** What HEAD was moved to in this checkout, newest first, and by what (git-reflog(1)): `commit: message`. */
  headMoves(): Promise<readonly HeadMove[]>;
  /** Short names of all branches and tags, those of remotes too. */
  refNames(): Promise<readonly string[]>;
  originUrl(): Promise<string | undefined>;
  /** The checkout's root. */
  root(): Promise<string>;
  /** What the folder is to git. */
  place(): Promise<GitPlace>;
  /** What HEAD leads to, though it may not be there; `undefined` before the first commit. */
  headId(): Promise<Commit | undefined>;
}

export interface GitPlace {
  readonly kind: "worktree" | "bare" | "git-folder";
  /** The way to the folder from the root of the worktree, with a slash at its end; empty in the root. */
  readonly prefix: string;
}

export interface HeadMove {
  readonly to: Commit;
  readonly by: string;
}

interface MergeBase {
  readonly commit: Commit;
  readonly isCertain: boolean;
}

/** `tip`: the commits alone where the clone is shallow. A number: so many more commits below what is here. */
export type FetchDepth = "tip" | number | "everything";

/** `gone`: the remote answered that it has no such commit. */
type Fetched =
  | { readonly kind: "fetched" }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly failure: GitFailure };

interface RemoteDefault {
  readonly branch: string | undefined;
  readonly commit: Commit;
}

/** The checkout's repository, through the `git` program. */
export function openGit(options: GitOptions): Git {
  const git = gitCommand(options);
  const fetching = limitCalls(1, async (asked: { readonly commits: readonly Commit[]; readonly depth: FetchDepth }) =>
    fetch(git, asked.commits, await depthOptions(asked.depth, isShallow)),
  );
  const isShallow = async () => line(await git.local(["rev-parse", "--is-shallow-repository"])) === "true";
  return {
    head: async () => parseCommit(line(await git.local(["rev-parse", "--verify", "HEAD^{commit}"]))),
    resolve: (revision) => resolve(git, revision),
    refNames: async () =>
      text(await git.local(["for-each-ref", "--format=%(refname:short)"]))
        .split("\n")
        .filter((each) => each !== ""),
    missing: (commits) => missing(git, commits),
    refsAt: async (at) =>
      text(await git.local(["for-each-ref", "--format=%(refname)", `--points-at=${at}`]))
        .split("\n")
        .filter((each) => each !== ""),
    parents: async (of) => parentsIn(text(await git.local(["cat-file", "commit", of]))),
    uncommitted: async () =>
      text(await git.local(["status", "--porcelain", "--untracked-files=no", "-z"]))
        .split("\0")
        .filter((each) => each !== ""),
    committedAt: async (of) => committerDate(of, text(await git.local(["cat-file", "commit", of]))),
    isShallow,
    mergeBase: (one, other) => mergeBase(git, isShallow, one, other),
    async isAncestor(ancestor, descendant) {
      // Asked before, as somebody else may make the clone whole meanwhile.
      const mayLack = await isShallow();
      // A commit that is not here may have been rewritten away, or be beyond the depth of a shallow clone.
      if (!(await isHere(git, ancestor)) || !(await isHere(git, descendant))) return "unknown";
      const { code } = await git.local(["merge-base", "--is-ancestor", ancestor, descendant], { codes: [0, 1] });
      if (code === 0) return "yes";
      return mayLack ? "unknown" : "no";
    },
    changedFiles: (base, head) => changedFiles(git, base, head),
    editedFiles: async (base, head) => parseEdits(await diffTree(git, base, head)),
    message: async (of) => messageIn(text(await git.local(["cat-file", "commit", of]))),
    filesIn: async (of) => committedFiles((await git.local(["ls-tree", "-r", "-z", of])).stdout),
    // An empty line would be taken for the name of something.
    blobs: async (ids) =>
      blobsIn(
        ids.length === 0
          ? new Uint8Array()
          : (await git.network(["cat-file", "--batch"], diffTimeout, `${ids.join("\n")}\n`)).stdout,
      ),
    fetchBlobs: (ids) => fetchBlobs(git, ids),
    remoteBranches: async (pattern) =>
      refsIn(text(await git.network(["ls-remote", "origin", `refs/heads/${pattern}`], fetchTimeout))),
    tags: (where) => tags(git, where),
    fileAt: (commit, path) => fileAt(git, commit, path),
    changedLines: (base, head, path) => changedLines(git, base, head, path),
    // One after the other: git refuses concurrent writes to the shallow file, and the depth of a clone decides what to
    // fetch next.
    fetch: (commits, depth) => fetching({ commits, depth }),
    remoteDefault: () => remoteDefault(git),
    remoteCommit: (ref) => remoteCommit(git, ref),
    symbolicRef: async (name) =>
      line(await git.local(["symbolic-ref", "--quiet", name], { codes: [0, 1] })) || undefined,
    headMoves: async () =>
      movesIn(text(await git.local(["reflog", "show", "-z", "-n", "100", "--format=%H %gs", "HEAD"]))),
    originUrl: async () => line(await git.local(["remote", "get-url", "origin"], { codes: [0, 2] })) || undefined,
    root: async () => line(await git.local(["rev-parse", "--show-toplevel"])),
    place: async () =>
      placeIn(text(await git.local(["rev-parse", "--is-inside-work-tree", "--is-bare-repository", "--show-prefix"]))),
    headId: async () => {
      const { code, stdout } = await git.local(["rev-parse", "--verify", "--quiet", "HEAD"], { codes: [0, 1, 128] });
      return code === 0 ? parseCommit(line({ stdout })) : undefined;
    },
  };
}

function placeIn(answer: string): GitPlace {
  const [isWorktree, isBare, ...prefix] = answer.replace(/\n$/, "").split("\n");
  if (isWorktree === "true") return { kind: "worktree", prefix: prefix.join("\n") };
  return { kind: isBare === "true" ? "bare" : "git-folder", prefix: "" };
}

/** The end of the year 9999: RFC 3339, in which images are dated, has four digits for the year. */
const lastSecond = 253_402_300_799;

/** From the header of a commit object, which says it in seconds since 1970. Whoever makes a commit may write anything there. */
function committerDate(of: Commit, object: string): Date {
  const [header = ""] = object.split("\n\n", 1);
  const seconds = Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(header)?.[1]);
  if (seconds <= lastSecond) return new Date(seconds * 1000);
  throw new GitFailure(`the commit ${of.slice(0, 7)} has no usable date: its images could not be dated`, {
    hint: "give it one with git commit --amend --no-edit, and push again",
  });
}

async function resolve(git: GitCommand, revision: string): Promise<Commit | undefined> {
  if (revision.startsWith("-")) return undefined;
  const found = await git.local(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`], { codes: [0, 1] });
  return found.code === 0 ? parseCommit(line(found)) : undefined;
}

async function missing(git: GitCommand, commits: readonly Commit[]): Promise<readonly Commit[]> {
  const asked = await Promise.all(commits.map((each) => isHere(git, each)));
  return commits.filter((_, index) => asked[index] !== true);
}

async function isHere(git: GitCommand, commit: Commit): Promise<boolean> {
  try {
    const answer = line(await git.local(["cat-file", "--batch-check"], { input: `${commit}\n` }));
    return answer.startsWith(`${commit} commit `);
  } catch (error) {
    // A partial clone dies of not being let to fetch, until git 2.45 and its GIT_NO_LAZY_FETCH.
    if (error instanceof GitFailure && error.message.includes("from promisor remote")) return false;
    throw error;
  }
}

async function mergeBase(
  git: GitCommand,
  isShallow: () => Promise<boolean>,
  one: Commit,
  other: Commit,
): Promise<MergeBase | undefined> {
  const found = await git.local(["merge-base", one, other], { codes: [0, 1] });
  if (found.code === 1) return undefined;
  const commit = parseCommit(line(found));
  return { commit, isCertain: !(await isShallow()) || (await isWhole(git, [one, other], commit)) };
}

/**
 * Whether everything that leads from the tips to the common ancestor is here. Then there is no better one: it would be
 * on a path that was cut, and the commit where it was cut would show up without parents.
 */
async function isWhole(git: GitCommand, tips: readonly Commit[], ancestor: Commit): Promise<boolean> {
  const rows = text(await git.local(["rev-list", "--parents", ...tips, `^${ancestor}`]))
    .split("\n")
    .filter((row) => row !== "");
  return rows.every((row) => row.includes(" "));
}

const diffTimeout = 120_000;

async function changedFiles(git: GitCommand, base: Commit, head: Commit): Promise<readonly ChangedFile[]> {
  return parseDiffTree(await diffTree(git, base, head));
}

async function diffTree(git: GitCommand, base: Commit, head: Commit): Promise<Uint8Array> {
  // The network, because a treeless clone fetches the trees that it compares.
  const options = ["-r", "-z", "--no-renames", "--ignore-submodules=none", "--no-relative", "--no-commit-id"];
  return (await git.network(["diff-tree", ...options, base, head], diffTimeout)).stdout;
}

/** With the network, because a partial clone fetches what it lacks. */
async function fileAt(git: GitCommand, commit: Commit, path: RepositoryPath): Promise<Uint8Array | undefined> {
  const { stdout } = await git.network(["ls-tree", "-z", "--full-tree", commit, "--", path], diffTimeout);
  const id = /^100\d{3} blob ([0-9a-f]+)\t/.exec(text({ stdout }))?.[1];
  return id === undefined ? undefined : (await git.network(["cat-file", "blob", id], diffTimeout)).stdout;
}

const fetchTimeout = 120_000;
/** Nobody waits long for what only keeps a branch from a git tag's name. */
const tagsTimeout = 30_000;
const deepFetchTimeout = 300_000;

/** As git itself brings what it lacks (promisor-remote.c), which would be one by one. */
async function fetchBlobs(git: GitCommand, ids: readonly string[]): Promise<void> {
  const setting = await git.local(["config", "--get-regexp", "^remote\\..*\\.promisor$"], { codes: [0, 1] });
  const remote = /^remote\.(.+)\.promisor true$/m.exec(text(setting))?.[1];
  if (remote === undefined || ids.length < 2) return;
  const options = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc"];
  const args = ["-c", "fetch.negotiationAlgorithm=noop", "fetch", ...options, "--filter=blob:none", "--stdin", remote];
  await unlessGitFails(() => git.network(args, fetchTimeout, `${ids.join("\n")}\n`));
}

async function depthOptions(depth: FetchDepth, isShallow: () => Promise<boolean>): Promise<readonly string[]> {
  // A depth would turn a full clone into a shallow one.
  if (!(await isShallow())) return [];
  if (depth === "tip") return ["--depth=1"];
  return [depth === "everything" ? "--unshallow" : `--deepen=${depth}`];
}

async function fetch(git: GitCommand, commits: readonly Commit[], depth: readonly string[]): Promise<Fetched> {
  const quietly = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc"];
  const timeout = depth.includes("--depth=1") ? fetchTimeout : deepFetchTimeout;
  try {
    await git.network(["fetch", ...quietly, ...depth, "origin", ...commits], timeout);
    return { kind: "fetched" };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return notOnServer.test(error.message) ? { kind: "gone" } : { kind: "failed", failure: error };
  }
}

async function remoteDefault(git: GitCommand): Promise<RemoteDefault | undefined> {
  const answer = text(await git.network(["ls-remote", "--symref", "origin", "HEAD"], fetchTimeout));
  const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(answer)?.[1];
  const commit = /^([0-9a-f]+)\tHEAD$/m.exec(answer)?.[1];
  return commit === undefined ? undefined : { branch, commit: parseCommit(commit) };
}

async function remoteCommit(git: GitCommand, ref: string): Promise<Commit | undefined> {
  const answer = text(await git.network(["ls-remote", "origin", ref], fetchTimeout));
  // `ls-remote` takes the name for the end of others, too.
  const found = answer.split("\n").find((row) => row.endsWith(`\t${ref}`));
  return found === undefined ? undefined : parseCommit(found.slice(0, found.indexOf("\t")));
}

function movesIn(log: string): readonly HeadMove[] {
  const rows = log.split("\0").filter((row) => row !== "");
  return rows.map((row) => ({ to: parseCommit(row.slice(0, row.indexOf(" "))), by: row.slice(row.indexOf(" ") + 1) }));
}

async function tags(git: GitCommand, where: "here" | "remote"): Promise<readonly string[]> {
  const listing =
    where === "here"
      ? await git.local(["for-each-ref", "--format=%(refname)", "refs/tags"])
      : await git.network(["ls-remote", "--refs", "origin", "refs/tags/*"], tagsTimeout);
  return [...text(listing).matchAll(/(?:^|\t)refs\/tags\/(.+)$/gm)].map(([, name = ""]) => name);
}

function parentsIn(commitObject: string): readonly Commit[] {
  const [header = ""] = commitObject.split("\n\n", 1);
  return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = ""]) => parseCommit(id));
}

function messageIn(commitObject: string): string {
  const end = commitObject.indexOf("\n\n");
  return end < 0 ? "" : commitObject.slice(end + 2);
}

function text({ stdout }: { readonly stdout: Uint8Array }): string {
  return new TextDecoder().decode(stdout);
}

function line(finished: { readonly stdout: Uint8Array }): string {
  return text(finished).replace(/\n$/, "");
}
