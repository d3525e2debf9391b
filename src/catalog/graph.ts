/** The graph of images, as data. */
import type { Catalog, Image } from "./catalog.ts";

/** The images that build on each image directly, in the catalog's order; every image has its entry. */
export function childrenOf(catalog: Catalog): ReadonlyMap<string, readonly Image[]> {
  const children = new Map<string, Image[]>(catalog.images.map((image) => [image.name, []]));
  for (const image of catalog.images) {
    for (const parent of new Set(image.parents.map((edge) => edge.parent))) children.get(parent)?.push(image);
  }
  return children;
}

/** The names of all images that one is built on, directly or through others. */
export function ancestorsOf(catalog: Catalog, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  // Parents stand before their children, so one pass from the end meets every edge after what it leads from.
  for (const image of catalog.images.toReversed()) {
    if (image.name !== name && !found.has(image.name)) continue;
    for (const edge of image.parents) found.add(edge.parent);
  }
  return found;
}

/** The names of all images that are built on one, directly or through others. */
export function descendantsOf(catalog: Catalog, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const image of catalog.images) {
    if (image.parents.some((edge) => edge.parent === name || found.has(edge.parent))) found.add(image.name);
  }
  return found;
}
