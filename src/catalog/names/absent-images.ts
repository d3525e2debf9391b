/**
 * References to where this repository's images are pushed that name none of them: the image was renamed or removed, or is
 * built by nothing yet. The build takes what was published there at last, which nothing here updates.
 */

import { type Reference, type Repository, tryReference } from "../../model/reference.ts";
import { oneRemark, type Remark } from "../../model/remark.ts";
import { lastPart } from "../../model/repository-path.ts";
import type { ImageName } from "../catalog.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import { type ImageNaming, isMoved } from "../graph/edges.ts";
import { movesTag, type NamesOfStranger } from "./given-names.ts";
import type { IsOwnPlace } from "./own-places.ts";
import { eachUseOnce, type NamedUse, namedBy, useWriter } from "./written-use.ts";

export interface AbsentImage extends NamedUse {
  readonly repository: Repository;
  readonly reference: Reference;
}

/** Such a reference with its place, as messages write it. */
export interface WrittenAbsent {
  readonly repository: Repository;
  readonly written: string;
}

/** Those that are possible among what an image uses: references to own places that name none of the images. */
export function possiblyAbsent(
  uses: readonly OutsideUse[],
  naming: Pick<ImageNaming, "contexts" | "owners">,
  isOwnPlace: IsOwnPlace,
): readonly AbsentImage[] {
  return uses.flatMap((use) => {
    const named = namedBy(use, naming);
    const reference = tryReference(named.text);
    if (reference === undefined || naming.owners.has(reference.repository)) return [];
    const { repository } = reference;
    return isOwnPlace(repository) ? [{ ...named, repository, reference }] : [];
  });
}

/** The names that the image would have. */
export function namesOfAbsent({ reference }: AbsentImage): readonly ImageName[] {
  const name = lastPart(reference.repository);
  return (["dockerfile", "nix"] as const).map((variant) => ({ name, publicName: name, variant }));
}

/** Those without a digest, and without a tag or with one that a run would move. */
export function absentImages(possible: readonly AbsentImage[], namesOf: NamesOfStranger): readonly AbsentImage[] {
  const moves = (image: ImageName, tag: string) => movesTag(namesOf(image), tag);
  return possible.filter((each) => namesOfAbsent(each).some((image) => isMoved(image, each.reference, { moves })));
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
