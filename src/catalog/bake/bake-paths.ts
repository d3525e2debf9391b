/**
 * The files that buildx opens when it prints a definition: bake and compose files, `.env`, and what compose files name. They
 * are looked at before it runs, as it prints what they hold, and quotes from what it can't read.
 */
import { posix } from "node:path";
import { type SourceLocation, UserError } from "../../errors.ts";
import type { LocalPaths, PathUse } from "../../lib/local-paths.ts";
import { parseTree, type Tree } from "../../lib/yaml/yaml-tree.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import { bakeNames, composeNames } from "./bake-files.ts";

export interface BakePathsInput {
  /** The checkout, absolute. */
  readonly root: string;
  readonly files: Pick<Files, "read">;
  readonly paths: Pick<LocalPaths, "refusal">;
  /** Only what is sure to stay inside is printed. */
  readonly isUntrusted: boolean;
  /** `~` in a compose file. */
  readonly home: string | undefined;
}

export interface BakePaths {
  /** Why buildx may not print what is in a folder; empty where it may. */
  readonly problems: readonly UserError[];
  /** What it opens, be it there or not: from the root, or absolute. */
  readonly opened: readonly string[];
}

/** @param named files that are read there, beside those that buildx finds in the folder */
export async function bakePaths(
  folder: RepositoryPath,
  input: BakePathsInput,
  named: readonly RepositoryPath[] = [],
): Promise<BakePaths> {
  const { paths, isUntrusted } = input;
  const found: UserError[] = [];
  const opened = new Set<string>();
  await walk(folder, named, {
    ...input,
    read: new Set(),
    async names(path, use, isOpened) {
      if (isOpened) opened.add(path);
      const refusal = await paths.refusal(path, use);
      if (refusal !== undefined) found.push(refusal);
      return refusal === undefined;
    },
    opensUnknown({ what, text, at }) {
      if (isUntrusted) found.push(unknownPath(what, text, at));
    },
    // Buildx reports invalid YAML, unless it might parse it otherwise.
    isMalformed: (problems) => found.push(...(isUntrusted ? problems : [])),
  });
  return { problems: found, opened: [...opened] };
}

/** What buildx reads to print what is in a folder, relative to the checkout, whether it is there or not. */
export interface BakeReads {
  readonly paths: readonly RepositoryPath[];
  /** What paths begin with that have a variable: no more is known of them. */
  readonly beginnings: readonly string[];
}

export async function bakeReads(
  folder: RepositoryPath,
  input: Pick<BakePathsInput, "root" | "files" | "home">,
  named: readonly RepositoryPath[] = [],
): Promise<BakeReads> {
  const paths = new Set<RepositoryPath>();
  const beginnings = new Set<string>();
  await walk(folder, named, {
    ...input,
    read: new Set(),
    async names(path) {
      paths.add(path);
      return true;
    },
    opensUnknown({ text, reads }, from) {
      const [known = ""] = text.split("$", 1);
      if (reads !== undefined) beginnings.add(posix.join(from, known).replace(/^\.$/, ""));
    },
    isMalformed() {},
  });
  return { paths: [...paths], beginnings: [...beginnings] };
}

interface Walk extends Pick<BakePathsInput, "root" | "files" | "home"> {
  /** Compose files that were read. */
  readonly read: Set<string>;
  /**
   * @param isOpened whether buildx opens it, rather than print its path
   * @returns whether it may be looked into
   */
  names(path: string, use: PathUse, isOpened: boolean): Promise<boolean>;
  /** @param folder what a relative path starts from. */
  opensUnknown(path: ComposePath, folder: string): void;
  isMalformed(problems: readonly UserError[]): void;
}

async function walk(folder: RepositoryPath, named: readonly RepositoryPath[], by: Walk): Promise<void> {
  const usual = [...bakeNames, ...composeNames, ".env"].map((name) => posix.join(folder, name));
  for (const path of new Set([...usual, ...named])) {
    const name = posix.basename(path);
    const use = { what: name === ".env" ? "the file of variables" : "the bake file", at: { file: path } };
    const isFine = await by.names(path, use, true);
    const isCompose = composeNames.includes(name) || (named.includes(path) && !/\.(?:hcl|json)$/.test(name));
    if (isFine && isCompose) await readCompose(path, folder, by);
  }
}

/** Nobody includes more files than this. */
const mostFiles = 200;

