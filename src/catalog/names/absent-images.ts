/**
 * References to where this repository's images are pushed that name none of them: the image was renamed or removed, or is
 * built by nothing yet. The build takes what was published there at last, which nothing here updates.
 */

import { attempt } from "../../lib/attempt.ts";
import { type Reference, type Repository, tryReference } from "../../model/reference.ts";
import { oneRemark, type Remark } from "../../model/remark.ts";
import { lastPart } from "../../model/repository-path.ts";
import type { ImageName } from "../catalog.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import { isMoved, type Naming } from "../graph/edges.ts";
import { type ImagePlaces, namesIn } from "../graph/owners.ts";
import { isFitName } from "./image-name.ts";
import { eachUseOnce, type NamedUse, namedBy, useWriter } from "./written-use.ts";

export interface AbsentImage extends NamedUse {
  readonly repository: Repository;
}

/** Such a reference with its place, as messages write it. */
export interface WrittenAbsent {
  readonly repository: Repository;
  readonly written: string;
}

export interface OwnPlaces {
  /** The names by which references mean an image of a name, or would. */
  placesOf(image: ImageName, isRoot: boolean): ImagePlaces;
  /** The tags that a run moves of an image. @throws UserError */
  movingTags(image: ImageName): ReadonlySet<string>;
  /** The repository's own place in the forge's registry: `ghcr.io/o/r`. */
  readonly forgePlace: Repository;
  readonly rootName: string;
}

/** Tells whether a repository is a place of this repository's images. */
export type IsOwnPlace = (repository: Repository) => boolean;

export function ownPlaceTest(places: Omit<OwnPlaces, "movingTags">): IsOwnPlace {
  const { forgePlace, rootName } = places;
  const root = namesOf(rootName, true, places);
  const patterns = namesOf(anyName, false, places).flatMap((each) => {
    const [before, ...others] = each.split(anyName);
    const after = others.at(-1);
    return before === undefined || after === undefined ? [] : [{ before, after }];
  });
  return (repository) => {
    if (repository.startsWith(official)) return false;
    if (repository === forgePlace || repository.startsWith(`${forgePlace}/`) || root.includes(repository)) return true;
    return patterns.some(({ before, after }) => {
      if (!repository.startsWith(before) || !repository.endsWith(after)) return false;
      const name = repository.slice(before.length, repository.length - after.length);
      return isFitName(name) && namesOf(name, false, places).includes(repository);
    });
  };
}

/** A name that no image has. */
const anyName = "q0any0name0q";

/** Docker Hub's own images are everybody's. */
const official = "docker.io/library/";

function namesOf(name: string, isRoot: boolean, { placesOf }: Pick<OwnPlaces, "placesOf">): readonly Repository[] {
  return namesIn(placesOf(imageCalled(name, "dockerfile"), isRoot));
}

function imageCalled(name: string, variant: ImageName["variant"]): ImageName {
  return { name, publicName: name, variant };
}

/** Those among what an image uses: without a digest, and without a tag or with one that a run would move. */
export function absentImages(
  uses: readonly OutsideUse[],
  naming: Pick<Naming, "contexts" | "owners">,
  isOwnPlace: IsOwnPlace,
  { movingTags }: Pick<OwnPlaces, "movingTags">,
): readonly AbsentImage[] {
  return uses.flatMap((use) => {
    const named = namedBy(use, naming);
    const reference = tryReference(named.text);
    if (reference === undefined || naming.owners.has(reference.repository)) return [];
    const { repository } = reference;
    return isOwnPlace(repository) && wouldFollow(reference, movingTags) ? [{ ...named, repository }] : [];
  });
}

function wouldFollow(reference: Reference, movingTags: OwnPlaces["movingTags"]): boolean {
  if (reference.digest !== undefined) return false;
  if (reference.tag === undefined) return true;
  const name = lastPart(reference.repository);
  const moves = (image: ImageName, tag: string) => movingTags(image).has(tag);
  const isMovedOf = (variant: ImageName["variant"]) =>
    attempt(() => isMoved(imageCalled(name, variant), reference, { moves }));
  return [isMovedOf("dockerfile"), isMovedOf("nix")].some((each) => "value" in each && each.value);
}

/** @param texts of the files that they are in. */
export function writtenAbsent(
  all: readonly AbsentImage[],
  texts: ReadonlyMap<string, string>,
): readonly WrittenAbsent[] {
  const write = useWriter(texts);
  return eachUseOnce(all).map((each) => ({ repository: each.repository, written: write(each) }));
}

export function absentRemarks(all: readonly WrittenAbsent[]): readonly Remark[] {
  const hint =
    "write the name of an image of this repository; if what was published is meant, add its version or digest";
  return oneRemark(all, {
    item: ({ written }) => written,
    one: ({ written }) => ({
      message: `${written}. This repository's images are pushed there, and none is called that, so the build uses what was published before, which nothing here updates`,
      hint,
    }),
    several: (listed, { length }) => ({
      message: `${length} references name no image of this repository, in places where its images are pushed, so the builds use what was published before, which nothing here updates: ${listed}`,
      hint,
    }),
  });
}
