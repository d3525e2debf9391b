/** Gives pins of a file other versions, and changes nothing else of it. */
import { type Edit, editText, valueEdits } from "./edit-text.ts";
import type { MovedFile, MovedPin } from "./moved.ts";
import type { PinValues } from "./pins/read-pin.ts";
import { textPlaces } from "./pins/text/text-places.ts";

/** A pin that moves: what it takes is `undefined` where it holds none, or has the right one. */
export interface PinMove {
  readonly values: PinValues;
  /** The published image that it follows. */
  readonly image: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** `undefined` where nothing changes. */
export function editPins(
  { path, bytes, text }: { readonly path: string; readonly bytes: Uint8Array; readonly text: string },
  moves: readonly PinMove[],
): MovedFile | undefined {
  const places = textPlaces(text);
  const edits = new Map<number, Edit>();
  const pins = new Map<number, MovedPin>();
  for (const { values, image, ...wanted } of moves) {
    const own = valueEdits(values, wanted);
    for (const edit of own) edits.set(edit.start, edit);
    for (const span of values.whole === undefined ? own : [values.whole]) {
      const from = text.slice(span.start, span.end);
      pins.set(span.start, { image, line: places.line(span.start), from, to: editText(text, own, span) });
    }
  }
  if (edits.size === 0) return undefined;
  const after = new TextEncoder().encode(editText(text, [...edits.values()], { start: 0, end: text.length }));
  return { path, before: bytes, after, pins: [...pins.values()] };
}
