/** Names of images as the job's summary shows them: a long one is cut in its middle, and none is wrapped. */
import { code, markdown } from "../../lib/markdown.ts";
import { plainLine } from "../../lib/plain-text.ts";
import { middleCut } from "./abbreviation.ts";

/** Characters. */
const longest = 40;

export function imageCode(name: string): string {
  return code(middleCut(plainLine(name), longest));
}

/** In a table's first column, or in HTML. */
export function imageText(name: string): string {
  return markdown(middleCut(plainLine(name), longest));
}

/**
 * The heading of a column of names, as wide as the longest: browsers wrap a name at its hyphens, and not the spaces that are as wide as
 * digits. A name itself has nothing in it that somebody would copy along.
 */
export function imageHeading(names: readonly string[], title = "Image"): string {
  const width = Math.max(0, ...names.map((name) => Math.min(longest, [...plainLine(name)].length)));
  return title + "\u2007".repeat(Math.max(0, Math.ceil(width * widerThanDigits) - title.length));
}

/** Bold letters are a little wider than digits on the average. */
const widerThanDigits = 1.1;
