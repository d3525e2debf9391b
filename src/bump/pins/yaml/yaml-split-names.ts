/** Reads images from a map in YAML: their names, and versions that are values of their own. Pure. */

import type { Scalar } from "yaml";
import { plainLine } from "../../../lib/plain-text.ts";
import { type Repository, tryReference } from "../../../model/reference.ts";
import type { ImageNames } from "../names-in-files.ts";
import type { PinDoubt } from "../read-pin.ts";
import { withDefaults } from "../text/derived-text.ts";
import { isAboutImage, type Role, roleOf, stemOf } from "./key-role.ts";

/** An image whose name is a value of its own. */
export interface SplitName {
  readonly repository: Repository;
  readonly name: string;
  /** What the keys of its values have in common. */
  readonly stem: string;
  readonly tag: Field | undefined;
  readonly digest: Field | undefined;
  /** Why it is unknown what to change. */
  readonly doubt?: PinDoubt;
}

/** The values of a map that are scalars, by their keys. */
export type ScalarFields = ReadonlyMap<string, Field>;

export interface Field {
  readonly node: Scalar;
  /** It stands elsewhere, under an anchor. */
  readonly isAlias: boolean;
}

export interface SplitOptions {
  readonly names: ImageNames;
  /** It is a step's or a workflow's, where `repository` names a git repository unless there is a registry. */
  readonly isWorkflow: boolean;
  /** What the file's `global` map defines as registry: a chart prefixes all its images with it. */
  readonly globalRegistries: readonly string[];
}

/**
 * The images that a map names: Helm's `{registry, repository, tag, digest}`, Kustomize's `{name, newName, newTag, digest}`,
 * and those whose keys have a word in common (`{webImage, webTag}`).
 */
export function splitNames(fields: ScalarFields, options: SplitOptions): readonly SplitName[] {
  const stems = [...fields.keys()].flatMap((key) => {
    const { role, stem } = roleOf(key) ?? {};
    return stem !== undefined && (role === "repository" || role === "image" || role === "name") ? [stem] : [];
  });
  return [...new Set(stems)].flatMap((stem) => splitName(stem, fields, options) ?? []);
}

function splitName(
  stem: string,
  fields: ScalarFields,
  { names, isWorkflow, globalRegistries }: SplitOptions,
): SplitName | undefined {
  const isKustomize = stem === "" && (fields.has("newTag") || fields.has("newName"));
  const text = (...wanted: readonly Role[]): string => {
    const texts = wanted.flatMap((role) => fieldsOfRole(role, stem, fields).map(nameIn));
    return texts.find((each) => each !== "") ?? "";
  };
  const own = (key: string): string => nameIn(fields.get(key));
  const registry = text("registry").replace(/\/$/, "");
  const written = isKustomize ? own("newName") || own("name") : text("repository", "image", "name");
  const main = written.replace(/@sha256$/, "");
  const full = registry !== "" && !isKustomize ? `${registry}/${main}` : main;
  const isOwnImage = (each: string): boolean => repositoryOf(each, names) !== undefined;
  const direct = [full, `${full}/${text("name")}`].find(isOwnImage);
  const name = direct ?? globalRegistries.map((each) => `${each}/${main}`).find(isOwnImage);
  const repository = name === undefined ? undefined : repositoryOf(name, names);
  if (name === undefined || repository === undefined) return undefined;
  const isImage = text("image") === written || isKustomize || hasHost(name);
  if ((isWorkflow || gitHosts.test(own("type"))) && !isImage) return undefined;
  const found = {
    repository,
    name,
    stem,
    digest: undefined,
    ...(direct === undefined ? { doubt: globalRegistry } : {}),
  };
  if (isKustomize) return { ...found, tag: fields.get("newTag") };
  const tags = fieldsOfRole("tag", stem, fields);
  const [tag, ...others] = tags.filter(isFilled);
  if (main !== written && tag !== undefined) return { ...found, ...digestAsTag(tag, stem, fields) };
  if (others.length > 0) return { ...found, tag, doubt: twice("tag") };
  if (tags.length > 0) return { ...found, tag: tag ?? tags[0] };
  const [version] = fieldsOfRole("version", stem, fields);
  const stranger = fields.has("version") ? strangerIn(fields) : undefined;
  const doubt = !isImage
    ? { why: "it may be the version of a git repository of this name", remedy: "write `tag` or the registry" }
    : stranger === undefined
      ? undefined
      : { why: `\`version\` may be that of \`${plainLine(stranger)}\` beside it`, remedy: "write `tag`" };
  return { ...found, tag: version, ...(version === undefined || doubt === undefined ? {} : { doubt }) };
}

const globalRegistry: PinDoubt = {
  why: "its registry may be the one of `global`",
  remedy: "write the registry beside its name",
};

