/** The text of a file of build arguments: lines of `NAME=value`, flat JSON or flat YAML. */
import { posix } from "node:path";
import { UserError } from "../errors.ts";
import { parseTree, type Tree } from "../lib/yaml/yaml-tree.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import { type ReadAssignments, readAssignments } from "./assignments.ts";

/** In bytes: each value fits into an argument of a process. */
const largest = 100_000;

/** What the file gives, and every problem with its place. */
export async function readArgumentFile(bytes: Uint8Array, file: RepositoryPath): Promise<ReadAssignments> {
  if (bytes.length > largest) {
    return failed(file, `has more than ${largest.toLocaleString("en-US")} bytes, which is too large`);
  }
  const text = textOf(bytes);
  if (text === undefined || text.includes("\0")) return failed(file, "is not a text in UTF-8");
  switch (formatOf(text, file)) {
    case "json":
      return isJson(text) ? readFlat(text.replaceAll("\t", " "), file) : failed(file, "is not valid JSON");
    case "yaml":
      return readFlat(text, file);
    case "lines":
      return readAssignments(text, file);
  }
}

function failed(file: RepositoryPath, what: string): ReadAssignments {
  const hint = "give build arguments as lines of NAME=value, or as JSON or YAML with names and values";
  return { values: new Map(), problems: [new UserError(`${file} ${what}`, { hint, at: { file } })] };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** By the file's name; where that says nothing, by its first line that is not a comment. */
function formatOf(text: string, file: RepositoryPath): "json" | "yaml" | "lines" {
  const ending = posix.extname(file).toLowerCase();
  if (ending === ".json") return "json";
  if (ending === ".yaml" || ending === ".yml") return "yaml";
  const first = text.split("\n").find((line) => !/^\s*(?:#|$)/.test(line)) ?? "";
  if (first.trimStart().startsWith("{")) return "json";
  return /^(?:---\s*$|["']?[\w.-]+["']?:(?:\s|$))/.test(first) ? "yaml" : "lines";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON is YAML, but for tabs, and so has places. */
async function readFlat(text: string, file: RepositoryPath): Promise<ReadAssignments> {
  const { tree, problems } = await parseTree(text, file);
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return { values: new Map(), problems };
  if (tree.kind !== "map") return { values: new Map(), problems: [notFlat(tree, `${file} isn't a map`)] };
  const values = new Map<string, string>();
  const wrong: UserError[] = [];
  for (const { key, value } of tree.entries) {
    if (value.kind === "scalar") values.set(key, value.value === null ? "" : value.text);
    else wrong.push(notFlat(value, `the value of "${key}" is a ${value.kind}`));
  }
  return { values, problems: wrong };
}

function notFlat({ at }: Tree, message: string): UserError {
  return new UserError(`${message}, and build arguments are texts`, {
    hint: "write NAME: value for each argument",
    at,
  });
}
