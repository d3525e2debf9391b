/** A registry's worth of manifests in memory. */
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import { mediaTypes } from "../../../src/oci/manifest.ts";

export function store() {
  const blobs = new Map<Digest, Uint8Array>();
  const put = (mediaType: string, document: object) => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
    blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const blob = (content: string, size: number) => ({
    mediaType: "application/octet-stream",
    digest: digestOf(content),
    size,
  });
  return {
    image: (platform: string) =>
      put(mediaTypes.manifest, { config: blob(`config ${platform}`, 100), layers: [blob(`layer ${platform}`, 1_000)] }),
    index: (manifests: readonly object[]) => put(mediaTypes.index, { manifests }),
    read: async (digest: Digest): Promise<Uint8Array> => {
      const found = blobs.get(digest);
      if (found === undefined) throw new Error(`${digest} was not made`);
      return found;
    },
  };
}

/** An index of images for these platforms. */
export function indexOf(platforms: readonly string[]) {
  const { image, index, read } = store();
  const manifests = platforms.map((platform) => {
    const [os, architecture] = platform.split("/");
    return { ...image(platform), platform: { os, architecture } };
  });
  return { digest: index(manifests).digest, read };
}
