/** The kinds of caches that BuildKit has: where each is kept, and what its lines may say. */

import { UserError } from "../../errors.ts";
import { didYouMean } from "../../lib/did-you-mean.ts";
import type { CacheEntry } from "../../model/buildflags/cache-entry.ts";
import {
  checkAttributes,
  duration,
  flag,
  freeText,
  image,
  oneOf,
  type Values,
  whole,
} from "../invocation/option-values.ts";

export type CachePlace = "service" | "registry" | "bucket" | "folder" | "image";

/** What a line is for: `cache-from` or `cache-to`. */
export type CacheDirection = "from" | "to";

interface CacheType {
  readonly place: CachePlace;
  /** What BuildKit 0.26 reads, beside what it reads for every type. */
  readonly attributes: Readonly<Record<string, Values>>;
  /** What buildx refuses, or BuildKit passes over, a line without; buckets may be known to the builder. */
  readonly required?: Readonly<Partial<Record<CacheDirection, string>>>;
}

const texts = (...names: readonly string[]): Readonly<Record<string, Values>> =>
  Object.fromEntries(names.map((name) => [name, freeText]));

const ofBuckets = texts("name", "prefix", "blobs_prefix", "manifests_prefix", "secret_access_key");
const ofManifests = { "image-manifest": flag, "oci-mediatypes": flag };
const ofService = { ...texts("scope", "repository", "ghtoken", "token", "url", "url_v2"), timeout: duration };
const ofS3 = texts("access_key_id", "bucket", "endpoint_url", "region", "session_token");

const types = {
  gha: { place: "service", attributes: { ...ofService, version: oneOf("1", "2") } },
  registry: {
    place: "registry",
    attributes: { ref: image, "registry.insecure": flag, ...ofManifests },
    required: { from: "ref", to: "ref" },
  },
  local: {
    place: "folder",
    attributes: { ...texts("src", "dest", "tag", "digest"), ...ofManifests },
    required: { from: "src", to: "dest" },
  },
  inline: { place: "image", attributes: {} },
  s3: {
    place: "bucket",
    attributes: {
      ...ofS3,
      ...ofBuckets,
      touch_refresh: duration,
      upload_parallelism: whole,
      use_path_style: flag,
    },
  },
  azblob: { place: "bucket", attributes: { ...texts("account_name", "account_url", "container"), ...ofBuckets } },
} as const satisfies Readonly<Record<string, CacheType>>;

const ofAll: Readonly<Record<string, Values>> = {
  mode: oneOf("min", "max"),
  "ignore-error": flag,
  compression: oneOf("gzip", "zstd", "estargz", "uncompressed"),
  "compression-level": whole,
  "force-compression": flag,
};

const names = Object.keys(types);

/** Values with an expression are not known yet. @throws UserError for what buildx or BuildKit would refuse, or pass over. */
export function checkCacheEntry({ type, attributes }: CacheEntry, direction: CacheDirection): void {
  if (!isType(type)) throw unknownType(type, direction);
  if (type === "inline" && direction === "from") throw inlineFrom();
  const known = attributesOf(type);
  for (const key of attributes.keys())
    if (!/^[a-z][a-z0-9._-]*$/.test(key)) throw oddAttribute(key, Object.keys(known));
  const { required }: CacheType = types[type];
  const key = required?.[direction];
  if (key !== undefined && !attributes.get(key)) {
    throw new UserError(`a cache line with type=${type} has no ${key}=`, {
      hint: `add ${key}=${type === "local" ? "FOLDER" : "IMAGE"}`,
    });
  }
  const plain = [...attributes].filter(([, value]) => !value.includes("{{"));
  checkAttributes(plain, known, `a cache line with type=${type}`);
}

function attributesOf(type: keyof typeof types): Readonly<Record<string, Values>> {
  return { ...types[type].attributes, ...ofAll };
}

function inlineFrom(): UserError {
  return new UserError("type=inline can only be written: no cache is read from it", {
    hint: "write type=registry,ref=IMAGE with the image that contains the cache",
  });
}

/** Where the cache of a line is kept. @throws UserError for a type that is none of BuildKit's. */
export function placeOfCache({ type }: CacheEntry): CachePlace {
  if (!isType(type)) throw unknownType(type);
  return types[type].place;
}

/** The entry with those attributes alone whose meaning is known. */
export function withKnownAttributes(entry: CacheEntry): CacheEntry {
  const { type, attributes } = entry;
  if (!isType(type)) throw unknownType(type);
  const known = attributesOf(type);
  return { type, attributes: new Map([...attributes].filter(([key]) => Object.hasOwn(known, key))) };
}

function isType(text: string): text is keyof typeof types {
  return Object.hasOwn(types, text);
}

function unknownType(type: string, direction?: CacheDirection): UserError {
  const fitting = names.filter((name) => direction !== "from" || name !== "inline");
  const like = didYouMean(type.trim().toLowerCase(), fitting);
  const hint = `write one of ${fitting.map((name) => `type=${name}`).join(", ")}`;
  return new UserError(`"${type}" isn't a type of cache`, {
    hint: like === undefined ? hint : `did you mean type=${like}? Otherwise ${hint}`,
  });
}

function oddAttribute(key: string, known: readonly string[]): UserError {
  const like = didYouMean(key.trim(), known);
  return new UserError(`"${key}" isn't an attribute of a cache line`, {
    hint: like === undefined ? "write key=value without spaces" : `write ${like}=, without spaces around it`,
  });
}
