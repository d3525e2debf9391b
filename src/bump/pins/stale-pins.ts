/** Whether files name the version that is about to be released. Pure. */
import { UserError } from "../../errors.ts";
import type { Repository } from "../../model/reference.ts";
import { type TagStyle, variantOf } from "../versions/tag-form.ts";
import type { Pin } from "./find-pins.ts";
import { chartVersions } from "./yaml/chart-pins.ts";

/** An image of the release, with all tags that the release gives it. */
export interface ReleasedImage {
  readonly name: string;
  readonly repositories: readonly Repository[];
  readonly version: string;
  readonly tags: readonly string[];
  /** How its tags are written, as far as it is known. */
  readonly style?: TagStyle;
}

/**
 * A problem, with file and line, for each pin of a released image that names another version. A tag that this release moves
 * (`1.2`, `latest`) will name it. A version of a variant that isn't released here is that of another job. A chart's version must be that of
 * one of the images.
 */
export function stalePins(pins: readonly Pin[], released: readonly ReleasedImage[]): readonly UserError[] {
  return pins.flatMap((pin) => {
    const wanted =
      pin.repository === undefined
        ? released
        : released.filter(({ repositories }) => repositories.some((each) => each === pin.repository));
    if (wanted.length === 0 || wanted.some((image) => names(pin, image))) return [];
    if (pin.repository !== undefined && wanted.every((image) => isOfOtherVariant(pin, image))) return [];
    const versions = [...new Set(wanted.map(({ version }) => version))].join(" or ");
    return [
      new UserError(`"${pin.text}" doesn't name ${versions}, the version of this release`, {
        hint: `write ${versions} here in the commit that gets the release's tag, or take the file out of \`check-pins\``,
        at: pin.at,
      }),
    ];
  });
}

function names({ repository, tag }: Pin, { version, tags }: ReleasedImage): boolean {
  if (tag === undefined) return false;
  return (repository === undefined ? chartVersions({ version, tags: [] }) : tags).some((each) => each === tag);
}

function isOfOtherVariant({ tag }: Pin, { tags, style }: ReleasedImage): boolean {
  const variant = tag === undefined ? undefined : variantOf(tag, style);
  return variant !== undefined && !tags.some((each) => variantOf(each, style) === variant);
}
