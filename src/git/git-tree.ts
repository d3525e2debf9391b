/** What git knows of the working tree: which files are there, and which of them differ from what was checked out. */
import { isAscii } from "node:buffer";
import { explain } from "../errors.ts";
import { memoize } from "../lib/memoize.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { decodePath, encodePath } from "./checkout/path-bytes.ts";
import { type GitCommand, GitFailure, type GitOptions, gitCommand } from "./git-command.ts";
import { pathIn, recordsIn, textIn } from "./git-output.ts";

/** A path of the index. */
export interface TrackedFile {
  readonly path: RepositoryPath;
  /** Mode and blob: `100644 <id>`, `100755 <id>`, `120000 <id>` for a symlink; `160000 <commit>` for a submodule. */
  readonly content: string;
}

/** What git's mode says that a path is. */
export function trackedKind(content: string): TrackedKind {
  return kinds[content.slice(0, content.indexOf(" "))] ?? "file";
}

export type TrackedKind = "file" | "executable" | "symlink" | "submodule";

const kinds: Readonly<Record<string, TrackedKind>> = { 100755: "executable", 120000: "symlink", 160000: "submodule" };

export interface TrackedFiles {
  readonly files: readonly TrackedFile[];
  /** Files that nobody compares, by `assume-unchanged` or a merge that is not done. */
  readonly uncompared: ReadonlySet<RepositoryPath>;
  /** Files that are not checked out, according to git's index. */
  readonly sparse: ReadonlySet<RepositoryPath>;
}

export interface GitLayout {
  /** The hash by which the repository calls its objects. */
  readonly objectFormat: "sha1" | "sha256";
  /** Where attributes stand that are not in the working tree: absolute, or relative to the working tree. */
  readonly attributesFile: string;
}

/** Everything rejects with a `GitFailure` where git fails. */
export interface GitTree {
  tracked(): Promise<TrackedFiles>;
  /** Writes a tracked file into a folder, absolute, below its path: with line ends, encodings and filters as in the working tree. */
  writeInto(folder: string, path: RepositoryPath): Promise<void>;
  /** Tracked paths of which the working tree's file may differ; those that are gone, too. */
  modified(): Promise<readonly RepositoryPath[]>;
  /** Ignored files included. A repository inside this one is a single path with a slash at its end. */
  untracked(): Promise<readonly RepositoryPath[]>;
  /** Values of git's settings, names in lower case; the last where there are several. */
  settings(names: RegExp): Promise<ReadonlyMap<string, string>>;
  /** The attributes of those paths that have one of `names`, by path. */
  attributes(
    names: readonly string[],
    paths: readonly RepositoryPath[],
  ): Promise<ReadonlyMap<RepositoryPath, ReadonlyMap<string, string>>>;
  layout(): Promise<GitLayout>;
  /** The commit that is checked out and its `git describe --tags --long`; `undefined` before the first commit. */
  description(): Promise<string | undefined>;
  /** The repository in a folder below: a submodule, or a clone. */
  inside(path: RepositoryPath): GitTree;
}

export function openGitTree(options: GitOptions): GitTree {
  const git = gitCommand(options);
  const list = memoize(() => tracked(git));
  return {
    tracked: () => list(undefined),
    writeInto: (folder, path) => writeInto(git, folder, path),
    modified: () =>
      paths(git, [...exactly, "diff-files", "-z", "--name-only", "--no-renames", "--ignore-submodules=all"]),
    untracked: () => paths(git, ["ls-files", "-z", "--others", "--full-name"]),
    settings: (names) => settings(git, names),
    attributes: (names, of) => attributes(git, names, of),
    layout: () => layout(git),
    description: () => description(git),
    inside: (path) => openGitTree(inFolder(options, path)),
  };
}

function inFolder({ realWorkspace, ...options }: GitOptions, path: RepositoryPath): GitOptions {
  const real = realWorkspace === undefined ? {} : { realWorkspace: `${realWorkspace}/${path}` };
  return { ...options, ...real, workspace: `${options.workspace}/${path}` };
}

/** Docker sees modes and links even where git is configured to ignore them. */
const exactly = ["fileMode=true", "symlinks=true", "checkStat=default", "trustctime=true", "ignoreStat=false"].flatMap(
  (setting) => ["-c", `core.${setting}`],
);

