/**
 * The record of a published index, in its annotations: the registry is the only state there is, and this is how a later
 * run reads it.
 */

import { createHash } from "node:crypto";
import { type Digest, isDigest } from "../model/digest.ts";
import { isTag, type Tag } from "../model/reference.ts";
import { type Commit, isCommit } from "../model/run-context.ts";

export interface PublicationRecord {
  /** `owner/repo` of the repository whose run made it; `null` in records of versions that did not name it. */
  readonly repository: string | null;
  /** What the image is called in public, as several may have one repository; `null` in records of versions that did not name it. */
  readonly image: string | null;
  /** 64 hexadecimal digits; `null` where what went in could not be named. */
  readonly sourceHash: string | null;
  readonly revision: Commit;
  /** The full ref that it was made for: `refs/heads/main`. */
  readonly ref: string;
  /** The value of the build argument VERSION, where one was given: it is in the bytes. */
  readonly bakedVersion: string | null;
  /** Digests of external bases, by the reference in the Dockerfile. */
  readonly bases: Readonly<Record<string, Digest>>;
  /** When the run that made it started, to the second (RFC 3339); `null` for builds that are to be the same whenever made. */
  readonly started: string | null;
  /** How long the build took, in whole seconds: what takes longest is begun first the next time. */
  readonly seconds: number | null;
}

const prefix = "io.image-publish.";
/** Increases when records mean something else. A record of another format is ignored. */
const format = "1";

/** As annotations of an index (OCI image-spec, annotations.md: keys in reverse domain notation). */
export function recordAnnotations(record: PublicationRecord): Readonly<Record<string, string>> {
  const texts: Readonly<Record<string, string | null>> = {
    format,
    repository: record.repository,
    image: record.image !== null && imagePattern.test(record.image) ? record.image : null,
    "source-hash": record.sourceHash,
    revision: record.revision,
    ref: record.ref,
    "baked-version": record.bakedVersion,
    bases: Object.keys(record.bases).length === 0 ? null : JSON.stringify(sorted(record.bases)),
    started: record.started,
    seconds: record.seconds === null ? null : String(record.seconds),
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]) => (value === null ? [] : [[prefix + key, value] as const])),
  );
}

/** The record in an index's annotations; `undefined` where there is none that can be read in full: anybody may write these. */
export function readRecord(annotations: Readonly<Record<string, string>>): PublicationRecord | undefined {
  const text = (key: string): string | undefined => annotations[prefix + key];
  const revision = text("revision");
  const ref = text("ref");
  const sourceHash = text("source-hash");
  if (text("format") !== format || !isCommit(revision) || ref === undefined) return undefined;
  if (sourceHash !== undefined && !hashPattern.test(sourceHash)) return undefined;
  const bases = readBases(text("bases"));
  if (bases === undefined) return undefined;
  const image = text("image");
  if (image !== undefined && !imagePattern.test(image)) return undefined;
  const seconds = text("seconds");
  const started = text("started");
  // A time that can't be read may be one of the future.
  if (started !== undefined && !isTime(started)) return undefined;
  return {
    repository: text("repository") ?? null,
    image: image ?? null,
    sourceHash: sourceHash ?? null,
    revision,
    ref,
    bakedVersion: text("baked-version") ?? null,
    bases,
    started: started ?? null,
    seconds: seconds !== undefined && /^\d{1,9}$/.test(seconds) ? Number(seconds) : null,
  };
}

/** Whether an annotation is part of a record, so that a new record takes its place. */
export function isOfRecord(annotation: string): boolean {
  return annotation.startsWith(prefix);
}

/**
 * The tag under which what was made from these sources is found again by one request: `src-<16 hex>`.
 * @param sharer the public name of an image that shares its repository: two images may be made from the same sources.
 */
export function sourceTag(sourceHash: string, sharer?: string): Tag {
  const hash = sharer === undefined ? sourceHash : hashOf(`${sourceHash} ${sharer}`);
  const text = `src-${hash.slice(0, 16)}`;
  if (hashPattern.test(sourceHash) && isTag(text)) return text;
  throw new Error(`${sourceHash} isn't a source hash`);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Names of images are file names: a record whose name could mislead in a message is ignored. */
const imagePattern = /^[\p{L}\p{N}_.@+-]{1,200}$/u;
const hashPattern = /^[0-9a-f]{64}$/;

/** RFC 3339 with the zone, which makes the moment definite. */
function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text));
}

function readBases(text: string | undefined): Readonly<Record<string, Digest>> | undefined {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
    const bases: [string, Digest][] = [];
    for (const [reference, digest] of Object.entries(parsed)) {
      if (typeof digest !== "string" || !isDigest(digest)) return undefined;
      bases.push([reference, digest]);
    }
    // Any name becomes a property of its own.
    return Object.fromEntries(bases);
  } catch {
    return undefined;
  }
}

function sorted(record: Readonly<Record<string, Digest>>): Readonly<Record<string, Digest>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
