/** Where images of this repository are, whatever they are called. */
import type { Repository } from "../../model/reference.ts";
import type { ImageName } from "../catalog.ts";
import { type ImagePlaces, namesIn } from "../graph/owners.ts";
import { isFitName } from "./image-name.ts";

export interface OwnPlaces {
  /** Those of the image of the root. */
  readonly ofRoot: ImagePlaces;
  /** Those of `anyImage`: what stands for its name in them may be any other. */
  readonly ofAny: ImagePlaces;
  /** The repository's own place in the forge's registry: `ghcr.io/o/r`. */
  readonly forgePlace: Repository;
}

/** Whether a repository is a place of this repository's images. */
export type IsOwnPlace = (repository: Repository) => boolean;

export function ownPlaceTest({ ofRoot, ofAny, forgePlace }: OwnPlaces): IsOwnPlace {
  const root = namesIn(ofRoot);
  const patterns = namesIn(ofAny).flatMap((each) => {
    const [before, ...others] = each.split(anyName);
    const after = others.at(-1);
    return before === undefined || after === undefined ? [] : [{ before, after, pattern: each }];
  });
  return (repository) => {
    if (repository.startsWith(official)) return false;
    if (repository === forgePlace || repository.startsWith(`${forgePlace}/`) || root.includes(repository)) return true;
    return patterns.some(({ before, after, pattern }) => {
      if (!repository.startsWith(before) || !repository.endsWith(after)) return false;
      const name = repository.slice(before.length, repository.length - after.length);
      return isFitName(name) && pattern.replaceAll(anyName, name) === repository;
    });
  };
}

/** Where an image of a name would be pushed. */
export function placeOfName(name: string, { ofAny }: Pick<OwnPlaces, "ofAny">): string {
  const [first] = ofAny.knownAs;
  return first?.replaceAll(anyName, name.toLowerCase()) ?? `ghcr.io/OWNER/${name}`;
}

/** A name that no image has. */
const anyName = "q0any0name0q";

export const anyImage: ImageName = { name: anyName, publicName: anyName, variant: "dockerfile" };

/** Docker Hub's own images are everybody's. */
const official = "docker.io/library/";
