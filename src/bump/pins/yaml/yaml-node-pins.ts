/** Pins in the nodes of parsed YAML. */
import type { Node, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { ImageNames } from "../names-in-files.ts";
import type { FilePins, ReadPin } from "../read-pin.ts";
import { pinAt, pinInSource } from "../text/derived-text.ts";
import { digestNear, namesNearVersions, textPins } from "../text/text-pins.ts";
import { embeddedText } from "./embedded-text.ts";
import { globalRegistriesIn } from "./global-registries.ts";
import { holdsDigests, loneDigest, stemOf, versionKeys } from "./key-role.ts";
import { looseVersions, type MapOfVersions } from "./loose-versions.ts";
import { pinsTogether } from "./pins-together.ts";
import { type Field, type ScalarFields, type SplitName, splitNames, versionsOfOthers } from "./yaml-split-names.ts";
import { splitPins } from "./yaml-split-pins.ts";

type Yaml = Pick<typeof import("yaml"), "isAlias" | "isMap" | "isScalar" | "isSeq" | "parseAllDocuments">;

export interface YamlOptions {
  /** It is a workflow's or an action's, where `repository` names a git repository. */
  readonly isWorkflow?: boolean;
}

/** @param offset of the text in its file. @returns `undefined` for a text that isn't YAML. */
export async function yamlNodePins(
  text: string,
  offset: number,
  names: ImageNames,
  { isWorkflow = false }: YamlOptions = {},
): Promise<FilePins | undefined> {
  // Loaded here because most runs follow no pins.
  const yaml = await import("yaml");
  return nodePins(text, { yaml, offset, names, isWorkflow, depth: 0 });
}

/** A text with YAML in it may be in another one; so deep. */
const deepest = 3;

interface Place extends Required<YamlOptions> {
  readonly yaml: Yaml;
  readonly offset: number;
  readonly names: ImageNames;
  readonly depth: number;
}

function nodePins(text: string, place: Place): FilePins | undefined {
  const { yaml } = place;
  const documents = yaml.parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  if (!Array.isArray(documents)) return { pins: [], named: [] };
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  // What is a text alone has no names apart from their versions.
  if (place.depth > 0 && documents.some(({ contents }) => !yaml.isMap(contents) && !yaml.isSeq(contents)))
    return undefined;
  const globalRegistries = globalRegistriesIn(text);
  const found = documents.map(({ contents }) => {
    const reading: Reading = {
      ...place,
      text,
      globalRegistries,
      anchors: new Map(),
      fields: new Map(),
      aliased: new Map(),
      foreign: new Set(),
      split: new Map(),
      whole: new Map(),
      full: [],
    };
    visit(contents, reading, place.isWorkflow);
    return reading;
  });
  return {
    pins: found.flatMap((reading) => [
      ...reading.full,
      ...reading.whole.values(),
      ...splitPins([...reading.split.values()].flat(), reading),
    ]),
    named: found.flatMap(({ split }) => [...split.values()].flat().map(({ repository }) => repository)),
  };
}

interface Reading extends Place {
  readonly text: string;
  readonly globalRegistries: readonly string[];
  /** What an alias means here: the anchor that stands last above it. */
  readonly anchors: Map<string, unknown>;
  /** Of each map that is read, with those that it merges (`<<`). */
  readonly fields: Map<unknown, ScalarFields>;
  /** How many aliases stand for a scalar. */
  readonly aliased: Map<Scalar, number>;
  /** Versions of images that are none of ours. */
  readonly foreign: Set<Scalar>;
  /** By their maps and lists. */
  readonly split: Map<object, readonly SplitName[]>;
  /** References that are a scalar as a whole: what is beside them may belong to them. */
  readonly whole: Map<Scalar, ReadPin>;
  readonly full: ReadPin[];
}

function visit(node: unknown, reading: Reading, isStep: boolean): void {
  const { yaml, anchors } = reading;
  if (hasAnchor(node)) anchors.set(node.anchor, node);
  if (yaml.isScalar(node)) {
    visitScalar(node, reading);
  } else if (yaml.isSeq(node)) {
    for (const item of node.items) visit(item, reading, isStep);
    const pairs = pairsIn(node.items, reading);
    if (pairs.size > 1)
      readImages(node, { fields: pairs, own: pairs, inner: [], hasDigestsBelow: false }, reading, isStep);
    readList(node, reading, isStep);
  } else if (yaml.isMap(node)) {
    visitMap(node, reading, isStep);
  } else if (yaml.isAlias(node)) {
    const target = anchors.get(node.source);
    if (yaml.isScalar(target)) reading.aliased.set(target, (reading.aliased.get(target) ?? 0) + 1);
  }
}

function visitScalar(node: Scalar, reading: Reading): void {
  const [start, end] = node.range ?? [0, 0];
  const source = reading.text.slice(start, end);
  if (!reading.names.mayBeInText(source)) return;
  const pins = scalarPins(node, source, reading).map((pin) => pinAt(pin, reading.offset + start));
  const [only, ...others] = pins;
  const isWhole = others.length === 0 && !/\s/.test(String(node.value).trim());
  if (only !== undefined && isWhole) reading.whole.set(node, only);
  else for (const pin of pins) reading.full.push(pin);
}

/** With places in the scalar's source. */
function scalarPins(node: Scalar, source: string, reading: Reading): readonly ReadPin[] {
  const { names, depth } = reading;
  const embedded = depth < deepest ? embeddedText(node, source) : undefined;
  if (embedded !== undefined && versionKeys.test(embedded.text)) {
    const inner = nodePins(embedded.text, { ...reading, offset: 0, depth: depth + 1 });
    if (inner !== undefined) return inner.pins.map((pin) => pinInSource(pin, embedded));
  }
  // A script may have comments, and so may the header of a block.
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const near = namesNearVersions(source, names);
  return [...(isBlock ? textPins(source, names) : names.pinsWithVariables(source, 0)), ...near];
}

function visitMap(map: YAMLMap, reading: Reading, isStep: boolean): void {
  const { yaml } = reading;
  const own = new Map<string, Field>();
  const merged = new Map<string, Field>();
  const inner: [string, YAMLMap][] = [];
  let hasDigestsBelow = false;
  for (const { key, value } of map.items) {
    if (hasAnchor(key)) reading.anchors.set(key.anchor, key);
    const name = yaml.isScalar(key) ? String(key.value) : undefined;
    visit(value, reading, isStep || (name !== undefined && gitKeys.test(name)));
    if (name === "<<")
      for (const [each, field] of mergedFields(value, reading)) if (!merged.has(each)) merged.set(each, field);
    if (name !== undefined && yaml.isMap(value)) inner.push([name, value]);
    if (name !== undefined && (yaml.isMap(value) || yaml.isSeq(value)) && holdsDigests(name))
      hasDigestsBelow ||= loneDigest.test(sourceOf(value, reading));
    const field = name === undefined ? undefined : fieldOf(value, reading);
    if (name !== undefined && field !== undefined) own.set(name, field);
  }
  const fields = new Map([...merged, ...own]);
  if (fields.size === 0) return;
  reading.fields.set(map, fields);
  readImages(map, { fields, own, inner, hasDigestsBelow }, reading, isStep);
}

/** In maps under them `repository` names a git repository, unless it has a registry. */
const gitKeys = /^(?:with|git|github|gitlab|gitea|forgejo|bitbucket)$/i;

interface Entries {
  /** With what a map merges. */
  readonly fields: ScalarFields;
  readonly own: ScalarFields;
  /** Maps in it, with their keys. */
  readonly inner: readonly (readonly [string, YAMLMap])[];
  /** Lists and maps of digests among its values. */
  readonly hasDigestsBelow: boolean;
}

function readImages(
  node: object,
  { fields, own, inner, hasDigestsBelow }: Entries,
  reading: Reading,
  isStep: boolean,
): void {
  const split = splitNames(fields, { ...reading, isWorkflow: isStep });
  if (split.length === 0) for (const { node: version } of versionsOfOthers(fields)) reading.foreign.add(version);
  const below = inner.flatMap(([key, value]) => {
    const [only, ...others] = reading.split.get(value) ?? [];
    const isAlone = only !== undefined && others.length === 0 && only.digest === undefined;
    return isAlone ? [{ ...only, stem: stemOf(key), map: value }] : [];
  });
  const unnamed = inner.flatMap(([key, value]) => {
    const its = reading.split.has(value) ? undefined : reading.fields.get(value);
    return its === undefined ? [] : [[key, its] as const];
  });
  const images = { fields, own, split, below, inner: unnamed, hasDigestsBelow, whole: reading.whole };
  const found = pinsTogether(images, reading);
  if (found.split.length > 0) reading.split.set(node, found.split);
  for (const { map, ...each } of found.below) reading.split.set(map, [each]);
  for (const [scalar, pin] of found.whole) reading.whole.set(scalar, pin);
  for (const scalar of found.digests) reading.whole.delete(scalar);
  const known = new Set([...found.split, ...found.below].flatMap(({ tag, repository }) => (tag ? [repository] : [])));
  readLoose({ fields, inner: unnamed, known, isStep }, reading);
}

function readLoose(map: MapOfVersions, reading: Reading): void {
  for (const [{ node }, pin] of looseVersions(map, reading.names))
    reading.full.push({ ...pin, start: reading.offset + (node.range?.[0] ?? 0) });
}

/** A digest or a version in a list may be that of an image in another item, which isn't certain. */
function readList(list: YAMLSeq, reading: Reading, isStep: boolean): void {
  const { yaml, names } = reading;
  const scalars = list.items.filter((item) => yaml.isScalar(item));
  const source = sourceOf(list, reading);
  if (scalars.length < 2 || !names.mayBeInText(source)) return;
  if (scalars.some((item) => loneDigest.test(String(item.value)) && !names.mayBeInText(String(item.value)))) {
    for (const item of scalars) {
      const pin = reading.whole.get(item);
      if (pin?.tag !== undefined && pin.digest === undefined && !("doubt" in pin.values))
        reading.whole.set(item, { ...pin, values: { doubt: digestNear } });
    }
  }
  const offset = reading.offset + (list.range?.[0] ?? 0);
  const near = scalars.length < list.items.length ? [] : namesNearVersions(source, names);
  for (const pin of near) reading.full.push(pinAt(pin, offset));
  if (near.length === 0) readLoose({ fields: assignmentsIn(scalars), inner: [], known: new Set(), isStep }, reading);
}

/** `NAME=value` of a list, as compose's arguments and variables. */
function assignmentsIn(scalars: readonly Scalar[]): ScalarFields {
  const assignments = scalars.flatMap((node) => {
    const [, name, value] = /^([\w.-]+)=(.*)$/.exec(String(node.value)) ?? [];
    if (name === undefined || value === undefined) return [];
    return [[name, { node: Object.assign(node.clone(), { value, source: value }), isAlias: false }] as const];
  });
  return new Map(assignments);
}

function sourceOf({ range }: Node, { text }: Reading): string {
  const [start, end] = range ?? [0, 0];
  return text.slice(start, end);
}

/** A list of `{name, value}`, as Kubernetes' variables and Argo CD's parameters are written, by these names. */
function pairsIn(items: readonly unknown[], reading: Reading): ScalarFields {
  const pairs = items.flatMap((item) => {
    const { key, name = key, value } = Object.fromEntries(reading.fields.get(item) ?? []);
    return name === undefined || value === undefined ? [] : [[String(name.node.value), value] as const];
  });
  return new Map(pairs);
}

/** What `<<: *a` and `<<: [*a, *b]` bring, what comes first winning. */
function mergedFields(value: unknown, reading: Reading): readonly (readonly [string, Field])[] {
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
