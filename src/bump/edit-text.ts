/** Changes values in a text and nothing else. */
import type { PinValues, Span } from "./read-pin.ts";

/** A value that becomes another. */
export interface Edit extends Span {
  readonly to: string;
}

/** The edits that give a pin a tag, a digest or both. */
export function valueEdits(
  { tag, digest }: PinValues,
  wanted: { readonly tag: string | undefined; readonly digest: string | undefined },
): readonly Edit[] {
  return [
    ...(tag === undefined || wanted.tag === undefined ? [] : [{ ...tag, to: wanted.tag }]),
    ...(digest === undefined || wanted.digest === undefined ? [] : [{ ...digest, to: wanted.digest }]),
  ];
}

/** The piece of a text that a span is, after edits, which may not overlap. */
export function editText(text: string, edits: readonly Edit[], { start, end }: Span): string {
  let edited = "";
  let at = start;
  for (const edit of edits
    .filter((each) => each.start >= start && each.end <= end)
    .toSorted((a, b) => a.start - b.start)) {
    edited += text.slice(at, edit.start) + written(edit, text.slice(edit.start, edit.end));
    at = edit.end;
  }
  return edited + text.slice(at, end);
}

/** A commit such as 12e4567 is a number to YAML, unless it is quoted. */
function written({ to, isPlain }: Edit, from: string): string {
  return isPlain && looksLikeNumber(to) && !looksLikeNumber(from) ? `"${to}"` : to;
}

function looksLikeNumber(text: string): boolean {
  return /^(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}