async function tracked(git: GitCommand): Promise<TrackedFiles> {
  const { stdout } = await withTrees(git, ["ls-files", "-z", "--stage", "-v", "--full-name"]);
  const text = textIn(stdout, "git ls-files");
  // Nearly always; then a hundred thousand paths need not be looked through one by one.
  const pathOf = isAscii(stdout) ? (field: string) => field : pathIn;
  const files: TrackedFile[] = [];
  const uncompared = new Set<RepositoryPath>();
  const sparse = new Set<RepositoryPath>();
  for (let start = 0; start < text.length; ) {
    // `H 100644 <id> 0<tab><path>`; small letters are for `assume-unchanged`, S for `skip-worktree`, stages over 0 for a merge.
    const tab = text.indexOf("\t", start);
    const end = text.indexOf("\0", tab);
    const path = pathOf(text.slice(tab + 1, end));
    const tag = text.charAt(start);
    const isMerging = text.charAt(tab - 1) !== "0";
    if (!isMerging || files.at(-1)?.path !== path) files.push({ path, content: text.slice(start + 2, tab - 2) });
    if (tag === "S" || tag === "s") sparse.add(path);
    else if (tag !== "H" || isMerging) uncompared.add(path);
    start = end + 1;
  }
  return { files, uncompared, sparse };
}

/** Else git leaves attributes out that are in a folder left out (attr.c). */
const everyAttribute = ["-c", "core.sparseCheckoutCone=false"];

async function writeInto(git: GitCommand, folder: string, path: RepositoryPath): Promise<void> {
  const input = Buffer.concat([encodePath(path), Buffer.of(0)]);
  const write = (options: readonly string[]) =>
    git.local(
      [...everyAttribute, "checkout-index", "--quiet", "--force", ...options, `--prefix=${folder}/`, "-z", "--stdin"],
      {
        input,
      },
    );
  try {
    await write(["--ignore-skip-worktree-bits"]);
  } catch (error) {
    // Git before 2.36 writes them without the option.
    if (!(error instanceof GitFailure) || !/unknown option/.test(explain(error))) throw error;
    await write([]);
  }
}

async function paths(git: GitCommand, args: readonly string[]): Promise<readonly RepositoryPath[]> {
  return recordsIn((await withTrees(git, args)).stdout, "git").map(pathIn);
}

/** A sparse index names folders by their trees, which a treeless clone has to fetch. */
async function withTrees(git: GitCommand, args: readonly string[]): Promise<{ readonly stdout: Uint8Array }> {
  try {
    return await git.local(args);
  } catch (error) {
    if (!(error instanceof GitFailure) || !/promisor/.test(explain(error))) throw error;
    return git.network(args, treesTimeout);
  }
}

const treesTimeout = 120_000;

async function settings(git: GitCommand, names: RegExp): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await git.local(["config", "--null", "--get-regexp", names.source], { codes: [0, 1] });
  const pairs = recordsIn(stdout, "git").map((record) => {
    const end = record.indexOf("\n");
    // A name alone is a switch that is on.
    return end < 0 ? ([record, "true"] as const) : ([record.slice(0, end), record.slice(end + 1)] as const);
  });
  return new Map(pairs);
}

async function attributes(
  git: GitCommand,
  names: readonly string[],
  of: readonly RepositoryPath[],
): Promise<ReadonlyMap<RepositoryPath, ReadonlyMap<string, string>>> {
  const input = Buffer.concat(of.flatMap((path) => [encodePath(path), Buffer.of(0)]));
  const { stdout } = await git.local([...everyAttribute, "check-attr", "-z", "--stdin", ...names], { input });
  const fields = recordsIn(stdout, "git");
  const found = new Map<RepositoryPath, Map<string, string>>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", name = "", value = ""] = fields.slice(at, at + 3);
    if (value === "unspecified" || value === "unset") continue;
    const key = pathIn(path);
    const known = found.get(key) ?? new Map<string, string>();
    found.set(key, known.set(name, value));
  }
  return found;
}

async function layout(git: GitCommand): Promise<GitLayout> {
  const { stdout } = await git.local(["rev-parse", "--show-object-format", "--git-path", "info/attributes"]);
  const [format, attributesFile = ""] = decodePath(stdout).split("\n");
  return { objectFormat: format === "sha256" ? "sha256" : "sha1", attributesFile };
}

async function description(git: GitCommand): Promise<string | undefined> {
  const head = await git.local(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { codes: [0, 1] });
  if (head.code !== 0) return undefined;
  const described = await git.local(["describe", "--tags", "--long"], { codes: [0, 128] });
  return `${decodePath(head.stdout).trim()} ${decodePath(described.stdout).trim()}`.trim();
}
