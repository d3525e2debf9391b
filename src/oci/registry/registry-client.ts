/** What we ask of a registry (OCI distribution-spec): manifests, tags, small blobs, copies of images; all verified by digests. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import { type CopiedImage, type ImageCopy, imageCopier } from "../copy/copy-image.ts";
import type { Descriptor } from "../manifest.ts";
import { absence } from "./absence.ts";
import { isMissingBlob } from "./consistency.ts";
import { askedOf, type ManifestRequests, manifestRequests, verifyDigest } from "./manifest-requests.ts";
import { checkPush } from "./push-check.ts";
import { missingManifest } from "./registry-error.ts";
import { type RegistryExchange, type RegistryOptions, registryExchange } from "./registry-exchange.ts";
import { tagLists } from "./tag-list.ts";

/** Every method: @throws RegistryError. `undefined` stands for what is definitely not there, never for a failure. */
export interface Registry extends ManifestRequests {
  /** Tags a manifest that is there: the same bytes are stored under that name. */
  tag(repository: Repository, digest: Digest, tag: Tag): Promise<void>;
  /** A blob that fits into memory, such as a config. */
  blob(repository: Repository, descriptor: Descriptor): Promise<Uint8Array>;
  /** Whether we may push there, asked before anything is built. */
  checkPush(repository: Repository): Promise<void>;
  /** All tags, in the registry's order; `undefined` for a repository that is not there. */
  tags(repository: Repository): Promise<readonly Tag[] | undefined>;
}

export interface RegistryClient extends Registry {
  /** Copies an image with all that it refers to into another repository, by its digest alone: no tag moves. */
  copyImage(copy: ImageCopy): Promise<CopiedImage>;
  /** How many requests went out, by the registry on whose behalf; those to token servers and storage included. */
  requests(): ReadonlyMap<string, number>;
}

const maximumBlob = 16 * 1024 * 1024;
/** An answer that refuses a small blob may be longer than the blob. */
const maximumErrorBody = 64 * 1024;

export function registryClient(options: RegistryOptions): RegistryClient {
  const exchange = registryExchange(options);
  const absent = absence(exchange);
  const manifests = manifestRequests(exchange, absent);
  const tagsOf = tagLists(exchange, absent);
  return {
    ...manifests,
    async tag(repository, digest, tag) {
      const found = await manifests.manifest(repository, digest);
      if (found === undefined) throw missingManifest(repository, digest);
      await manifests.putManifest(repository, found, tag);
    },
    blob: (repository, descriptor) => getBlob(exchange, repository, descriptor),
    checkPush: (repository) => checkPush(exchange, repository),
    tags: (repository) => tagsOf(askedOf(repository, "pull")),
    copyImage: imageCopier(exchange, absent, options),
    requests: exchange.requests,
  };
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
  const response = await exchange.send({
    asked,
    method: "GET",
    path: `${asked.repository}/blobs/${digest}`,
    expected: [200],
    maximumBody: Math.max(size, maximumErrorBody),
    isNotYetThere: isMissingBlob,
    check: ({ body }) => verifyDigest(asked, body, digest),
  });
  return response.body;
}
