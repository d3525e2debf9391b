/** What a tag that a repository doesn't have is to those that it has. Pure. */

import { styleOfTags } from "./style-of-tags.ts";
import { compareVersions, hasNumbers, isSameForm, type TagLiterals, tagForm } from "./tag-form.ts";

/** `higher`: a version above all that are published. `not-higher`: another version, or none. */
export type AbsentTag = "higher" | "not-higher";

/**
 * @param tags all of the repository
 * @param literals what the rules of the image put around versions
 * @param isShared other images have tags in the repository: only those of the same form are surely this image's
 */
export async function absentTag(
  tag: string,
  tags: readonly string[],
  literals: readonly TagLiterals[],
  isShared: boolean,
): Promise<AbsentTag> {
  const style = { ...(await styleOfTags([...tags, tag])), literals };
  const form = tagForm(tag, style);
  if (!form.isVersion || !hasNumbers(form)) return "not-higher";
  const forms = tags.map((each) => tagForm(each, style)).filter((each) => each.isVersion && hasNumbers(each));
  const same = forms.filter((each) => isSameForm(form, each));
  const compared = same.length > 0 || isShared ? same : forms;
  return compared.every((each) => compareVersions(form, each) > 0) ? "higher" : "not-higher";
}
