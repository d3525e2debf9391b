/** Manifests of a registry, by tag or digest, verified by their digests (OCI distribution-spec, "Pull" and "Push"). */
import { messageOf } from "../../errors.ts";
import { type Digest, digestOf, isDigest } from "../../model/digest.ts";
import { type Repository, splitRepository, type Tag } from "../../model/reference.ts";
import { type ManifestBytes, maximumManifest, mediaTypes, parseManifest, type StoredManifest } from "../manifest.ts";
import type { Absence } from "./absence.ts";
import { checkTimeout, isWorthChecking, unlessAborted } from "./check-before-failing.ts";
import { lacksParts } from "./consistency.ts";
import { type Asked, invalidError } from "./registry-error.ts";
import { headRefusals, type RegistryExchange } from "./registry-exchange.ts";

/** Every method: @throws RegistryError. `undefined` stands for what is definitely not there, never for a failure. */
export interface ManifestRequests {
  /** The digest under a tag (or whether a digest is there), by the registry's word. */
  head(repository: Repository, name: Tag | Digest): Promise<Digest | undefined>;
  /** A digest that isn't there is asked for again, as it may have been pushed a moment ago. */
  manifest(repository: Repository, name: Tag | Digest): Promise<StoredManifest | undefined>;
  /** Stores the manifest under a tag, or by its digest alone. */
  putManifest(repository: Repository, manifest: ManifestBytes, name: Tag | Digest): Promise<Digest>;
}

const accept = Object.values(mediaTypes).join(", ");
/** Registries look at everything that an index refers to before they answer. */
const putTimeout = 60_000;

/** `access` is asked for when reading: `push` where something will be pushed there next, so that one token does for both. */
export function manifestRequests(
  exchange: RegistryExchange,
  absence: Absence,
  access: Asked["access"] = "pull",
): ManifestRequests {
  const reading = (repository: Repository) => ({ ...askedOf(repository, access) });
  // What a digest names is the same for ever; what was read or stored in this run is not fetched again.
  const known = new Map<string, StoredManifest>();
  const remember = (repository: Repository, stored: StoredManifest): void => {
    known.set(`${repository}@${stored.digest}`, stored);
  };
  const read = async (repository: Repository, name: Tag | Digest, mayBeLate: boolean) => {
    const remembered = known.get(`${repository}@${name}`);
    if (remembered !== undefined) return remembered;
    const found = await getManifest(exchange, absence, reading(repository), { name, mayBeLate });
    if (found !== undefined) remember(repository, found);
    return found;
  };
  return {
    async head(repository, name) {
      const asked = reading(repository);
      const path = `${asked.repository}/manifests/${name}`;
      const expected = [200, 404, ...headRefusals];
      const response = await exchange.send({ asked, method: "HEAD", path, headers: { accept }, expected });
      const sentDigest = response.headers["docker-content-digest"] ?? "";
      if (response.status === 200 && isDigest(sentDigest)) return sentDigest;
      if (response.status === 404 && absence.isCertain(asked, response)) return undefined;
      // The body shows what the headers did not: the digest is an optional header.
      return (await read(repository, name, false))?.digest;
    },
    manifest: (repository, name) => read(repository, name, isDigest(name)),
    async putManifest(repository, manifest, name) {
      const digest = await putManifest(exchange, askedOf(repository, "push"), manifest, name);
      const { bytes, mediaType } = manifest;
      remember(repository, { digest, bytes, mediaType, document: parseManifest(bytes, mediaType) });
      return digest;
    },
  };
}

export function askedOf(repository: Repository, access: Asked["access"]): Asked {
  const { host, path } = splitRepository(repository);
  return { host, repository: path, access };
}

/** Bytes can be lost without HTTP's notice, where the length is unknown: worth another try. */
export function verifyDigest(asked: Asked, bytes: Uint8Array, wanted: string): void {
  const digest = digestOf(bytes);
  if (digest !== wanted) throw invalidError(asked, `${digest} in place of ${wanted.slice(0, 100)}`, undefined, true);
}

async function getManifest(
  exchange: RegistryExchange,
  absence: Absence,
  asked: Asked,
  { name, mayBeLate }: { readonly name: Tag | Digest; readonly mayBeLate: boolean },
): Promise<StoredManifest | undefined> {
  const response = await exchange.send({
    asked,
    method: "GET",
    path: `${asked.repository}/manifests/${name}`,
    headers: { accept },
    maximumBody: maximumManifest,
    expected: [200, 404],
    isNotYetThere: ({ status }) => mayBeLate && status === 404,
    check: ({ status, headers, body }) => {
      const wanted = isDigest(name) ? name : headers["docker-content-digest"];
      if (status === 200 && wanted?.startsWith("sha256:")) verifyDigest(asked, body, wanted);
    },
  });
  if (response.status === 404) {
    await absence.check(asked, response);
    return undefined;
  }
  try {
    const document = parseManifest(response.body, response.headers["content-type"]);
    return { digest: digestOf(response.body), mediaType: document.mediaType, bytes: response.body, document };
  } catch (cause) {
    throw invalidError(asked, `under ${name}, ${messageOf(cause)}`, cause);
  }
}

/** Put again after a failure: the same bytes under the same name. */
async function putManifest(
  exchange: RegistryExchange,
  asked: Asked,
  { bytes, mediaType }: ManifestBytes,
  name: Tag | Digest,
): Promise<Digest> {
  const digest = digestOf(bytes);
  if (isDigest(name) && name !== digest) throw new Error(`a manifest of digest ${digest} cannot be stored as ${name}`);
  const path = `${asked.repository}/manifests/${name}`;
  const put = exchange.send({
    asked,
    method: "PUT",
    path,
    headers: { "content-type": mediaType },
    body: bytes,
    timeout: putTimeout,
    expected: [200, 201, 202],
    isNotYetThere: lacksParts,
  });
  const response = await put.catch(async (error: unknown) => {
    // A tag that may not be pushed twice refuses what was put there when the answer was lost.
    if (isWorthChecking(error) && (await isStored(exchange, asked, path, digest).catch(unlessAborted)))
      return undefined;
    throw error;
  });
  const sentDigest = response?.headers["docker-content-digest"];
  if (sentDigest?.startsWith("sha256:") && sentDigest !== digest)
    throw invalidError(asked, `it stored ${digest} as ${sentDigest.slice(0, 100)}`);
  return digest;
}

async function isStored(exchange: RegistryExchange, asked: Asked, path: string, digest: Digest): Promise<boolean> {
  const look = { headers: { accept }, maximumBody: maximumManifest, timeout: checkTimeout, once: true };
  const { body } = await exchange.send({ asked, method: "GET", path, expected: [200], ...look });
  return digestOf(body) === digest;
}
