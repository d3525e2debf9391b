/** The images of a run that nothing is done for. */

import { markdown } from "../../lib/markdown.ts";
import { count } from "../../lib/quantities.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import { because, isUntouched } from "../plan/because.ts";
import { chunks, type Section, text } from "./sections.ts";
import { imageCode } from "./shown-name.ts";

export interface LeftImages {
  /** Those that the event is not about. */
  readonly untouched: readonly PlannedImage[];
  /** The others, by their reason in words; plain text. */
  readonly explained: ReadonlyMap<string, readonly PlannedImage[]>;
}

/** Images that the run leaves alone, in groups. */
export function leftImages(images: readonly PlannedImage[]): LeftImages {
  const isExplained = (image: PlannedImage) => image.reasons.some(({ kind }) => !isUntouched(kind));
  return {
    untouched: images.filter((image) => !isExplained(image)),
    explained: Map.groupBy(images.filter(isExplained), ({ reasons }) => because(reasons)),
  };
}

/** Their names, folded; first those that have a reason of their own, with it. */
export function leftSections(images: readonly PlannedImage[]): readonly Section[] {
  const { untouched, explained } = leftImages(images);
  const explainedCount = images.length - untouched.length;
  return [
    folded(
      `Nothing to do for ${count(explainedCount, "image")}`,
      [...explained].flatMap(([why, some]) => names(some, `- ${markdown(why)}: `)),
      explainedCount,
    ),
    folded(`${count(untouched.length, "image")} not affected`, names(untouched, ""), untouched.length),
  ];
}

function folded(title: string, pieces: readonly string[], number: number): Section {
  if (number === 0) return text("");
  return {
    head: `<details><summary>${title}</summary>\n`,
    pieces,
    tail: "\n</details>",
    what: "lines",
  };
}

function names(images: readonly PlannedImage[], before: string): readonly string[] {
  const each = images.map(({ name }) => imageCode(name));
  return chunks(each, 20).map((some, index) => (index === 0 ? before : ", ") + some.join(", "));
}
