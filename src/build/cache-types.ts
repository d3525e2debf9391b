/** The kinds of caches that BuildKit has: where each is kept, and what its lines may say. */
import type { CacheEntry } from "../buildflags/cache-entry.ts";
import { UserError } from "../errors.ts";
import { nearest } from "../nearest.ts";

export type CachePlace = "service" | "registry" | "bucket" | "folder" | "image";

interface CacheType {
  readonly place: CachePlace;
  /** What BuildKit 0.26 reads, beside what it reads for every type. */
  readonly attributes: readonly string[];
}

const ofBuckets = ["name", "prefix", "blobs_prefix", "manifests_prefix", "secret_access_key"];
const ofManifests = ["image-manifest", "oci-mediatypes"];
const ofService = ["scope", "timeout", "repository", "ghtoken", "token", "url", "url_v2", "version"];
const ofS3 = ["access_key_id", "bucket", "endpoint_url", "region", "session_token", "touch_refresh"];

const types = {
  gha: { place: "service", attributes: ofService },
  registry: { place: "registry", attributes: ["ref", "registry.insecure", ...ofManifests] },
  local: { place: "folder", attributes: ["src", "dest", "tag", "digest", ...ofManifests] },
  inline: { place: "image", attributes: [] },
  s3: { place: "bucket", attributes: [...ofS3, "upload_parallelism", "use_path_style", ...ofBuckets] },
  azblob: { place: "bucket", attributes: ["account_name", "account_url", "container", ...ofBuckets] },
} as const satisfies Readonly<Record<string, CacheType>>;

const ofAll = ["mode", "ignore-error", "compression", "compression-level", "force-compression"];

const names = Object.keys(types);

/** @throws UserError for a type that is none of BuildKit's, and for names of attributes that it doesn't know as they are written. */
export function checkCacheEntry({ type, attributes }: CacheEntry): void {
  if (!isType(type)) throw unknownType(type);
  const known = [...types[type].attributes, ...ofAll];
  for (const key of attributes.keys()) if (!/^[a-z][a-z0-9._-]*$/.test(key)) throw oddAttribute(key, known);
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
  const known: readonly string[] = [...types[type].attributes, ...ofAll];
  return { type, attributes: new Map([...attributes].filter(([key]) => known.includes(key))) };
}

function isType(text: string): text is keyof typeof types {
  return Object.hasOwn(types, text);
}

function unknownType(type: string): UserError {
  const like = nearest(type.trim().toLowerCase(), names);
  const hint = `write one of ${names.map((name) => `type=${name}`).join(", ")}`;
  return new UserError(`"${type}" isn't a type of cache`, {
    hint: like === undefined ? hint : `did you mean type=${like}? Otherwise ${hint}`,
  });
}

function oddAttribute(key: string, known: readonly string[]): UserError {
  const like = nearest(key.trim(), known);
  return new UserError(`"${key}" isn't an attribute of a cache line`, {
    hint: like === undefined ? "write key=value without spaces" : `write ${like}=, without spaces around it`,
  });
}
