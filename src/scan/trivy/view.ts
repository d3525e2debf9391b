/**
 * An OCI layout that shows one platform of another layout: asked for a platform of a layout, Trivy scans the first one
 * that it finds (seen with 0.76).
 */
import { UserError } from "../../errors.ts";
import { type Digest, digestOf } from "../../model/digest.ts";
import { mediaTypes, parseManifest } from "../../oci/manifest.ts";
import type { FileLinks, Files } from "../../ports.ts";

/** Makes it in `view`, absolute and not there yet. @throws UserError when the layout lacks the manifest */
export async function makeView(
  layout: string,
  manifest: Digest,
  view: string,
  files: Files & FileLinks,
): Promise<void> {
  const bytes = await files.read(`${layout}/blobs/${manifest.replace(":", "/")}`);
  if (bytes === undefined || digestOf(bytes) !== manifest) {
    throw new UserError(`${manifest} is not in the image that was built (${layout})`, {
      hint: "run again; another step of the job must not change the files there",
    });
  }
  const { mediaType } = parseManifest(bytes);
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ mediaType, digest: manifest, size: bytes.length }],
  };
  await files.makeDirectory(view);
  await files.write(`${view}/index.json`, JSON.stringify(index));
  await files.write(`${view}/oci-layout`, JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await files.link(`${layout}/blobs`, `${view}/blobs`);
}
