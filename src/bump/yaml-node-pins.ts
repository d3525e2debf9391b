/** Pins in the nodes of parsed YAML. */
import type { Node, Pair, Scalar, YAMLMap } from "yaml";
import { isDigest } from "../oci/digest.ts";
import { type Repository, tryReference } from "../oci/reference.ts";
import type { ImageNames } from "./image-names.ts";
import type { ReadPin, Span } from "./read-pin.ts";
import { textPins } from "./text-pins.ts";
import type { YamlPins } from "./yaml-pins.ts";

/** @param offset of the text in its file. @returns `undefined` for what is no YAML. */
export async function yamlNodePins(text: string, offset: number, names: ImageNames): Promise<YamlPins | undefined> {
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
      split: [],
      full: [],
    };
    visit(contents, reading);
    return reading;
  });
  return {
    pins: found.flatMap((reading) => [...reading.full, ...splitPins(reading)]),
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
  readonly split: SplitName[];
  readonly full: ReadPin[];
}

/** What a map says of an image in parts. */
interface SplitName {
  readonly repository: Repository;
  readonly name: string;
  readonly tag: Field | undefined;
  readonly digest: Field | undefined;
}

const keys = ["registry", "repository", "image", "name", "newName", "tag", "imageTag", "newTag", "digest"] as const;
type Key = (typeof keys)[number];
type Fields = ReadonlyMap<Key, Field>;

interface Field {
  readonly node: Scalar;
  readonly isAlias: boolean;
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
    reading.full.push(...pins);
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
  for (const { key, value } of map.items as readonly Pair[]) {
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

/** Helm's `{registry, repository, tag, digest}` and Kustomize's `{name, newName, newTag, digest}`. */
function splitName(fields: Fields, names: ImageNames): SplitName | undefined {
  const text = (key: Key): string => String(fields.get(key)?.node.value ?? "");
  const isKustomize = fields.has("newTag") || fields.has("newName");
  const registry = text("registry").replace(/\/$/, "");
  const main = isKustomize ? text("newName") || text("name") : text("repository") || text("image") || text("name");
  const full = registry !== "" && !isKustomize ? `${registry}/${main}` : main;
  const [name, repository] =
    [full, `${full}/${text("name")}`]
      .map((each) => [each, tryReference(each)] as const)
      .flatMap(([each, reference]) =>
        reference !== undefined && reference.tag === undefined && names.has(reference.repository)
          ? [[each, reference.repository] as const]
          : [],
      )[0] ?? [];
  if (name === undefined || repository === undefined) return undefined;
  const tag = isKustomize ? fields.get("newTag") : (fields.get("tag") ?? fields.get("imageTag"));
  return { repository, name, tag, digest: fields.get("digest") };
}

/** Two maps that share a value by an anchor are one pin if they mean one image. */
function splitPins(reading: Reading): readonly ReadPin[] {
  const users = new Map<Scalar, { readonly repositories: Set<Repository>; readonly aliases: Set<Field> }>();
  for (const { repository, tag, digest } of reading.split) {
    for (const field of [tag, digest]) {
      if (field === undefined) continue;
      const user = users.get(field.node) ?? { repositories: new Set(), aliases: new Set() };
      users.set(field.node, user);
      user.repositories.add(repository);
      if (field.isAlias) user.aliases.add(field);
    }
  }
  const doubtOf = (field: Field | undefined): string | undefined => {
    const user = field && users.get(field.node);
    if (field === undefined || user === undefined) return undefined;
    if (user.repositories.size > 1) return "its anchor stands for the versions of different images: write them out";
    const others = (reading.aliased.get(field.node) ?? 0) - user.aliases.size;
    return others > 0 ? "its anchor is used for something else too: write the version out" : undefined;
  };
  const pins = reading.split.flatMap((split) => {
    const doubt = doubtOf(split.tag) ?? doubtOf(split.digest);
    return splitPin(split, doubt, reading) ?? [];
  });
  return [...new Map(pins.map((pin) => [`${pin.start} ${pin.repository}`, pin])).values()];
}

const tagWithDigest = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/;

/** `undefined` where no version is named: an empty tag stands for the chart's version. */
function splitPin(
  { repository, name, tag, digest }: SplitName,
  doubt: string | undefined,
  reading: Reading,
): ReadPin | undefined {
  const tagText = textOf(tag);
  const digestText = textOf(digest);
  const [, own, attached] = tagWithDigest.exec(tagText) ?? [];
  if ((tagText !== "" && own === undefined) || (digestText !== "" && !isDigest(digestText))) return undefined;
  const places = {
    tag: spanOf(tag, own, reading),
    digest: spanOf(digestText === "" ? tag : digest, attached ?? digestText, reading),
  };
  const start = places.tag?.start ?? places.digest?.start;
  if (start === undefined) return undefined;
  const known = digestText === "" ? attached : digestText;
  return {
    repository,
    text: `${name}${own === undefined ? "" : `:${own}`}${known === undefined ? "" : `@${known}`}`,
    start,
    tag: own,
    digest: known,
    values:
      doubt === undefined
        ? { ...(places.tag && { tag: places.tag }), ...(places.digest && { digest: places.digest }) }
        : { doubt },
  };
}

/** As written, so that a version 1.10 stays one. */
function textOf(field: Field | undefined): string {
  const { type, source, value } = field?.node ?? {};
  if (value === null || value === undefined) return "";
  return type === "PLAIN" ? (source ?? "") : String(value).trim();
}

/** Where a text stands in a scalar, within its quotes. */
function spanOf(field: Field | undefined, text: string | undefined, reading: Reading): Span | undefined {
  if (field === undefined || !text) return undefined;
  const [from, to] = field.node.range ?? [0, 0];
  const source = reading.text.slice(from, to);
  const index = source.lastIndexOf(text);
  if (index < 0) return undefined;
  const start = reading.offset + from + index;
  return { start, end: start + text.length, ...(source === text ? { isPlain: true } : {}) };
}

function hasAnchor(node: unknown): node is Node & { readonly anchor: string } {
  return typeof node === "object" && node !== null && "anchor" in node && typeof node.anchor === "string";
}

function isKey(name: unknown): name is Key {
  return keys.some((key) => key === name);
}
