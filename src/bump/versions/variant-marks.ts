/** Which marks name variants of an image rather than prereleases. Pure. */
import { mapped } from "../../lib/pause.ts";
import { bareMarks } from "./tag-pieces.ts";

/** Those with which and without which an image has a tag: `1.2.3-dev` beside `1.2.3`. @param tags all of one repository. */
export async function variantMarks(tags: readonly string[]): Promise<ReadonlySet<string>> {
  const all = new Set(tags);
  const found = await mapped(tags, (tag) =>
    bareMarks(tag).flatMap(({ mark, without }) => (all.has(without) ? [mark] : [])),
  );
  return new Set(found.flat());
}
