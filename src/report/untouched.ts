/** The images of a run that nothing is done for. */
import type { PlannedImage } from "../plan/plan.ts";
import { because, isUntouched } from "./because.ts";
import { code, markdown, shortened } from "./escape.ts";
import { count } from "./quantities.ts";
import { chunks, type Section, text } from "./sections.ts";

/** Their names, folded; one with a reason of its own has it beside it. */
export function untouchedSection(images: readonly PlannedImage[]): Section {
  if (images.length === 0) return text("");
  const explained = images.filter((image) => image.reasons.some(({ kind }) => !isUntouched(kind)));
  const names = images.filter((image) => !explained.includes(image)).map(({ name }) => code(shortened(name, 100)));
  return {
    head: `<details><summary>${count(images.length, "image")} not affected</summary>\n`,
    pieces: [
      ...chunks(names, 20).map((some, index) => (index === 0 ? "" : ", ") + some.join(", ")),
      ...explained.map((image) => `\n- ${code(shortened(image.name, 100))}: ${markdown(because(image.reasons))}`),
    ],
    tail: "\n</details>",
    what: "lines",
  };
}
