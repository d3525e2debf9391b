/** Images in YAML whose name and version are values of their own. */
import type { Scalar } from "yaml";
import { isDigest } from "../oci/digest.ts";
import { type Repository, tryReference } from "../oci/reference.ts";
import type { ImageNames } from "./image-names.ts";
import type { ReadPin, Span } from "./read-pin.ts";

/** What a map says of an image. */
export interface SplitName {
  readonly repository: Repository;
  readonly name: string;
  readonly tag: Field | undefined;
  readonly digest: Field | undefined;
}

const keys = ["registry", "repository", "image", "name", "newName", "tag", "imageTag", "newTag", "digest"] as const;
export type Key = (typeof keys)[number];
export type Fields = ReadonlyMap<Key, Field>;

export interface Field {
  readonly node: Scalar;
  /** It stands elsewhere, under an anchor. */
  readonly isAlias: boolean;
}

export function isKey(name: unknown): name is Key {
  return keys.some((key) => key === name);
}

/**
 * The image that a map names: Helm's `{registry, repository, tag, digest}`, Kustomize's `{name, newName, newTag, digest}`.
 */
export function splitName(fields: Fields, names: ImageNames): SplitName | undefined {
  const text = (key: Key): string => String(fields.get(key)?.node.value ?? "");
  const isKustomize = fields.has("newTag") || fields.has("newName");
  const registry = text("registry").replace(/\/$/, "");
  const main = isKustomize ? text("newName") || text("name") : text("repository") || text("image") || text("name");
  const full = registry !== "" && !isKustomize ? `${registry}/${main}` : main;
  const name = [full, `${full}/${text("name")}`].find((each) => repositoryOf(each, names) !== undefined);
  const repository = name === undefined ? undefined : repositoryOf(name, names);
  if (name === undefined || repository === undefined) return undefined;
  const tag = isKustomize ? fields.get("newTag") : (fields.get("tag") ?? fields.get("imageTag"));
  return { repository, name, tag, digest: fields.get("digest") };
}

/** The versions in a map that names something else. */
export function versionsOfOthers(fields: Fields): readonly Field[] {
  const isNamed = (["repository", "image", "name", "newName"] as const).some((key) => fields.has(key));
  return isNamed ? (["tag", "imageTag", "newTag", "digest"] as const).flatMap((key) => fields.get(key) ?? []) : [];
}

function repositoryOf(name: string, names: ImageNames): Repository | undefined {
  // Most maps with such keys are about something else.
  const reference = names.mayBeInText(name) ? tryReference(name) : undefined;
  return reference?.tag === undefined && reference !== undefined && names.has(reference.repository)
    ? reference.repository
    : undefined;
}

/** What stands where: the text, its place in the file, how many aliases stand for a scalar, and what is another image's. */
export interface SplitPlaces {
  readonly text: string;
  readonly offset: number;
  readonly aliased: ReadonlyMap<Scalar, number>;
  readonly foreign: ReadonlySet<Scalar>;
}

/** Two maps that share a value by an anchor are one pin if they mean one image. */
export function splitPins(split: readonly SplitName[], places: SplitPlaces): readonly ReadPin[] {
  const users = new Map<Scalar, { readonly repositories: Set<Repository>; readonly aliases: Set<Field> }>();
  for (const { repository, tag, digest } of split) {
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
    if (user.repositories.size > 1 || places.foreign.has(field.node))
      return "its anchor stands for the versions of different images: write them out";
    const others = (places.aliased.get(field.node) ?? 0) - user.aliases.size;
    return others > 0 ? "its anchor is used for something else too: write the version out" : undefined;
  };
  const pins = split.flatMap((each) => {
    const doubt = doubtOf(each.tag) ?? doubtOf(each.digest);
    return splitPin(each, doubt, places) ?? [];
  });
  return [...new Map(pins.map((pin) => [`${pin.start} ${pin.repository}`, pin])).values()];
}

const tagWithDigest = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/;

/** `undefined` where no version is named: an empty tag stands for the chart's version. */
function splitPin(
  { repository, name, tag, digest }: SplitName,
  doubt: string | undefined,
  places: SplitPlaces,
): ReadPin | undefined {
  const tagText = textOf(tag);
  const digestText = textOf(digest);
  const [, own, attached] = tagWithDigest.exec(tagText) ?? [];
  if ((tagText !== "" && own === undefined) || (digestText !== "" && !isDigest(digestText))) return undefined;
  const spans = {
    tag: spanOf(tag, own, places),
    digest: spanOf(digestText === "" ? tag : digest, attached ?? digestText, places),
  };
  const start = spans.tag?.start ?? spans.digest?.start;
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
        ? { ...(spans.tag && { tag: spans.tag }), ...(spans.digest && { digest: spans.digest }) }
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
function spanOf(field: Field | undefined, text: string | undefined, places: SplitPlaces): Span | undefined {
  if (field === undefined || !text) return undefined;
  const [from, to] = field.node.range ?? [0, 0];
  const source = places.text.slice(from, to);
  const index = source.lastIndexOf(text);
  if (index < 0) return undefined;
  const start = places.offset + from + index;
  return { start, end: start + text.length, ...(source === text ? { isPlain: true } : {}) };
}
