/** How records are read in a repository that several images have. */
import { type PlannedBuild, type PlannedPromote, publicNameOf } from "../../plan/plan.ts";
import type { RecordRules } from "./tag-state.ts";

interface SharingImage {
  readonly name: string;
  readonly publicName: string;
  readonly isSharing: boolean;
}

/** The rules for an image of the plan. */
export function rulesForPlanned(
  records: RecordRules,
  planned: PlannedBuild | PlannedPromote,
  isOwnTag: (image: Pick<SharingImage, "name">, tag: string) => boolean,
): RecordRules {
  const image = { name: planned.name, publicName: publicNameOf(planned), isSharing: planned.sharesRepository === true };
  return rulesForImage(records, image, (tag) => isOwnTag(image, tag));
}

/** The rules for one image; they are the same for all where each has a repository of its own. */
export function rulesForImage(
  records: RecordRules,
  image: SharingImage,
  isOwnTag: (tag: string) => boolean,
): RecordRules {
  return image.isSharing ? { ...records, sharing: { image: image.publicName, isOwnTag } } : records;
}
