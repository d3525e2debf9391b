/** Parents that a run doesn't build, looked up in their registries. */
import type { Image } from "../../catalog/catalog.ts";
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { Remark } from "../../model/remark.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { isUnclear } from "../../oci/registry/registry-error.ts";
import { publishedDigest } from "../../publish/published.ts";
import type { Naming, TagSources } from "../analyze/details/image-details.ts";
import { tagsToFollow } from "../analyze/details/tag-sources.ts";
import { errorRemarks, type ImageError } from "../analyze/image-errors.ts";
import type { ProblemsByImage } from "../analyze/parted.ts";
import { isUnnamedHost } from "./push-rights.ts";

export interface ParentsOptions {
  readonly sources: TagSources;
  readonly registry: Registry;
  /** Whether what is built is pushed. */
  readonly push: boolean;
}

export interface PublishedParents {
  readonly digests: ReadonlyMap<string, Digest>;
  readonly remarks: readonly Remark[];
  /** Where the run pushes: of which an answer leaves open what is published. */
  readonly unclear: ProblemsByImage;
}

/**
 * By name of the image. One of which the registry definitely has nothing is left out, and so has to be built. @throws UserError
 * where it can't be asked and the run pushes, or where its host is one that the workflow has to name; where it doesn't, the parent is built, and a remark says so.
 */
export async function publishedParents(
  parents: readonly Image[],
  run: Naming,
  { sources, registry, push }: ParentsOptions,
): Promise<PublishedParents> {
  // Who sends code from a fork can't add a login, and the build would get none.
  const isMissing = (error: UserError): boolean => run.trust.kind === "trusted" && isUnnamedHost(error);
  const digests = new Map<string, Digest>();
  const unclear = new Map<string, UserError>();
  const unknown: (ImageError & { readonly repository: Repository })[] = [];
  await Promise.all(
    parents.map(async (image) => {
      const [repository] = image.repositories;
      if (repository === undefined) return;
      try {
        const published = await publishedDigest(registry, repository, tagsToFollow(run, image, sources));
        if (published !== undefined) digests.set(image.name, published);
      } catch (error) {
        if (push && isUnclear(error)) {
          unclear.set(image.name, error);
          return;
        }
        if (!(error instanceof UserError) || push || isMissing(error)) throw error;
        unknown.push({ image: image.name, repository, error });
      }
    }),
  );
  const remarks = errorRemarks(
    unknown,
    ({ image, repository, error }) => `${repository} can't be queried, so ${image} is built too: ${error.message}`,
    (many) => `${many} images are built too, as their registries can't be queried`,
  );
  return { digests, remarks, unclear };
}
