/** Changes values in a text and nothing else. */
import type { PinValues, Span } from "./pins/read-pin.ts";

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
    ...(digest === undefined || wanted.digest === undefined
      ? []
      : [{ ...digest, to: digest.isHex ? wanted.digest.replace(/^sha256:/, "") : wanted.digest }]),
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

/** Without quotes YAML makes numbers of 12e4567 and of 1.10, which is 1.1; what was one already, and loses nothing, may stay so. */
function written({ to, isPlain, quote }: Edit, from: string): string {
  const mark = quote ?? '"';
  const staysNumber = looksLikeNumber(from) && String(Number(to)) === to;
  return isPlain && looksLikeNumber(to) && !staysNumber ? `${mark}${to}${mark}` : to;
}

function looksLikeNumber(text: string): boolean {
  return /^(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}
