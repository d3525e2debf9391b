/** Which layers a base brings: they show which base a finding comes from. */
import type { Digest } from "../model/digest.ts";
import type { Platform } from "../model/platform.ts";
import type { Repository } from "../model/reference.ts";
import { type Manifest, platformsOf } from "../oci/manifest.ts";
import type { Registry } from "../oci/registry/registry-client.ts";

/**
 * The layers of an image on one platform, lowest first, by the digests of what is unpacked from them (OCI image-spec,
 * "Layer DiffID"). @returns `undefined` where it has no such platform. @throws RegistryError
 */
export async function layersOf(
  registry: Pick<Registry, "manifest" | "blob">,
  repository: Repository,
  digest: Digest,
  platform: Platform,
): Promise<readonly string[] | undefined> {
  const image = await imageOf(registry, repository, digest, platform);
  if (image === undefined) return undefined;
  return diffIds(await registry.blob(repository, image.config));
}

async function imageOf(
  registry: Pick<Registry, "manifest">,
  repository: Repository,
  digest: Digest,
  platform: Platform,
): Promise<Manifest | undefined> {
  const document = (await registry.manifest(repository, digest))?.document;
  if (document?.kind !== "index") return document;
  const entry = platformsOf(document).find((each) => each.platform === platform);
  const found = entry && (await registry.manifest(repository, entry.manifest.digest))?.document;
  return found?.kind === "manifest" ? found : undefined;
}

/** Of an image's config, which is hostile text. */
function diffIds(config: Uint8Array): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(config));
    const rootfs = typeof parsed === "object" && parsed !== null && "rootfs" in parsed ? parsed.rootfs : undefined;
    const ids = typeof rootfs === "object" && rootfs !== null && "diff_ids" in rootfs ? rootfs.diff_ids : undefined;
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : undefined;
  } catch {
    return undefined;
  }
}
