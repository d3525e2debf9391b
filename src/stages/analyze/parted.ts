/** Images that turn out to have a problem leave the catalog, and what depends on them with them. Pure. */
import type { Catalog, Image } from "../../catalog/catalog.ts";
import { type TroubledImage, waitingImages } from "../../catalog/graph/troubled.ts";
import { possibleBases } from "../../changes/sources/built-on.ts";
import { problemsIn, type UserError } from "../../errors.ts";

export interface SplitCatalog {
  /** The images that are in order. */
  readonly catalog: Catalog;
  /** The others. */
  readonly troubled: readonly TroubledImage[];
}

export type ProblemsByImage = ReadonlyMap<string, UserError>;

/** An image whose base is unknown before the build waits for all that it may be. */
export function splitBy(split: SplitCatalog, problems: ProblemsByImage): SplitCatalog {
  const { catalog, troubled } = split;
  if (troubled.length === 0 && problems.size === 0) return split;
  const possibleOf = possibleBases(everyImage(split));
  const apart = new Set([...troubled.map(({ image }) => image.name), ...problems.keys()]);
  const waiting = waitingImages(catalog.images, apart, (image) => [
    ...image.parents.map(({ parent }) => parent),
    ...possibleOf(image),
  ]);
  const moved = catalog.images.flatMap((image): readonly TroubledImage[] => {
    const problem = problems.get(image.name);
    const waitsFor = waiting.get(image.name);
    if (problem === undefined && waitsFor === undefined) return [];
    const own = problem === undefined ? [] : problemsIn(problem);
    return [{ image, kind: "image", isUnplaced: false, problems: own, waitsFor }];
  });
  const isMoved = new Set(moved.map(({ image }) => image.name));
  return {
    catalog: { images: catalog.images.filter(({ name }) => !isMoved.has(name)) },
    troubled: [...moved, ...troubled],
  };
}

/** Dependencies first, as far as the troubled ones have an order. */
export function everyImage({ catalog, troubled }: SplitCatalog): readonly Image[] {
  return troubled.length === 0 ? catalog.images : [...catalog.images, ...troubled.map(({ image }) => image)];
}
