/** The values that a config file may hold, each checked; `undefined` where nothing, or nothing usable, is said. */
import { type SourceLocation, UserError } from "../errors.ts";
import { type Platform, platform } from "../oci/platform.ts";
import type { RepositoryPath } from "./catalog.ts";
import { repositoryPath } from "./repository-path.ts";
import type { Tree, TreeScalar } from "./yaml-tree.ts";

export function word(tree: Tree | undefined, key: string, problems: UserError[]): string | undefined {
  const text = scalar(tree, key, "a word", problems)?.text.trim();
  return text === "" ? undefined : text;
}

/** A path inside the repository, relative to its root. */
export function path(tree: Tree | undefined, key: string, problems: UserError[]): RepositoryPath | undefined {
  const found = scalar(tree, key, "a path", problems);
  if (found === undefined) return undefined;
  return attempt(problems, key, found.at, () => repositoryPath(found.text));
}

export function yesOrNo(tree: Tree | undefined, key: string, problems: UserError[]): boolean | undefined {
  if (tree === undefined) return undefined;
  if (tree.kind === "scalar" && typeof tree.value === "boolean") return tree.value;
  problems.push(new UserError(`"${key}" is neither true nor false`, { hint: "write true or false", at: tree.at }));
  return undefined;
}

/** A list, or words with commas or line ends between them. */
export function platforms(tree: Tree | undefined, problems: UserError[]): readonly Platform[] | undefined {
  if (tree === undefined) return undefined;
  const items = tree.kind === "list" ? tree.items : [tree];
  const texts = items.flatMap((item) => {
    const found = scalar(item, "platforms", "a list of platforms such as [linux/amd64, linux/arm64]", problems);
    return (found?.text.split(/[,\n]/) ?? []).map((text) => ({ text: text.trim(), at: item.at }));
  });
  const found = texts.filter(({ text }) => text !== "");
  return [...new Set(found.flatMap(({ text, at }) => attempt(problems, "platforms", at, () => platform(text)) ?? []))];
}

/** A map, or a list of `NAME=value`. */
export function buildArgs(tree: Tree | undefined, problems: UserError[]): Readonly<Record<string, string>> {
  const form = "a map of names and values";
  if (tree?.kind === "map") {
    const pairs = tree.entries.map(
      ({ key, value }) => [key, scalar(value, key, "a text", problems)?.text ?? ""] as const,
    );
    return Object.fromEntries(pairs);
  }
  const items = tree === undefined ? [] : tree.kind === "list" ? tree.items : [tree];
  const pairs = items.flatMap((item) => {
    const text = scalar(item, "build-args", form, problems)?.text ?? "";
    const equals = text.indexOf("=");
    if (equals > 0) return [[text.slice(0, equals), text.slice(equals + 1)] as const];
    if (item.kind === "scalar") {
      problems.push(new UserError(`"${text}" is no build argument`, { hint: "write NAME: value", at: item.at }));
    }
    return [];
  });
  return Object.fromEntries(pairs);
}

function scalar(tree: Tree | undefined, key: string, expected: string, problems: UserError[]): TreeScalar | undefined {
  if (tree === undefined || tree.kind === "scalar") return tree?.value === null ? undefined : tree;
  const what = tree.kind === "list" ? "a list" : "a map";
  problems.push(
    new UserError(`"${key}" is ${what}, where ${expected} is expected`, { hint: `write ${expected}`, at: tree.at }),
  );
  return undefined;
}

function attempt<T>(problems: UserError[], key: string, at: SourceLocation, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(new UserError(`"${key}": ${error.message}`, { hint: error.hint, at, cause: error.cause }));
    return undefined;
  }
}
