/** How the tags of an image are written, by all tags that its repository has. Pure. */
import { mapped } from "../../lib/pause.ts";
import { numberRoles } from "./open-numbers.ts";
import type { TagStyle } from "./tag-form.ts";
import { bareMarks } from "./tag-pieces.ts";

/** Which marks and numbers name variants. @param tags all of one repository. */
export async function styleOfTags(tags: readonly string[]): Promise<Pick<TagStyle, "variantMarks" | "numberRoles">> {
  return { variantMarks: await variantMarks(tags), numberRoles: await numberRoles(tags) };
}

/** Marks with which and without which an image has a tag: `1.2.3-dev` beside `1.2.3`. */
async function variantMarks(tags: readonly string[]): Promise<ReadonlySet<string>> {
  const all = new Set(tags);
  const found = await mapped(tags, (tag) =>
    bareMarks(tag).flatMap(({ mark, without }) => (all.has(without) ? [mark] : [])),
  );
  return new Set(found.flat());
}
