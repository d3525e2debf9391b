import type { Catalog, Image } from "../catalog/catalog.ts";
import type { Digest } from "../model/digest.ts";
import type { Reason } from "../model/reason.ts";

/** Reasons by name of the image; who is not in it is not affected. */
export type ReasonsByImage = ReadonlyMap<string, readonly Reason[]>;

/**
 * The published images that are not affected and on which an affected image is built, directly or through an image that
 * is not published (which must be built again in any case): their digests are to be looked up before planning.
 */
export function parentsToLookUp(catalog: Catalog, affected: ReasonsByImage): readonly Image[] {
  const built = withNeeded(catalog, affected, () => false);
  const parents = new Set(catalog.images.filter((image) => built.has(image.name)).flatMap(parentNames));
  return catalog.images.filter((image) => parents.has(image.name) && !built.has(image.name));
}

/**
 * What has to be built: the affected images, and of the others those that one of them needs and that nobody can pull,
 * because they are not published or nothing was found under their tags.
 */
export function toBuild(
  catalog: Catalog,
  affected: ReasonsByImage,
  published: ReadonlyMap<string, Digest | null>,
): ReasonsByImage {
  return withNeeded(catalog, affected, (image) => isPublished(image) && !published.has(image.name));
}

/** Children come after their parents, so that one pass from the end sees every need. */
function withNeeded(catalog: Catalog, affected: ReasonsByImage, isMissing: (image: Image) => boolean): ReasonsByImage {
  const reasons = new Map<string, readonly Reason[]>(affected);
  const neededBy = new Map<string, string>();
  for (const image of catalog.images.toReversed()) {
    const child = neededBy.get(image.name);
    if (!reasons.has(image.name) && child !== undefined && (!isPublished(image) || isMissing(image))) {
      reasons.set(image.name, [{ kind: "needed-by", image: child }]);
    }
    if (reasons.has(image.name)) for (const parent of parentNames(image)) neededBy.set(parent, image.name);
  }
  return reasons;
}

function isPublished(image: Image): boolean {
  return image.repositories.length > 0;
}

function parentNames(image: Image): readonly string[] {
  return image.parents.map((edge) => edge.parent);
}
