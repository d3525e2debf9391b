/** What the flavor puts before and behind all tags of an image. */
import type { TagStyle } from "../bump/versions/tag-form.ts";
import type { ImageName } from "../catalog/catalog.ts";
import { tagText } from "../model/image-tags.ts";
import { type Flavor, variantSuffix } from "../tags/rules/flavor.ts";
import type { Template } from "../tags/text/expression.ts";

/** Without what expressions in it come to, which differs from run to run. */
export function tagAffixes(image: ImageName, flavor: Flavor): Pick<TagStyle, "prefix" | "suffix"> {
  return {
    prefix: literal(flavor.prefix.template),
    suffix: `${literal(flavor.suffix.template)}${variantSuffix(image, flavor)}`,
  };
}

function literal({ text, parts }: Template): string {
  return parts.includes(text) ? tagText(text) : "";
}
