/** What we ask of a registry (OCI distribution-spec): manifests, tags and small blobs, all verified by their digests. */
import { messageOf, UserError } from "../errors.ts";
import type { HttpResponse } from "../ports.ts";
import { type Digest, digestOf, isDigest } from "./digest.ts";
import { type Descriptor, type Index, type Manifest, maximumManifest, mediaTypes, parseManifest } from "./manifest.ts";
import { checkPush } from "./push-check.ts";
import { type Repository, splitRepository, type Tag } from "./reference.ts";
import { type Asked, errorCodes, invalidError, RegistryError } from "./registry-error.ts";
import { type RegistryExchange, type RegistryOptions, registryExchange } from "./registry-exchange.ts";
import { listTags } from "./tag-list.ts";

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** The very bytes, whose digest it is. */
  readonly bytes: Uint8Array;
  readonly document: Index | Manifest;
}

/** Every method: @throws RegistryError. `undefined` stands for what is definitely not there, never for a failure. */
export interface Registry {
  /** The digest under a tag (or whether a digest is there), by the registry's word. */
  head(repository: Repository, name: Tag | Digest): Promise<Digest | undefined>;
  manifest(repository: Repository, name: Tag | Digest): Promise<StoredManifest | undefined>;
  /** Stores these bytes under a tag, or by their digest alone. */
  putManifest(repository: Repository, manifest: ManifestBytes, name: Tag | Digest): Promise<Digest>;
  /** Puts the tag on a manifest that is there: its very bytes are stored under that name. */
  tag(repository: Repository, digest: Digest, tag: Tag): Promise<void>;
  /** A blob that fits into memory, such as a config. */
  blob(repository: Repository, descriptor: Descriptor): Promise<Uint8Array>;
  /** Whether we may push there, asked before anything is built. */
  checkPush(repository: Repository): Promise<void>;
  /** All tags, in the registry's order; `undefined` for a repository that is not there. */
  tags(repository: Repository): Promise<readonly Tag[] | undefined>;
}

export type ManifestBytes = Pick<StoredManifest, "bytes" | "mediaType">;

const accept = Object.values(mediaTypes).join(", ");
/** Definite answers for what is not there (distribution-spec, "Error Codes"); Harbor says NOT_FOUND. */
const absent = new Set(["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"]);
const maximumBlob = 16 * 1024 * 1024;
/** An answer that refuses a small blob may be longer than the blob. */
const maximumErrorBody = 64 * 1024;

export function registryClient(options: RegistryOptions): Registry {
  const exchange = registryExchange(options);
  return {
    head: (repository, name) => head(exchange, repository, name),
    manifest: (repository, name) => getManifest(exchange, repository, name),
    putManifest: (repository, manifest, name) => putManifest(exchange, repository, manifest, name),
    async tag(repository, digest, tag) {
      const found = await getManifest(exchange, repository, digest);
      if (found === undefined) throw missingManifest(repository, digest);
      await putManifest(exchange, repository, found, tag);
    },
    blob: (repository, descriptor) => getBlob(exchange, repository, descriptor),
    checkPush: (repository) => checkPush(exchange, repository),
    tags: (repository) => listTags(exchange, askedOf(repository, "pull"), checkAbsent),
  };
}

/** The error for a digest that should be there and is not. */
export function missingManifest(repository: Repository, digest: Digest): RegistryError {
  return new RegistryError("missing", `${repository} does not hold ${digest}`, {
    hint: "run again: it was never pushed there, or something deleted it meanwhile",
  });
}

async function head(
  exchange: RegistryExchange,
  repository: Repository,
  name: Tag | Digest,
): Promise<Digest | undefined> {
  const asked = askedOf(repository, "pull");
  const path = `${asked.repository}/manifests/${name}`;
  const response = await exchange({ asked, method: "HEAD", path, headers: { accept }, expected: [200, 404] });
  const said = response.headers["docker-content-digest"] ?? "";
  if (response.status === 200 && isDigest(said)) return said;
  // A HEAD has no body that would tell a registry's 404 from any other server's, and the digest is an optional header.
  return (await getManifest(exchange, repository, name))?.digest;
}

async function getManifest(
  exchange: RegistryExchange,
  repository: Repository,
  name: Tag | Digest,
): Promise<StoredManifest | undefined> {
  const asked = askedOf(repository, "pull");
  const response = await exchange({
    asked,
    method: "GET",
    path: `${asked.repository}/manifests/${name}`,
    headers: { accept },
    maximumBody: maximumManifest,
    expected: [200, 404],
    check: (answer) => {
      if (answer.status !== 200) return checkAbsent(asked, answer);
      const wanted = isDigest(name) ? name : answer.headers["docker-content-digest"];
      if (wanted?.startsWith("sha256:")) verifyDigest(asked, answer.body, wanted);
    },
  });
  if (response.status === 404) return undefined;
  try {
    const document = parseManifest(response.body, response.headers["content-type"]);
    return { digest: digestOf(response.body), mediaType: document.mediaType, bytes: response.body, document };
  } catch (cause) {
    throw invalidError(asked, `under ${name}, ${messageOf(cause)}`, cause);
  }
}

async function putManifest(
  exchange: RegistryExchange,
  repository: Repository,
  { bytes, mediaType }: ManifestBytes,
  name: Tag | Digest,
): Promise<Digest> {
  const asked = askedOf(repository, "push");
  const digest = digestOf(bytes);
  if (isDigest(name) && name !== digest) throw new Error(`a manifest of digest ${digest} cannot be stored as ${name}`);
  const response = await exchange({
    asked,
    method: "PUT",
    path: `${asked.repository}/manifests/${name}`,
    headers: { "content-type": mediaType },
    body: bytes,
    expected: [200, 201, 202],
  });
  const said = response.headers["docker-content-digest"];
  if (said?.startsWith("sha256:") && said !== digest)
    throw invalidError(asked, `it stored ${digest} as ${said.slice(0, 100)}`);
  return digest;
}

async function getBlob(
  exchange: RegistryExchange,
  repository: Repository,
  { digest, size }: Descriptor,
): Promise<Uint8Array> {
  const asked = askedOf(repository, "pull");
  if (size > maximumBlob) {
    throw new UserError(`a blob of ${size} bytes in ${repository} is too large to be read`, {
      hint: "check the image: its config should be a few kilobytes",
    });
  }
  const response = await exchange({
    asked,
    method: "GET",
    path: `${asked.repository}/blobs/${digest}`,
    expected: [200],
    maximumBody: Math.max(size, maximumErrorBody),
    check: ({ body }) => verifyDigest(asked, body, digest),
  });
  return response.body;
}

/** @throws RegistryError for a 404 that does not come from a registry: then nothing is known. */
function checkAbsent(asked: Asked, response: HttpResponse): void {
  if (errorCodes(response).some((code) => absent.has(code))) return;
  throw invalidError(asked, "a 404 that is not a registry's");
}

/** Bytes can be lost without HTTP's notice, where the length is not told: worth another try. */
function verifyDigest(asked: Asked, bytes: Uint8Array, wanted: string): void {
  const digest = digestOf(bytes);
  if (digest !== wanted) throw invalidError(asked, `${digest} in place of ${wanted.slice(0, 100)}`, undefined, true);
}

function askedOf(repository: Repository, access: Asked["access"]): Asked {
  const { host, path } = splitRepository(repository);
  return { host, repository: path, access };
}
