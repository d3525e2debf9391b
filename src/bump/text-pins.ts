/** Pins in text of which no more is known than lines: scripts, templates, what is broken. */
import type { ImageNames } from "./image-names.ts";
import type { ReadPin } from "./read-pin.ts";

/** References in full, but those in comments. @param offset of the text in its file. */
export function textPins(text: string, names: ImageNames, offset = 0): readonly ReadPin[] {
  let end = -1;
  let comment = 0;
  return names.pinsIn(text, offset).filter(({ start }) => {
    const at = start - offset;
    if (at > end) {
      const begin = text.lastIndexOf("\n", at - 1) + 1;
      const next = text.indexOf("\n", at);
      end = next < 0 ? text.length : next;
      comment = begin + startOfComment(text.slice(begin, end));
    }
    return at < comment;
  });
}

/** Where a comment begins on a line, in any of the languages that stand around images; its end where it has none. */
function startOfComment(line: string): number {
  return /(?<!\S)(?:#|\/\/)|\{\{-?\s*\/\*|<!--/.exec(line)?.index ?? line.length;
}