/** @param folder what relative paths start from. */
async function readCompose(path: string, folder: string, by: Walk): Promise<void> {
  const key = `${path}\0${folder}`;
  if (by.read.has(key) || by.read.size > mostFiles) return;
  by.read.add(key);
  const bytes = await readIfFile(by, posix.resolve(by.root, path));
  if (bytes === undefined) return;
  const { tree, problems } = await parseTree(new TextDecoder().decode(bytes), path);
  by.isMalformed(problems);
  for (const named of tree === undefined ? [] : pathsIn(tree)) await follow(named, folder, by);
}

/** A path that isn't a file, such as a folder, is handled as invalid YAML is. */
async function readIfFile({ files, isMalformed }: Walk, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    isMalformed([error]);
    return undefined;
  }
}

async function follow(named: ComposePath, folder: string, by: Walk): Promise<void> {
  const { what, text, at, reads, base } = named;
  if ([text, base].some((each) => each?.includes("$"))) {
    by.opensUnknown(named, folder);
    return;
  }
  const path = fromFolder(text, folder, by.home);
  const isFine = await by.names(path, { what, at }, reads !== undefined);
  if (!isFine || reads === undefined || reads === "lines") return;
  const inner = reads === "extended" || base === undefined ? posix.dirname(path) : fromFolder(base, folder, by.home);
  if (reads === "included") {
    await by.names(posix.join(inner, ".env"), { what: "the file of variables of an included file", at }, true);
  }
  await readCompose(path, inner, by);
}

function fromFolder(text: string, folder: string, home: string | undefined): string {
  if (text === "~" || text.startsWith("~/")) return posix.join(home ?? "/", text.slice(1));
  return posix.isAbsolute(text) ? posix.normalize(text) : posix.join(folder, text);
}

interface ComposePath {
  readonly what: string;
  readonly text: string;
  readonly at: SourceLocation;
  /** What is read of it: another compose file, or lines of names and values. */
  readonly reads?: "included" | "extended" | "lines";
  /** What its relative paths start from, where it says so. */
  readonly base?: string | undefined;
}

/**
 * What compose reads, wherever the key is: a merge or an anchor may bring it anywhere (compose-spec, "include", "extends",
 * "env_file", "label_file").
 */
function pathsIn(tree: Tree, seen: Set<Tree> = new Set()): readonly ComposePath[] {
  if (tree.kind === "scalar" || seen.has(tree)) return [];
  seen.add(tree);
  if (tree.kind === "list") return tree.items.flatMap((item) => pathsIn(item, seen));
  return tree.entries.flatMap(({ key, value }) => [...pathsUnder(key, value), ...pathsIn(value, seen)]);
}

function pathsUnder(key: string, value: Tree): readonly ComposePath[] {
  const lines = (what: string, found: readonly Scalar[]): readonly ComposePath[] =>
    found.map((each) => ({ what, ...each, reads: "lines" }));
  switch (key) {
    case "include":
      return itemsOf(value).flatMap((item) => includedIn(item));
    case "extends":
      return under(value, "file").map((each) => ({ what: "the extended file", ...each, reads: "extended" as const }));
    case "env_file":
      return lines(
        "the env_file",
        itemsOf(value).flatMap((item) => [...scalars(item), ...under(item, "path")]),
      );
    case "label_file":
      return lines("the label_file", itemsOf(value).flatMap(scalars));
    case "file":
    case "context":
    case "project_directory":
      return scalars(value)
        .filter(({ text }) => !isAddress(text))
        .map((each) => ({ what: `the ${key} of a compose file`, ...each }));
    default:
      return [];
  }
}

function includedIn(item: Tree): readonly ComposePath[] {
  const [base] = under(item, "project_directory");
  const paths = [...scalars(item), ...under(item, "path")];
  return paths.map((each) => ({ what: "the included file", ...each, reads: "included", base: base?.text }));
}

interface Scalar {
  readonly text: string;
  readonly at: SourceLocation;
}

function itemsOf(tree: Tree): readonly Tree[] {
  return tree.kind === "list" ? tree.items : [tree];
}

function scalars(tree: Tree): readonly Scalar[] {
  return tree.kind === "scalar" && tree.text !== "" ? [{ text: tree.text, at: tree.at }] : [];
}

/** The texts under a key of a map, also those that a merge brings. */
function under(tree: Tree, key: string): readonly Scalar[] {
  if (tree.kind !== "map") return [];
  return tree.entries.flatMap((entry) => {
    if (entry.key === key) return itemsOf(entry.value).flatMap(scalars);
    return entry.key === "<<" ? itemsOf(entry.value).flatMap((each) => under(each, key)) : [];
  });
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(text);
}

function unknownPath(what: string, text: string, at: SourceLocation): UserError {
  return new UserError(`${what} is ${text}, and an untrusted checkout can't use a variable in a path`, {
    hint: "write the path without a variable",
    at,
  });
}
