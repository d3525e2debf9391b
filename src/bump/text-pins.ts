/** Pins in text of which no more is known than lines: scripts, templates, what is broken. */
import type { ImageNames } from "./image-names.ts";
import type { ReadPin } from "./read-pin.ts";

/** References in full, but those in comments. @param offset of the text in its file. */
export function textPins(text: string, names: ImageNames, offset = 0): readonly ReadPin[] {
  return names.pinsIn(text, offset).filter(({ start }) => {
    const at = start - offset;
    return !isComment(text.slice(text.lastIndexOf("\n", at - 1) + 1, at));
  });
}

/** Whether what follows on a line is a comment in one of the languages that stand around images. */
function isComment(before: string): boolean {
  return /(?:^|\s)(?:#|\/\/)|\{\{-?\s*\/\*|<!--/.test(before);
}
