/**
 * Pushes what was built without a login. A build of code that nobody trusts can't push: what logs in to push would read other
 * images of that registry for it, too. So it is built into a layout, and this process brings it to the registry.
 */

import { UserError } from "../../errors.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import { digestOf } from "../../model/digest.ts";
import type { ImageLayout } from "../../oci/copy/copy-image.ts";
import { parseManifest } from "../../oci/manifest.ts";
import type { RegistryClient } from "../../oci/registry/registry-client.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import { isOfRecord } from "../../plan/record.ts";
import type { FileStreams, Files } from "../../ports.ts";
import type { ImageResult } from "../../results/run-result.ts";

export interface LayoutPush {
  readonly registry: Pick<RegistryClient, "copyImage">;
  readonly files: Pick<Files, "read"> & Pick<FileStreams, "readStream">;
  readonly signal: AbortSignal;
}

/** Brings a candidate into its first repository, without a tag, and publishes it from there; it stays in its layout, too. */
export async function pushLayout(
  { repositories: [repository] }: Pick<PlannedBuild, "repositories">,
  candidate: Candidate,
  publish: (pushed: Candidate) => Promise<ImageResult>,
  { registry, files, signal }: LayoutPush,
): Promise<ImageResult> {
  const { layout, digest } = candidate;
  if (layout === undefined || repository === undefined) return publish(candidate);
  const built = imageLayout(layout, files);
  const { document } = await built.manifest(digest);
  // A frontend that a Dockerfile names (`# syntax=`) may annotate what it makes.
  const forged = Object.keys(document.annotations).find(isOfRecord);
  if (forged !== undefined) {
    throw new UserError(`the build gave its index the annotation ${forged}, which only this action writes`, {
      hint: "check the image that the Dockerfile's `# syntax=` line names",
    });
  }
  await registry.copyImage({ from: repository, to: repository, digest, signal, layout: built });
  const result = await publish({ ...candidate, layout: undefined });
  return "candidate" in result ? { ...result, candidate: { ...result.candidate, layout } } : result;
}

function imageLayout(folder: string, files: LayoutPush["files"]): ImageLayout {
  const pathOf = (digest: Digest): string => `${folder}/blobs/${digest.replace(":", "/")}`;
  return {
    async manifest(digest) {
      const bytes = await files.read(pathOf(digest));
      if (bytes === undefined || digestOf(bytes) !== digest) {
        throw new Error(`${digest} is not in the layout that the build wrote`);
      }
      const document = parseManifest(bytes);
      return { digest, bytes, mediaType: document.mediaType, document };
    },
    blob: ({ digest }) => files.readStream(pathOf(digest)),
  };
}
