/** YAML as a tree in which every value knows where it stands. */
import type { Alias, Document, LineCounter, Node, Pair, Scalar, YAMLError, YAMLMap, YAMLSeq } from "yaml";
import { type SourceLocation, UserError } from "../../errors.ts";
import { pause } from "../pause.ts";
import { slicesOf } from "./yaml-slices.ts";

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
  /** Of a text that is below its key as it is (`|`), so that its lines are those of the file: the column of each that isn't empty. */
  readonly columns?: readonly number[];
  readonly at: SourceLocation;
}

/** Parses one YAML document. `tree` is `undefined` for an empty one, and where there are problems. */
export async function parseTree(
  text: string,
  file: string,
): Promise<{ readonly tree: Tree | undefined; readonly problems: readonly UserError[] }> {
  if (text.length > largest) {
    const hint = "take out what is not needed, or say what is common to many images once, under defaults";
    const what = `${file} has more than ${largest.toLocaleString("en-US")} characters`;
    return { tree: undefined, problems: [new UserError(what, { hint, at: { file } })] };
  }
  // Loaded here because most repositories have no such file.
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  try {
    const slices: TreeSlice[] = [];
    for await (const { document, goesOn } of slicesOf(text, file, lines, yaml)) {
      const [error] = document.errors;
      if (error !== undefined)
        return {
          tree: undefined,
          problems: [parsingProblem(error, file, lines, placeOfError(error, document, text, yaml))],
        };
      if (document.contents === null) continue;
      const reading = { yaml, document, lines, text, file, known: new Map() };
      slices.push({ tree: treeOf(document.contents, reading), goesOn });
    }
    const tree = joined(slices);
    if (tree !== undefined) await refuseTwice(tree);
    return { tree, problems: [] };
  } catch (problem) {
    if (problem instanceof RangeError) {
      const hint = "write it flatter: a config file needs a handful of levels";
      const deep = new UserError(`${file} is nested too deeply`, { hint, at: { file }, cause: problem });
      return { tree: undefined, problems: [deep] };
    }
    if (!(problem instanceof UserError)) throw problem;
    return { tree: undefined, problems: [problem] };
  }
}

/** In characters: 20,000 images take half of it. */
const largest = 2 * 1024 * 1024;

function parsingProblem(error: YAMLError, file: string, lines: LineCounter, offset: number): UserError {
  const { line, col } = lines.linePos(offset);
  const first = (error.message.split("\n", 1)[0] ?? "").replace(/ at line \d+, column \d+:$/, "");
  if (error.code === "MULTIPLE_DOCS") {
    const second = new UserError(`${file} has a second document`, {
      hint: "take the line `---` out, and write all of it as one document",
      at: { file, line, column: col },
    });
    return second;
  }
  const what = first.includes("call stack") ? "it is nested too deeply" : first;
  const at = line === 0 ? { file } : { file, line, column: col };
  return notYaml(what, at);
}

/** What isn't closed is found behind the end of the text, where no line is: the place to look at is where it begins. */
function placeOfError(
  { pos: [found] }: YAMLError,
  document: Document,
  text: string,
  { visit, isScalar, isCollection }: typeof import("yaml"),
): number {
  const end = text.trimEnd().length;
  if (!text.slice(end, found).includes("\n")) return found;
  let open: number | undefined;
  visit(document, {
    Node(_, node) {
      const [start, , last = 0] = (isNode(node) ? node.range : undefined) ?? [];
      const hasEnd = (isCollection(node) && node.flow === true) || (isScalar(node) && /^QUOTE/.test(node.type ?? ""));
      const goesOn = start !== undefined && start <= found && last >= Math.min(found, end);
      if (hasEnd && goesOn) open = Math.max(open ?? 0, start);
    },
  });
  return open ?? Math.min(found, Math.max(end - 1, 0));
}

function notYaml(what: string, at: SourceLocation): UserError {
  return new UserError(`${at.file} isn't valid YAML: ${what}`, { hint: "correct that line", at });
}

/** A key that is twice in a map. The parser's own check compares each with each. */
async function refuseTwice(top: Tree): Promise<void> {
  const seen = new Set<Tree>();
  const open: Tree[] = [top];
  for (let tree = open.pop(); tree !== undefined; tree = open.pop()) {
    await pause();
    if (tree.kind === "scalar" || seen.has(tree)) continue;
    // Aliases lead to one tree from many places.
    seen.add(tree);
    const keys = new Set<string>();
    for (const { key, at } of tree.kind === "map" ? tree.entries : []) {
      if (keys.has(key)) {
        throw notYaml("Map keys must be unique", at);
      }
      keys.add(key);
    }
    for (const each of tree.kind === "map" ? tree.entries.map(({ value }) => value) : tree.items) open.push(each);
  }
}

interface TreeSlice {
  readonly tree: Tree;
  readonly goesOn: boolean;
}

/** One tree of the slices of a document. */
function joined(slices: readonly TreeSlice[]): Tree | undefined {
  const [first] = slices;
  if (first === undefined || first.tree.kind !== "map" || slices.length === 1) return first?.tree;
  const entries: { readonly entry: TreeEntry; readonly below: (readonly TreeEntry[])[] }[] = [];
  for (const { tree, goesOn } of slices) {
    const [entry] = tree.kind === "map" ? tree.entries : [];
    if (entry === undefined) continue;
    const below = entry.value.kind === "map" ? entry.value.entries : [];
    if (goesOn) entries.at(-1)?.below.push(below);
    else entries.push({ entry, below: [below] });
  }
  const all = entries.map(({ entry, below }) =>
    entry.value.kind === "map" ? { ...entry, value: { ...entry.value, entries: below.flat() } } : entry,
  );
  return { kind: "map", at: first.tree.at, entries: all };
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
  /** Of the whole file. */
  readonly text: string;
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
  if (node === undefined && yaml.isAlias(given)) {
    const hint = `write the value out, or put &${given.source} before the one that is meant, above`;
    throw new UserError(`nothing is called *${given.source}`, { hint, at });
  }
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
  return { kind: "scalar", at, value: known, text, ...(isBlock ? { columns: columnsBelow(at, text, reading) } : {}) };
}

/** Where each line of a block begins, blanks aside. */
function columnsBelow({ line = 0 }: SourceLocation, text: string, { lines, text: whole }: Reading): readonly number[] {
  return text.split("\n").map((_, index) => {
    const start = lines.lineStarts[line + index] ?? whole.length;
    const blanks = /^[ \t]*/.exec(whole.slice(start, start + mostIndent))?.[0] ?? "";
    return blanks.length + 1;
  });
}

/** A place needs no column where a line is indented further than that. */
const mostIndent = 1_000;

function entryOf(pair: Pair, map: SourceLocation, reading: Reading): TreeEntry {
  const { yaml } = reading;
  const at = placeOf(pair.key, reading);
  if (!yaml.isScalar(pair.key)) {
    const isExpression = yaml.isMap(pair.key);
    const hint = isExpression ? 'write key: value, and {{…}} in quotes: "{{matrix.version}}"' : "write key: value";
    throw new UserError("a key isn't a plain word", { hint, at });
  }
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
