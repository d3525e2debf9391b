/** Texts that are made from a part of a file, with where each character comes from, so that what is found in them can be edited. */
import type { PinDoubt, ReadPin, Span } from "../read-pin.ts";

export interface DerivedText {
  readonly text: string;
  /** For each UTF-16 code unit of the text, its offset in the source. */
  readonly from: readonly number[];
  /** What may be written around a value in the source, where a double quote may not. */
  readonly quote?: "'";
}

/** Maps a pin of such a text to the source; a value that is in pieces there can't be changed. */
export function pinInSource(pin: ReadPin, derived: DerivedText): ReadPin {
  const start = derived.from[pin.start] ?? 0;
  if ("doubt" in pin.values) return { ...pin, start };
  const { whole, tag, digest } = pin.values;
  const [all, own, its] = [whole, tag, digest].map((span) => span && spanInSource(span, derived));
  if ((tag !== undefined && own === undefined) || (digest !== undefined && its === undefined)) {
    return { ...pin, start, values: { doubt: inPieces } };
  }
  const values = { ...(all && { whole: all }), ...(own && { tag: own }), ...(its && { digest: its }) };
  return { ...pin, start: all === undefined ? ((own ?? its)?.start ?? start) : start, values };
}

/** A pin whose places are counted from elsewhere. */
export function pinAt(pin: ReadPin, offset: number): ReadPin {
  const start = pin.start + offset;
  if ("doubt" in pin.values) return { ...pin, start };
  const { whole, tag, digest } = pin.values;
  const [all, own, its] = [whole, tag, digest].map(
    (span) => span && { ...span, start: span.start + offset, end: span.end + offset },
  );
  return {
    ...pin,
    start,
    values: { ...(all && { whole: all }), ...(own && { tag: own }), ...(its && { digest: its }) },
  };
}

/** Why a version that is spread over several places of a text is left. */
export const inPieces: PinDoubt = { why: "its version is put together from several parts", remedy: "write it as one" };

function spanInSource(span: Span, { from, quote }: DerivedText): Span | undefined {
  const [first, last] = [from[span.start], from[span.end - 1]];
  if (first === undefined || last === undefined || last - first !== span.end - 1 - span.start) return undefined;
  return { ...span, start: first, end: last + 1, ...(quote && { quote }) };
}

/** A shell's and compose's variables with a default, by what they default to: `app:${TAG:-1.2.3}` to `app:1.2.3`, also where it is in quotes. */
export function withDefaults(text: string): DerivedText | undefined {
  if (!/\$\{\w+:?[-=]/.test(text)) return undefined;
  const from: number[] = [];
  const pieces: string[] = [];
  const open: ("default" | "quoted" | "other")[] = [];
  for (const { 0: piece, index } of text.matchAll(variableToken)) {
    const isDefault = piece.length > 2 && piece.startsWith("${");
    if (isDefault) open.push(/["']$/.test(piece) ? "quoted" : "default");
    else if (piece === "${") open.push("other");
    else if (piece === "\n") open.length = 0;
    const closed = piece.endsWith("}") ? open.pop() : undefined;
    if (isDefault || closed === "quoted") continue;
    const kept = closed === "default" ? piece.slice(0, -1) : piece;
    pieces.push(kept);
    for (let at = 0; at < kept.length; at++) from.push(index + at);
  }
  return { text: pieces.join(""), from };
}

const variableToken = /\$\{\w+:?[-=](?:\\?["'](?=[^"'\n]*["']\}))?|\$\{|\\?["']\}|[}\n]|(?:(?!\\?["']\})[^$}\n])+|\$/g;
