/** What is in a candidate: reads its index and manifests, each checked against the digest by which it was asked for. */
import { UserError } from "../errors.ts";
import type { CandidatePlatform } from "../model/candidate.ts";
import { type Digest, digestOf } from "../model/digest.ts";
import type { Platform } from "../model/platform.ts";
import { compressedSize, parseManifest, platformsOf } from "../oci/manifest.ts";
import type { Files } from "../ports.ts";

/** The bytes of a manifest or index. */
export type ReadManifest = (digest: Digest) => Promise<Uint8Array>;

/** Reads from an OCI layout (OCI image-spec, image-layout.md, "Blobs"). `path` is absolute. */
export function layoutReader(files: Pick<Files, "read">, path: string): ReadManifest {
  return async (digest) => {
    const bytes = await files.read(`${path}/blobs/${digest.replace(":", "/")}`);
    if (bytes === undefined) throw wrong(`${digest} is not in the layout that the build wrote`);
    return bytes;
  };
}

/**
 * The platforms of a candidate in the index's order, attestations left out.
 * @throws UserError when the digest names no index, or one without a platform that was wanted.
 */
export async function readContents(
  digest: Digest,
  wanted: readonly Platform[],
  read: ReadManifest,
): Promise<readonly CandidatePlatform[]> {
  const index = parseManifest(await verified(digest, read));
  if (index.kind !== "index") throw wrong("the build made a manifest where an index was asked for");
  const entries = platformsOf(index);
  const missing = wanted.filter((each) => !entries.some(({ platform }) => platform === each));
  if (missing.length > 0 || entries.length === 0)
    throw wrong(`the build made nothing for ${missing.join(", ") || "any platform"}`);
  return Promise.all(
    entries.map(async ({ platform, manifest: { digest: of } }) => {
      const manifest = parseManifest(await verified(of, read));
      if (manifest.kind !== "manifest") throw wrong(`what the build made for ${platform} isn't an image`);
      return { platform, digest: of, size: compressedSize(manifest) };
    }),
  );
}

async function verified(digest: Digest, read: ReadManifest): Promise<Uint8Array> {
  const bytes = await read(digest);
  if (digestOf(bytes) !== digest) throw wrong(`what was read as ${digest} are other bytes`);
  return bytes;
}

function wrong(message: string): UserError {
  return new UserError(message, {
    hint: "run again; if it fails again, check the Dockerfile's `# syntax=` line and the builder",
  });
}
