/** Pins in the nodes of parsed YAML. */
import type { Node, Scalar, YAMLMap } from "yaml";
import type { ImageNames } from "./image-names.ts";
import type { FilePins, ReadPin } from "./read-pin.ts";
import { textPins } from "./text-pins.ts";
import {
  type Field,
  type Fields,
  isKey,
  type Key,
  type SplitName,
  splitName,
  splitPins,
  versionsOfOthers,
} from "./yaml-split-names.ts";

/** @param offset of the text in its file. @returns `undefined` for what is no YAML. */
export async function yamlNodePins(text: string, offset: number, names: ImageNames): Promise<FilePins | undefined> {
  // Loaded here because most runs follow no pins.
  const yaml = await import("yaml");
  const documents = yaml.parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  if (!Array.isArray(documents)) return { pins: [], named: [] };
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  const found = documents.map(({ contents }) => {
    const reading: Reading = {
      yaml,
      text,
      offset,
      names,
      anchors: new Map(),
      fields: new Map(),
      aliased: new Map(),
      foreign: new Set(),
      split: [],
      full: [],
    };
    visit(contents, reading);
    return reading;
  });
  return {
    pins: found.flatMap((reading) => [...reading.full, ...splitPins(reading.split, reading)]),
    named: found.flatMap(({ split }) => split.map(({ repository }) => repository)),
  };
}

interface Reading {
  readonly yaml: Pick<typeof import("yaml"), "isAlias" | "isMap" | "isScalar" | "isSeq">;
  readonly text: string;
  readonly offset: number;
  readonly names: ImageNames;
  /** What an alias means here: the anchor that stands last above it. */
  readonly anchors: Map<string, unknown>;
  /** Of each map that is read, with those that it merges (`<<`). */
  readonly fields: Map<unknown, Fields>;
  /** How many aliases stand for a scalar. */
  readonly aliased: Map<Scalar, number>;
  /** Versions of images that are none of ours. */
  readonly foreign: Set<Scalar>;
  readonly split: SplitName[];
  readonly full: ReadPin[];
}

function visit(node: unknown, reading: Reading): void {
  const { yaml, anchors } = reading;
  if (hasAnchor(node)) anchors.set(node.anchor, node);
  if (yaml.isScalar(node)) {
    const [start, end] = node.range ?? [0, 0];
    const source = reading.text.slice(start, end);
    if (!reading.names.mayBeInText(source)) return;
    const at = reading.offset + start;
    // A script may have comments, and so may the header of a block.
    const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    const pins = isBlock ? textPins(source, reading.names, at) : reading.names.pinsIn(source, at);
    for (const pin of pins) reading.full.push(pin);
  } else if (yaml.isSeq(node)) {
    for (const item of node.items) visit(item, reading);
  } else if (yaml.isMap(node)) {
    visitMap(node, reading);
  } else if (yaml.isAlias(node)) {
    const target = anchors.get(node.source);
    if (yaml.isScalar(target)) reading.aliased.set(target, (reading.aliased.get(target) ?? 0) + 1);
  }
}

function visitMap(map: YAMLMap, reading: Reading): void {
  const own = new Map<Key, Field>();
  const merged = new Map<Key, Field>();
  for (const { key, value } of map.items) {
    if (hasAnchor(key)) reading.anchors.set(key.anchor, key);
    visit(value, reading);
    const name = reading.yaml.isScalar(key) ? key.value : undefined;
    if (name === "<<")
      for (const [each, field] of mergedFields(value, reading)) if (!merged.has(each)) merged.set(each, field);
    const field = isKey(name) ? fieldOf(value, reading) : undefined;
    if (isKey(name) && field !== undefined) own.set(name, field);
  }
  const fields = new Map([...merged, ...own]);
  if (fields.size === 0) return;
  reading.fields.set(map, fields);
  const split = splitName(fields, reading.names);
  if (split !== undefined) reading.split.push(split);
  else for (const { node } of versionsOfOthers(fields)) reading.foreign.add(node);
}

/** What `<<: *a` and `<<: [*a, *b]` bring, what comes first winning. */
function mergedFields(value: unknown, reading: Reading): readonly (readonly [Key, Field])[] {
  const { yaml, anchors, fields } = reading;
  if (yaml.isSeq(value)) return value.items.flatMap((item) => (yaml.isSeq(item) ? [] : mergedFields(item, reading)));
  return [...(fields.get(yaml.isAlias(value) ? anchors.get(value.source) : value) ?? [])];
}

function fieldOf(value: unknown, { yaml, anchors }: Reading): Field | undefined {
  const isAlias = yaml.isAlias(value);
  const node = isAlias ? anchors.get(value.source) : value;
  return yaml.isScalar(node) ? { node, isAlias } : undefined;
}

function hasAnchor(node: unknown): node is Node & { readonly anchor: string } {
  return typeof node === "object" && node !== null && "anchor" in node && typeof node.anchor === "string";
}
