/**
 * A copy of an image in another repository, of the same registry or another one: the same bytes, so the same digest. Nothing is
 * tagged, and everything is there before what refers to it.
 */

import { limit } from "../../lib/limit.ts";
import type { RetryTools } from "../../lib/retry.ts";
import type { Digest } from "../../model/digest.ts";
import { type Repository, splitRepository } from "../../model/reference.ts";
import type { HttpBody } from "../../ports.ts";
import { type Descriptor, isForeign, isManifestType, type StoredManifest } from "../manifest.ts";
import type { Absence } from "../registry/absence.ts";
import { askedOf, type ManifestRequests, manifestRequests } from "../registry/manifest-requests.ts";
import { invalidError, missingManifest } from "../registry/registry-error.ts";
import { eitherSignal, type RegistryExchange } from "../registry/registry-exchange.ts";
import { blobSource, verified } from "./blob-source.ts";
import { type BlobOutcome, copyBlob } from "./copy-blob.ts";

export interface ImageCopy {
  readonly from: Repository;
  readonly to: Repository;
  /** Of an index, or of a lone manifest. */
  readonly digest: Digest;
  readonly signal?: AbortSignal;
  /** Where the image is, in place of `from`, which is then the same as `to`. */
  readonly layout?: ImageLayout;
}

/** An OCI layout on this machine. */
export interface ImageLayout {
  /** A manifest, as stored. */
  manifest(digest: Digest): Promise<StoredManifest>;
  /** A config or layer. */
  blob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
}

export interface CopiedImage {
  /** Configs and layers by what became of them; those of manifests that were there already are not looked at. */
  readonly blobs: Readonly<Record<BlobOutcome, number>>;
  /** Sent from here. */
  readonly bytes: number;
}

/** Of all copies of a client at once: layers fill a line soon, manifests wait for answers. */
const blobsAtOnce = 4;
const manifestsAtOnce = 8;
/** An index in an index is legal, and nobody makes more of it. */
const deepest = 3;

/** Copies share what they know of their registries: a layer that one has brought is mounted by the next. */
export function imageCopier(
  exchange: RegistryExchange,
  absent: Absence,
  retries: RetryTools,
): (copy: ImageCopy) => Promise<CopiedImage> {
  const shared: Shared = {
    limitedBlobs: limit(blobsAtOnce),
    limitedManifests: limit(manifestsAtOnce),
    blobSources: new Map(),
  };
  return async (copy) => {
    const result = { blobs: { present: 0, mounted: 0, sent: 0 }, bytes: 0 };
    if (copy.from === copy.to && copy.layout === undefined) return result;
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, copy.signal, retries.signal].filter((each) => each !== undefined));
    const bound = withSignal(exchange, signal);
    const run: Run = {
      ...{ copy, shared, result, signal, exchange: bound, retries: { ...retries, signal } },
      source: manifestRequests(bound, absent),
      target: manifestRequests(bound, absent, "push"),
      blobs: new Map(),
      fail: (reason) => failed.abort(reason),
    };
    await copyManifest(run, copy.digest, 0);
    return result;
  };
}

interface Shared {
  readonly limitedBlobs: ReturnType<typeof limit>;
  readonly limitedManifests: ReturnType<typeof limit>;
  /** By host and digest: a repository that holds the blob. */
  readonly blobSources: Map<string, string>;
}

interface Run {
  readonly copy: ImageCopy;
  readonly shared: Shared;
  readonly result: { readonly blobs: Record<BlobOutcome, number>; bytes: number };
  readonly signal: AbortSignal;
  readonly exchange: RegistryExchange;
  readonly retries: RetryTools;
  readonly source: ManifestRequests;
  readonly target: ManifestRequests;
  /** Platforms of an image share layers. */
  readonly blobs: Map<Digest, Promise<void>>;
  readonly fail: (reason: unknown) => void;
}

async function copyManifest(run: Run, digest: Digest, depth: number): Promise<void> {
  const { copy, source, target } = run;
  const { limitedManifests } = run.shared;
  if (depth > deepest) throw invalidError(askedOf(copy.from, "pull"), `indexes more than ${deepest} deep`);
  const stored = await limitedManifests(() => copy.layout?.manifest(digest) ?? source.manifest(copy.from, digest));
  if (stored === undefined) throw missingManifest(copy.from, digest);
  await all(
    run,
    partsOf(stored).map((part) => () => copyPart(run, part, depth)),
  );
  await limitedManifests(() => target.putManifest(copy.to, stored, digest));
}

function partsOf({ document }: StoredManifest): readonly Descriptor[] {
  return document.kind === "index"
    ? document.manifests
    : [document.config, ...document.layers].filter((each) => !isForeign(each));
}

async function copyPart(run: Run, part: Descriptor, depth: number): Promise<void> {
  const { copy, shared, target, blobs } = run;
  const type = isManifestType(part.mediaType);
  if (type === undefined) {
    const known = blobs.get(part.digest) ?? shared.limitedBlobs(() => copyOneBlob(run, part));
    blobs.set(part.digest, known);
    return known;
  }
  // Registries keep the blobs of a manifest as long as the manifest, but not the manifests of an index.
  if (type === "manifest" && (await shared.limitedManifests(() => target.head(copy.to, part.digest))) !== undefined)
    return;
  return copyManifest(run, part.digest, depth + 1);
}

async function copyOneBlob({ copy, shared, result, exchange, retries }: Run, descriptor: Descriptor): Promise<void> {
  const from = splitRepository(copy.from);
  const to = splitRepository(copy.to);
  const key = `${to.host} ${descriptor.digest}`;
  const mountFrom = from.host === to.host ? from.path : shared.blobSources.get(key);
  const outcome = await copyBlob(
    {
      source: sourceOf(copy, descriptor, exchange, retries),
      to: askedOf(copy.to, "push"),
      descriptor,
      mountFrom: mountFrom === to.path ? undefined : mountFrom,
    },
    exchange,
    retries,
  );
  shared.blobSources.set(key, to.path);
  result.blobs[outcome] += 1;
  if (outcome === "sent") result.bytes += descriptor.size;
}

function sourceOf(
  { from, layout }: ImageCopy,
  descriptor: Descriptor,
  exchange: RegistryExchange,
  retries: RetryTools,
): HttpBody {
  const asked = askedOf(from, "pull");
  if (layout === undefined) return blobSource(exchange, asked, descriptor, retries);
  return { length: descriptor.size, open: () => verified(asked, descriptor, layout.blob(descriptor)) };
}

/** Side by side; the first failure ends the others, and is what is thrown once all have come to an end. */
async function all(run: Run, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  await Promise.all(
    tasks.map(async (task) => {
      try {
        run.signal.throwIfAborted();
        await task();
      } catch (error) {
        run.fail(error);
      }
    }),
  );
  run.signal.throwIfAborted();
}

function withSignal(exchange: RegistryExchange, signal: AbortSignal): RegistryExchange {
  return {
    ...exchange,
    send: (request) => exchange.send({ ...request, signal: eitherSignal(request.signal, signal) }),
    open: (request) => exchange.open({ ...request, signal: eitherSignal(request.signal, signal) }),
  };
}
