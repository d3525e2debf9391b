/** Reads an artifact other than an image: one attempt for each request, since the caller has other mirrors. */

import { type Digest, isDigest } from "../../model/digest.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import { blobSource } from "../copy/blob-source.ts";
import { type Descriptor, mediaTypes, type StoredManifest } from "../manifest.ts";
import { absence } from "./absence.ts";
import { askedOf, manifestRequests } from "./manifest-requests.ts";
import { headRefusals, type RegistryExchange, type RegistryOptions, registryExchange } from "./registry-exchange.ts";

/** Every method: @throws RegistryError. */
export interface ArtifactReader {
  /** Whether a manifest of this digest is there. A 404 is taken as it is, as the artifact can be downloaded anew. */
  has(repository: Repository, digest: Digest): Promise<boolean>;
  /** `undefined` for what is definitely not there. */
  manifest(repository: Repository, name: Tag | Digest): Promise<StoredManifest | undefined>;
  /** The bytes of a blob; the last ones come only if all of them are those of the digest. */
  layer(repository: Repository, descriptor: Descriptor): AsyncIterable<Uint8Array>;
}

export function artifactReader(options: RegistryOptions): ArtifactReader {
  const exchange = registryExchange(options);
  const once: RegistryExchange = { ...exchange, send: (request) => exchange.send({ ...request, once: true }) };
  const requests = manifestRequests(once, absence(once));
  return {
    async has(repository, digest) {
      const asked = askedOf(repository, "pull");
      const response = await once.send({
        asked,
        method: "HEAD",
        path: `${asked.repository}/manifests/${digest}`,
        headers: { accept: Object.values(mediaTypes).join(", ") },
        expected: [200, 404, ...headRefusals],
        timeout: headTimeout,
      });
      const named = response.headers["docker-content-digest"] ?? "";
      if (response.status === 404) return false;
      // A server that answers 200 to everything isn't a registry: a registry sends the digest, or the manifest with it.
      return response.status === 200 && isDigest(named)
        ? named === digest
        : (await requests.manifest(repository, digest)) !== undefined;
    },
    manifest: requests.manifest,
    layer: (repository, descriptor) =>
      blobSource(exchange, askedOf(repository, "pull"), descriptor, options).open(new AbortController().signal),
  };
}

const headTimeout = 15_000;
