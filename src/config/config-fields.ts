/** Reads the values of a config file, each in its form; nothing where nothing, or nothing usable, is said. */
import { type SourceLocation, UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";
import type { Tree, TreeEntry, TreeScalar } from "../lib/yaml/yaml-tree.ts";
import type { Placed } from "../model/placed.ts";
import { wantedPlatform } from "../model/platform.ts";
import { repositoryPath } from "../model/repository-path.ts";
import type { Form, Forms, Setting, SettingLine } from "./config-schema.ts";

/** How a setting is read: `add` takes each problem. */
interface Reading {
  readonly key: string;
  readonly add: (problem: UserError) => void;
}

type Readers = { readonly [F in Form]: (tree: Tree, reading: Reading) => Forms[F] | undefined };

const readers: Readers = {
  text: (tree, reading) => scalar(tree, "a text", reading)?.text.trim(),
  "placed-text"(tree, reading) {
    const found = scalar(tree, "a text", reading);
    return found && { value: found.text.trim(), at: found.at };
  },
  "text-or-flag"(tree, reading) {
    const found = scalar(tree, "a text, true or false", reading);
    return found && { text: found.text.trim(), input: reading.key, line: 1, at: found.at };
  },
  line(tree, reading) {
    const found = scalar(tree, "a text", reading);
    return found && { text: found.text.trim(), input: reading.key, line: 1, at: found.at };
  },
  flag: readFlag,
  path(tree, reading) {
    const found = scalar(tree, "a path", reading);
    return found === undefined ? undefined : attempt(reading, found.at, () => repositoryPath(found.text));
  },
  platforms(tree, reading) {
    const expected = "a list of platforms such as [linux/amd64, linux/arm64]";
    const words = readLines(tree, reading, expected).flatMap(({ text: line, at }) =>
      line.split(",").map((text) => ({ text: text.trim(), at })),
    );
    const given = words.filter(({ text }) => text !== "");
    return [...new Set(given.flatMap(({ text, at }) => attempt(reading, at, () => wantedPlatform(text)) ?? []))];
  },
  names: (tree, reading) => texts(tree, "a list of names", reading).filter(({ value }) => value !== ""),
  pairs: readPairs,
  lines: (tree, reading) => readLines(tree, reading),
  "lines-or-map": (tree, reading) => (tree.kind === "map" ? mapLines(tree.entries, reading) : readLines(tree, reading)),
  cache: (tree, reading) => readWord(tree, ["gha", "registry", "none"], reading),
  gate: (tree, reading) => readWord(tree, ["no-worse", "strict"], reading),
  network: (tree, reading) => readWord(tree, ["default", "none", "host"], reading),
  merge: (tree, reading) => readWord(plainFlag(tree), ["merge", "squash", "rebase", "true", "false"], reading),
  words(tree, reading) {
    const lines = readLines(tree, reading, "a list of words");
    const words = lines.flatMap((line) => line.text.split(",").map((text) => ({ ...line, text: text.trim() })));
    return words.filter(({ text }) => text !== "");
  },
  matrix: () => undefined,
  paths: (tree, reading) =>
    readLines(tree, reading, "a list of paths").flatMap(({ text, at }) => {
      const path = attempt(reading, at, () => repositoryPath(text));
      return path === undefined ? [] : [{ value: path, at }];
    }),
};

/** Reads the settings that a map has; keys that are none are the caller's business. */
export function readEntrySettings<T extends Readonly<Record<string, Setting>>>(
  entries: readonly TreeEntry[],
  settings: T,
  problems: UserError[],
): { readonly [K in keyof T]?: Forms[T[K]["form"]] } {
  const found = entries.flatMap(({ key, value }): readonly (readonly [string, unknown])[] => {
    const form = Object.hasOwn(settings, key) ? settings[key]?.form : undefined;
    if (form === undefined || (value.kind === "scalar" && value.value === null)) return [];
    const read = readers[form](value, { key, add: (problem) => problems.push(problem) });
    return read === undefined ? [] : [[key, read]];
  });
  // The table says which form each key has, and `readers` what each form gives: a parsing edge.
  return Object.fromEntries(found) as { readonly [K in keyof T]?: Forms[T[K]["form"]] };
}

function readFlag(tree: Tree, { key, add }: Reading): boolean | undefined {
  if (tree.kind === "scalar" && typeof tree.value === "boolean") return tree.value;
  add(new UserError(`"${key}" is neither true nor false`, { hint: "write true or false", at: tree.at }));
  return undefined;
}

function readWord<Word extends string>(tree: Tree, words: readonly Word[], reading: Reading): Word | undefined {
  const known = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  const found = scalar(tree, known, reading);
  if (found === undefined) return undefined;
  const word = words.find((each) => each === found.text);
  if (word === undefined) {
    const hint = `write ${known}${didYouMeanText(found.text, words)}`;
    reading.add(new UserError(`"${reading.key}" can't be "${found.text}"`, { hint, at: found.at }));
  }
  return word;
}

/** True is true, however it is written. */
function plainFlag(tree: Tree): Tree {
  return tree.kind === "scalar" && typeof tree.value === "boolean" ? { ...tree, text: String(tree.value) } : tree;
}

function readPairs(tree: Tree, reading: Reading): Forms["pairs"] {
  if (tree.kind === "map") {
    const pairs = tree.entries.map(({ key, at, value }) => {
      const text = scalar(value, "a text", { ...reading, key })?.text ?? "";
      return [key, { value: text, at }] as const;
    });
    return Object.fromEntries(pairs);
  }
  const pairs = readLines(tree, reading, "a map of names and values").flatMap(({ text, at }) => {
    const equals = text.indexOf("=");
    if (equals > 0) return [[text.slice(0, equals).trim(), { value: text.slice(equals + 1), at }] as const];
    const problem = new UserError(`"${text}" in "${reading.key}" has no value`, {
      hint: "write NAME: value, or NAME=value in a list",
      at,
    });
    reading.add(problem);
    return [];
  });
  return Object.fromEntries(pairs);
}

function mapLines(entries: readonly TreeEntry[], reading: Reading): readonly SettingLine[] {
  return entries.map(({ key, at, value }, index) => ({
    text: `${key}=${scalar(value, "a text", { ...reading, key })?.text ?? ""}`,
    input: reading.key,
    line: index + 1,
    at,
  }));
}

/** Lines that are neither empty nor a comment, as in an input. */
function readLines(tree: Tree, reading: Reading, expected = "lines, or a list of them"): readonly SettingLine[] {
  const items = tree.kind === "list" ? tree.items : [tree];
  const lines = items.flatMap((item) => {
    const found = scalar(item, expected, reading);
    return (found?.text.split(/\r?\n/) ?? []).map((text, index) => ({
      text: text.trim(),
      at: found?.columns === undefined ? item.at : placeInBlock(item.at, found.columns, index),
    }));
  });
  return lines
    .map(({ text, at }, index) => ({ text, input: reading.key, line: index + 1, at }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}

function placeInBlock({ file, line = 0 }: SourceLocation, columns: readonly number[], index: number): SourceLocation {
  const column = columns[index];
  return { file, line: line + 1 + index, ...(column === undefined ? {} : { column }) };
}

function texts(tree: Tree, expected: string, reading: Reading): readonly Placed<string>[] {
  const items = tree.kind === "list" ? tree.items : [tree];
  return items.flatMap((item) => {
    const found = scalar(item, expected, reading);
    return found === undefined ? [] : [{ value: found.text.trim(), at: found.at }];
  });
}

function scalar(tree: Tree, expected: string, { key, add }: Reading): TreeScalar | undefined {
  if (tree.kind === "scalar") return tree.value === null ? undefined : tree;
  const what = tree.kind === "list" ? "a list" : "a map";
  const details = { hint: `write ${expected}`, at: tree.at };
  add(new UserError(`"${key}" is ${what}, where ${expected} is expected`, details));
  return undefined;
}

function attempt<T>({ key, add }: Reading, at: SourceLocation, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    add(new UserError(`"${key}": ${error.message}`, { hint: error.hint, at, cause: error.cause }));
    return undefined;
  }
}
