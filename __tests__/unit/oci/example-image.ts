import { digestOf } from "../../../src/model/digest.ts";
import { mediaTypes } from "../../../src/oci/manifest.ts";

/** Documents as registries hold them, with the fields that a test wants otherwise. */
export function imageManifest(seed: string, layers: readonly number[] = [100]) {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(`config ${seed}`), size: 10 },
    layers: layers.map((size, at) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest: digestOf(`layer ${seed} ${at}`),
      size,
    })),
  };
}

export function imageIndex(entries: readonly { readonly platform: string; readonly digest: string }[]) {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries.map(({ platform, digest }) => {
      const [os, architecture, variant] = platform.split("/");
      return { mediaType: mediaTypes.manifest, digest, size: 1, platform: { os, architecture, variant } };
    }),
  };
}
