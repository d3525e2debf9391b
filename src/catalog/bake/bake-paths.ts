/**
 * The files that buildx opens when it prints a definition: bake and compose files, `.env`, and what compose files name. They
 * are looked at before it runs, as it prints what they hold, and quotes from what it can't read.
 */
import { posix } from "node:path";
import { type SourceLocation, UserError } from "../../errors.ts";
import type { LocalPaths, PathUse } from "../../local-paths.ts";
import type { Files } from "../../ports.ts";
import type { RepositoryPath } from "../catalog.ts";
import { parseTree, type Tree } from "../yaml-tree.ts";
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
  /** What it may open, be it there or not: from the root, or absolute. */
  readonly opened: readonly string[];
}

export async function bakePaths(folder: RepositoryPath, input: BakePathsInput): Promise<BakePaths> {
  const reading: Reading = { ...input, problems: [], opened: new Set(), read: new Set() };
  for (const name of [...bakeNames, ...composeNames, ".env"]) {
    const path = posix.join(folder, name);
    const use = { what: name === ".env" ? "the file of variables" : "the bake file", at: { file: path } };
    const isFine = await check(path, use, reading);
    if (isFine && composeNames.includes(name)) await readCompose(path, folder, reading);
  }
  return { problems: reading.problems, opened: [...reading.opened] };
}

interface Reading extends BakePathsInput {
  readonly problems: UserError[];
  readonly opened: Set<string>;
  /** Compose files that were read. */
  readonly read: Set<string>;
}

async function check(path: string, use: PathUse, { paths, problems, opened }: Reading): Promise<boolean> {
  opened.add(path);
  const refusal = await paths.refusal(path, use);
  if (refusal !== undefined) problems.push(refusal);
  return refusal === undefined;
}

/** Nobody includes more files than this. */
const mostFiles = 200;

/** @param folder what relative paths start from. */
async function readCompose(path: string, folder: string, reading: Reading): Promise<void> {
  const key = `${path}\0${folder}`;
  if (reading.read.has(key) || reading.read.size > mostFiles) return;
  reading.read.add(key);
  const bytes = await reading.files.read(posix.resolve(reading.root, path));
  if (bytes === undefined) return;
  const { tree, problems } = await parseTree(new TextDecoder().decode(bytes), path);
  // What is no YAML is buildx's to complain of, unless it might read it otherwise.
  if (reading.isUntrusted) reading.problems.push(...problems);
  for (const named of tree === undefined ? [] : pathsIn(tree)) await follow(named, folder, reading);
}

async function follow({ what, text, at, reads, base }: ComposePath, folder: string, reading: Reading): Promise<void> {
  const isOpen = [text, base].some((each) => each?.includes("$"));
  if (isOpen && !reading.isUntrusted) return;
  if (isOpen) {
    reading.problems.push(unknownPath(what, text, at));
    return;
  }
  const path = fromFolder(text, folder, reading.home);
  if (!(await check(path, { what, at }, reading)) || reads === undefined) return;
  const inner =
    reads === "extended" || base === undefined ? posix.dirname(path) : fromFolder(base, folder, reading.home);
  if (reads === "included") {
    await check(posix.join(inner, ".env"), { what: "the file of variables of an included file", at }, reading);
  }
  await readCompose(path, inner, reading);
}

function fromFolder(text: string, folder: string, home: string | undefined): string {
  if (text === "~" || text.startsWith("~/")) return posix.join(home ?? "/", text.slice(1));
  return posix.isAbsolute(text) ? posix.normalize(text) : posix.join(folder, text);
}

interface ComposePath {
  readonly what: string;
  readonly text: string;
  readonly at: SourceLocation;
  /** It is a compose file, too. */
  readonly reads?: "included" | "extended";
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
  const as = (what: string, found: readonly Scalar[]): readonly ComposePath[] =>
    found.map((each) => ({ what, ...each }));
  switch (key) {
    case "include":
      return itemsOf(value).flatMap((item) => includedIn(item));
    case "extends":
      return under(value, "file").map((each) => ({ what: "the extended file", ...each, reads: "extended" as const }));
    case "env_file":
      return as(
        "the env_file",
        itemsOf(value).flatMap((item) => [...scalars(item), ...under(item, "path")]),
      );
    case "label_file":
      return as("the label_file", itemsOf(value).flatMap(scalars));
    case "file":
    case "context":
    case "project_directory":
      return as(`the ${key} of a compose file`, scalars(value)).filter(({ text }) => !isAddress(text));
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
