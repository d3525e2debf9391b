/**
 * Manifests and indexes, with the names of the OCI image-spec (manifest.md, image-index.md, descriptor.md) and docker's
 * media types for the same. What comes from a registry or a layout is hostile until it is parsed here.
 */
import { messageOf, UserError } from "../errors.ts";
import { type Digest, isDigest } from "../model/digest.ts";
import { type Platform, platformOf } from "../model/platform.ts";

export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Other places where the same bytes may be had; only where there are any. */
  readonly urls?: readonly string[];
  /** Only in an index. */
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

export interface Index {
  readonly kind: "index";
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly kind: "manifest";
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** The bytes that the digest is of. */
  readonly bytes: Uint8Array;
  readonly document: Index | Manifest;
}

export type ManifestBytes = Pick<StoredManifest, "bytes" | "mediaType">;

/** The spec lets registries refuse more than 4 MiB (distribution-spec, "Pushing Manifests"). */
export const maximumManifest = 4 * 1024 * 1024;

/**
 * Parses an index or image manifest. `contentType` is what the registry said it is; it must agree with the document, and
 * the document must be one thing alone, else two readers could see two images in the same bytes (OCI image-spec,
 * considerations of GHSA-77vh-xpmg-72qh). @throws UserError when it is neither.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Index | Manifest {
  const document = asRecord(parseJson(bytes), "a manifest");
  const sent = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  const sentType = sent === undefined || isGeneric(sent) ? undefined : sent;
  const mediaType = typeof document.mediaType === "string" ? document.mediaType : (sentType ?? impliedType(document));
  if (sentType !== undefined && sentType !== mediaType)
    throw malformed(`it is sent as ${sentType} and calls itself ${mediaType}`);
  if (document.schemaVersion !== 2) throw malformed("its schemaVersion is not 2");
  const annotations = stringsOf(document.annotations, "annotations");
  switch (mediaType) {
    case mediaTypes.index:
    case mediaTypes.dockerList:
      if ("config" in document || "layers" in document) throw malformed("it is an index and has layers");
      return { kind: "index", mediaType, manifests: descriptors(document.manifests, "manifests"), annotations };
    case mediaTypes.manifest:
    case mediaTypes.dockerManifest:
      if ("manifests" in document) throw malformed("it is an image's manifest and lists manifests");
      return {
        kind: "manifest",
        mediaType,
        config: descriptor(document.config, "config"),
        layers: descriptors(document.layers, "layers"),
        annotations,
      };
    default:
      throw malformed(`its media type is ${JSON.stringify(mediaType)}`);
  }
}

/** The image manifests of an index, in its order: without attestations (`unknown/unknown`) and entries of no platform. */
export function platformsOf(index: Index): readonly { readonly platform: Platform; readonly manifest: Descriptor }[] {
  return index.manifests.flatMap((manifest) => {
    const { platform } = manifest;
    if (platform === undefined || platform.os === "unknown" || platform.architecture === "unknown") return [];
    return [{ platform: platformOf(platform), manifest }];
  });
}

/** The images of an index that name no platform, whatever they are; an attestation does. */
export function withoutPlatform(index: Index): readonly Descriptor[] {
  return index.manifests.filter(
    ({ platform, mediaType }) => platform === undefined && isManifestType(mediaType) !== undefined,
  );
}

/** What an entry of an index is by its media type; `undefined` for what is stored as a blob. */
export function isManifestType(mediaType: string): "index" | "manifest" | undefined {
  if (mediaType === mediaTypes.index || mediaType === mediaTypes.dockerList) return "index";
  return mediaType === mediaTypes.manifest || mediaType === mediaTypes.dockerManifest ? "manifest" : undefined;
}

/** A layer that no registry may hold, and that is pulled from where its `urls` say (image-spec, "Non-Distributable Layers"). */
export function isForeign({ mediaType, urls }: Descriptor): boolean {
  return (
    urls !== undefined &&
    /^application\/vnd\.(?:oci\.image\.layer\.nondistributable|docker\.image\.rootfs\.foreign)\./.test(mediaType)
  );
}

/** Bytes that a pull transfers: config and layers, compressed as they are stored. */
export function compressedSize(manifest: Manifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

/** Says nothing of what it is: storage and proxies send such types, and the document itself knows. */
function isGeneric(mediaType: string): boolean {
  return (
    mediaType === "" ||
    /^(?:application\/(?:json|octet-stream|x-octet-stream|x-binary|force-download|x-download)|binary\/octet-stream|text\/(?:plain|json))$/.test(
      mediaType,
    )
  );
}

function impliedType(document: Record<string, unknown>): string {
  return "manifests" in document ? mediaTypes.index : mediaTypes.manifest;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength > maximumManifest) throw malformed(`it has ${bytes.byteLength} bytes`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformed(`it isn't valid JSON (${messageOf(cause)})`, cause);
  }
}

function descriptors(value: unknown, where: string): readonly Descriptor[] {
  if (!Array.isArray(value)) throw malformed(`${where} isn't a list`);
  return value.map((each: unknown, at) => descriptor(each, `${where}[${at}]`));
}

function descriptor(value: unknown, where: string): Descriptor {
  const { mediaType, digest, size, annotations, platform, urls } = asRecord(value, where);
  if (typeof mediaType !== "string") throw malformed(`${where} has no media type`);
  if (typeof digest !== "string" || !isDigest(digest)) throw malformed(`${where} has no sha256 digest`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw malformed(`${where} has no size`);
  return {
    mediaType,
    digest,
    size,
    annotations: stringsOf(annotations, `${where}.annotations`),
    ...(Array.isArray(urls) && urls.length > 0 ? { urls: urls.map(String) } : {}),
    ...(platform === undefined || platform === null ? {} : { platform: platformParts(platform, `${where}.platform`) }),
  };
}

function platformParts(value: unknown, where: string): NonNullable<Descriptor["platform"]> {
  const { os, architecture, variant } = asRecord(value, where);
  if (typeof os !== "string" || typeof architecture !== "string")
    throw malformed(`${where} has no os and architecture`);
  const parts = { os, architecture, ...(typeof variant === "string" && variant !== "" ? { variant } : {}) };
  try {
    platformOf(parts);
    return parts;
  } catch (cause) {
    throw malformed(`${where} is none: ${messageOf(cause)}`, cause);
  }
}

function stringsOf(value: unknown, where: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const entries = Object.entries(asRecord(value, where));
  return Object.fromEntries(
    entries.map(([key, each]) => {
      if (typeof each !== "string") throw malformed(`${where} has a value that isn't a string`);
      return [key, each];
    }),
  );
}

function asRecord(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(`${where} isn't an object`);
  return value as Record<string, unknown>;
}

function malformed(why: string, cause?: unknown): UserError {
  return new UserError(`this is no manifest of an image: ${why}`, {
    hint: "check that the name is an image's, and push it again",
    cause,
  });
}
