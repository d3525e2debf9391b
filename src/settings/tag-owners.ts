/** Whose a tag is in a repository that several images have: that of the image whose rules put the most text around it. */

import type { TagLiterals } from "../bump/versions/tag-form.ts";
import type { Image, ImageName } from "../catalog/catalog.ts";
import { memoize } from "../lib/memoize.ts";
import { fixedTags, literalsOfRules, type TagRules } from "./tag-literals.ts";

/** Whether a tag of an image's repositories may be the image's own. */
export type IsOwnTag = (image: Pick<ImageName, "name">, tag: string) => boolean;

type Named = Pick<Image, "name" | "publicName" | "variant" | "knownAs">;

/** An image that shares no repository owns all tags. */
export function tagOwners(images: readonly Named[], rulesOf: (publicName: string) => TagRules): IsOwnTag {
  const byName = new Map(images.map((image) => [image.name, image]));
  const sharers = Map.groupBy(
    images.flatMap((image) => image.knownAs.map((place) => ({ place, image }))),
    ({ place }) => place,
  );
  const writtenBy = memoize(
    (image: ImageName): Written => {
      const rules = rulesOf(image.publicName);
      const filled = rules.rules.filter((rule) => rule.type !== "raw" || rule.value.parts.some(isFilledIn));
      return {
        fixed: new Set(fixedTags(image, rules)),
        around: literalsOfRules(image, { ...rules, rules: filled }),
      };
    },
    ({ name }) => name,
  );
  const othersOf = memoize(
    (image: Named) =>
      [...new Set(image.knownAs.flatMap((place) => (sharers.get(place) ?? []).map((each) => each.image)))].filter(
        ({ name }) => name !== image.name,
      ),
    ({ name }) => name,
  );
  return ({ name }, tag) => {
    const image = byName.get(name);
    if (image === undefined) return true;
    const others = othersOf(image);
    if (others.length === 0) return true;
    const own = mostText(writtenBy(image), tag);
    return own >= 0 && others.every((other) => mostText(writtenBy(other), tag) <= own);
  };
}

/** What an image's rules write into tags. */
interface Written {
  readonly fixed: ReadonlySet<string>;
  readonly around: readonly TagLiterals[];
}

function isFilledIn(part: unknown): boolean {
  return typeof part !== "string";
}

/** How much of a tag is text of a rule; -1 where no rule gives such a tag. */
function mostText({ fixed, around }: Written, tag: string): number {
  if (fixed.has(tag)) return tag.length;
  return around.reduce((most, literals) => Math.max(most, textAround(literals, tag)), -1);
}

function textAround(literals: TagLiterals, tag: string): number {
  const [before = "", after = ""] = [literals[0], literals.length > 1 ? literals.at(-1) : ""];
  const length = before.length + after.length;
  return tag.length > length && tag.startsWith(before) && tag.endsWith(after) ? length : -1;
}
