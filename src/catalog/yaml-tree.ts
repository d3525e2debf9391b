/** YAML as a tree in which every value knows where it stands. */
import type { Alias, Document, LineCounter, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { type SourceLocation, UserError } from "../errors.ts";

export type Tree = TreeMap | TreeList | TreeScalar;

export interface TreeMap {
  readonly kind: "map";
  readonly entries: readonly TreeEntry[];
  readonly at: SourceLocation;
}

export interface TreeEntry {
  readonly key: string;
  readonly at: SourceLocation;
  readonly value: Tree;
}

export interface TreeList {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly at: SourceLocation;
}

export interface TreeScalar {
  readonly kind: "scalar";
  /** As written, so that a version 1.10 stays one. */
  readonly text: string;
  readonly value: string | number | boolean | null;
  /** It stands below its key as it is (`|`), so that its lines are those of the file. */
  readonly isBlock?: true;
  readonly at: SourceLocation;
}

/** Parses one YAML document. `tree` is `undefined` for an empty one, and where there are problems. */
export async function parseTree(
  text: string,
  file: string,
): Promise<{ readonly tree: Tree | undefined; readonly problems: readonly UserError[] }> {
  // Loaded here because most repositories have no such file.
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const [start] = error.linePos ?? [];
    const at = start === undefined ? { file } : { file, line: start.line, column: start.col };
    const what = (error.message.split("\n", 1)[0] ?? "").replace(/ at line \d+, column \d+:$/, "");
    return {
      tree: undefined,
      problems: [new UserError(`${file} is no YAML: ${what}`, { hint: "mend that line", at })],
    };
  }
  if (document.contents === null) return { tree: undefined, problems: [] };
  try {
    return { tree: treeOf(document.contents, { yaml, document, lines, file, known: new Map() }), problems: [] };
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    return { tree: undefined, problems: [problem] };
  }
}

interface Reading {
  readonly yaml: {
    isAlias(node: unknown): node is Alias;
    isMap(node: unknown): node is YAMLMap;
    isSeq(node: unknown): node is YAMLSeq;
    isScalar(node: unknown): node is Scalar;
  };
  readonly document: Document;
  readonly lines: LineCounter;
  readonly file: string;
  /** An anchor that many aliases name is read once; `undefined` while it is read. */
  readonly known: Map<unknown, Tree | undefined>;
}

function treeOf(given: unknown, reading: Reading): Tree {
  const { yaml, known } = reading;
  const node = yaml.isAlias(given) ? given.resolve(reading.document) : given;
  const before = known.get(node);
  if (before !== undefined) return before;
  const at = placeOf(given, reading);
  if (known.has(node)) {
    throw new UserError("an alias stands inside what it names", { hint: "write the value out", at });
  }
  known.set(node, undefined);
  const tree = read(node, at, reading);
  known.set(node, tree);
  return tree;
}

function read(node: unknown, at: SourceLocation, reading: Reading): Tree {
  const { yaml } = reading;
  if (yaml.isMap(node)) return { kind: "map", at, entries: node.items.map((pair) => entryOf(pair, at, reading)) };
  if (yaml.isSeq(node)) return { kind: "list", at, items: node.items.map((item) => treeOf(item, reading)) };
  const value = yaml.isScalar(node) ? node.value : null;
  const isPlain = yaml.isScalar(node) && node.type === "PLAIN" && node.source !== undefined;
  const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
  const text = isPlain ? (node.source ?? "") : String(known ?? "");
  const isBlock = yaml.isScalar(node) && node.type === "BLOCK_LITERAL";
  return { kind: "scalar", at, value: known, text, ...(isBlock ? { isBlock } : {}) };
}

function entryOf(pair: Pair, map: SourceLocation, reading: Reading): TreeEntry {
  const { yaml } = reading;
  const at = placeOf(pair.key, reading);
  if (!yaml.isScalar(pair.key)) throw new UserError("a key is no plain word", { hint: "write key: value", at });
  const key = String(pair.key.value ?? "");
  // `name:` alone has no value.
  const value =
    pair.value === null ? { kind: "scalar" as const, value: null, text: "", at } : treeOf(pair.value, reading);
  return { key, at: at.line === undefined ? map : at, value };
}

function placeOf(node: unknown, { lines, file }: Reading): SourceLocation {
  const offset = isNode(node) ? node.range?.[0] : undefined;
  if (offset === undefined) return { file };
  const { line, col } = lines.linePos(offset);
  return { file, line, column: col };
}

function isNode(node: unknown): node is Node {
  return typeof node === "object" && node !== null && "range" in node;
}
