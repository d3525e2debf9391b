/** What the registry holds of an image. */
import type { CandidatePlatform } from "../model/candidate.ts";
import type { Digest } from "../model/digest.ts";
import { type Platform, partsOf, platform } from "../model/platform.ts";
import type { Repository, Tag } from "../model/reference.ts";
import { compressedSize, type Descriptor, type Manifest, platformsOf } from "../oci/manifest.ts";
import type { Registry } from "../oci/registry/registry-client.ts";
import { missingManifest, RegistryError } from "../oci/registry/registry-error.ts";

/**
 * The digest that is published under the first of these tags that is there, for images whose parent is not
 * built in this run. @returns `undefined` when none of them is there. @throws RegistryError when the registry can't answer.
 */
export async function publishedDigest(
  registry: Registry,
  repository: Repository,
  tags: readonly Tag[],
): Promise<Digest | undefined> {
  for (const tag of tags) {
    const digest = await registry.head(repository, tag);
    if (digest !== undefined) return digest;
  }
  return undefined;
}

/**
 * The platforms of a candidate or published image, in its index's order. A lone manifest is one platform, which its config
 * names. @throws RegistryError when any part of it is missing or unreadable.
 */
export async function readPlatforms(
  registry: Registry,
  repository: Repository,
  digest: Digest,
): Promise<readonly CandidatePlatform[]> {
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  const { document } = found;
  if (document.kind === "manifest") {
    const only = await platformOfConfig(registry, repository, document.config);
    return [{ platform: only, digest, size: compressedSize(document) }];
  }
  return Promise.all(
    platformsOf(document).map(async ({ platform, manifest }) => ({
      platform,
      digest: manifest.digest,
      size: compressedSize(await imageManifest(registry, repository, manifest.digest)),
    })),
  );
}

/**
 * An index may state other platforms than its images have: each config has to name the same. @throws RegistryError where one
 * doesn't, or can't be read.
 */
export async function checkPlatforms(
  registry: Registry,
  repository: Repository,
  platforms: readonly CandidatePlatform[],
): Promise<void> {
  await Promise.all(
    platforms.map(async ({ platform, digest }) => {
      const { config } = await imageManifest(registry, repository, digest);
      const own = partsOf(await platformOfConfig(registry, repository, config));
      const { os, architecture } = partsOf(platform);
      if (own.os === os && own.architecture === architecture) return;
      throw unusable(
        repository,
        digest,
        `its index lists it as ${platform}, and it is for ${own.os}/${own.architecture}`,
      );
    }),
  );
}

async function imageManifest(registry: Registry, repository: Repository, digest: Digest): Promise<Manifest> {
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  if (found.document.kind === "manifest") return found.document;
  throw unusable(repository, digest, "it is an index within an index");
}

async function platformOfConfig(registry: Registry, repository: Repository, config: Descriptor): Promise<Platform> {
  const text = new TextDecoder().decode(await registry.blob(repository, config));
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "os" in parsed && "architecture" in parsed) {
      const variant = "variant" in parsed && parsed.variant ? [parsed.variant] : [];
      return platform([parsed.os, parsed.architecture, ...variant].map(String).join("/"));
    }
  } catch (cause) {
    throw unusable(repository, config.digest, "its config cannot be read", cause);
  }
  throw unusable(repository, config.digest, "its config names no platform");
}

function unusable(repository: Repository, digest: Digest, why: string, cause?: unknown): RegistryError {
  return new RegistryError("invalid", `${repository}@${digest} is no image that can be used: ${why}`, {
    hint: "push the image again",
    cause,
  });
}