/** The digest of `{repository: name@sha256, tag: <hex>}`, as charts without a key for digests have it. */
function digestAsTag(tag: Field, stem: string, fields: ScalarFields): Pick<SplitName, "tag" | "digest" | "doubt"> {
  const isHex = digestIn(textOfField(tag))?.isHex === true;
  const isAlone = !["digest" as const, "sum" as const].some((role) => fieldsOfRole(role, stem, fields).some(isFilled));
  const doubt = { why: "its name ends in `@sha256`", remedy: "write the digest alone as `tag`, or take `@sha256` out" };
  return {
    ...(isHex ? { tag: undefined, digest: tag } : { tag, digest: undefined }),
    ...(isHex && isAlone ? {} : { doubt }),
  };
}

const gitHosts = /^(?:git|github|gitlab|gitea|forgejo|bitbucket)(?:-\w+)*$/i;

/** Why what is written in two places is left. */
export function twice(what: "tag" | "digest"): PinDoubt {
  return { why: `its ${what} is written in two places`, remedy: "write it once" };
}

/** What is beside an image in its map: the fields of a role that are about it. */
export interface Beside {
  readonly stem: string;
  readonly repository: Repository;
  /** No other image is named there. */
  readonly isOnly: boolean;
}

/** The digests beside an image that are not empty. */
export function digestsBeside({ stem, repository, isOnly }: Beside, fields: ScalarFields): readonly Field[] {
  const lastPart = stemOf(repository.slice(repository.lastIndexOf("/") + 1));
  const stems = [stem, ...(isOnly ? ["", lastPart] : [])];
  const of = (each: string): readonly Field[] => [
    ...fieldsOfRole("digest", each, fields).filter(isFilled),
    ...fieldsOfRole("sum", each, fields).filter((field) => digestIn(textOfField(field)) !== undefined),
  ];
  return stems.map(of).find((each) => each.length > 0) ?? [];
}

/** A digest under a key that doesn't say whose it is. */
export function hasStrayDigest(fields: ScalarFields): boolean {
  return [...fields].some(
    ([key, field]) => roleOf(key) === undefined && /^(?:sha256:)?[0-9a-f]{64}$/.test(textOfField(field)),
  );
}

/** The key of a text beside an image that may be about another thing, whose version or checksum is in the same map. */
export function strangerIn(fields: ScalarFields): string | undefined {
  const isText = ({ node }: Field): boolean => typeof node.value === "string" && node.value.trim() !== "";
  return [...fields].find(
    ([key, field]) => isText(field) && !isAboutImage(key) && digestIn(textOfField(field)) === undefined,
  )?.[0];
}

/** A digest as values write it: alone, behind a name, or its hexadecimal digits. */
export function digestIn(text: string): { readonly text: string; readonly isHex: boolean } | undefined {
  const [, digest, hex] = /(?:(?:^|@)(sha256:[0-9a-f]{64})|^([0-9a-f]{64}))$/.exec(text) ?? [];
  if (digest !== undefined) return { text: digest, isHex: false };
  return hex === undefined ? undefined : { text: hex, isHex: true };
}

/** As written, so that a version 1.10 stays one. */
export function textOfField(field: Field | undefined): string {
  const { type, source, value } = field?.node ?? {};
  if (value === null || value === undefined) return "";
  return type === "PLAIN" ? (source ?? "") : String(value).trim();
}

/** What a name comes to, a variable's default among it. */
export function nameIn(field: Field | undefined): string {
  const text = String(field?.node.value ?? "");
  return withDefaults(text)?.text ?? text;
}

/** Those of a role about one image that are no empty text. */
export function fieldsOfRole(role: Role, stem: string, fields: ScalarFields): readonly Field[] {
  return [...fields].flatMap(([key, field]) => {
    const its = roleOf(key);
    return its?.role === role && its.stem === stem ? [field] : [];
  });
}

export function isFilled({ node }: Field): boolean {
  return node.value !== null && node.value !== undefined && String(node.value).trim() !== "";
}

/** The versions in a map that names something else. */
export function versionsOfOthers(fields: ScalarFields): readonly Field[] {
  const isNamed = ["repository", "image", "name", "newName"].some((key) => fields.has(key));
  return isNamed ? ["tag", "imageTag", "newTag", "digest"].flatMap((key) => fields.get(key) ?? []) : [];
}

/** The image of ours that a text is the name of, with no version. */
export function repositoryOf(name: string, names: ImageNames): Repository | undefined {
  // Most maps with such keys are about something else.
  const reference = names.mayBeInText(name) ? tryReference(name) : undefined;
  if (reference === undefined || reference.tag !== undefined || reference.digest !== undefined) return undefined;
  return names.has(reference.repository) ? reference.repository : undefined;
}

/** As docker distinguishes a registry from the first part of a path. */
export function hasHost(name: string): boolean {
  const [first = "", ...rest] = name.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
}
