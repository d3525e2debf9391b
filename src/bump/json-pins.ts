/** Pins in JSON with comments (devcontainer.json): references in full within strings that are no keys. */
import type { ImageNames } from "./image-names.ts";
import type { ReadPin } from "./read-pin.ts";

const tokens = /"(?:[^"\\\n]|\\.)*"(\s*:)?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

export function jsonPins(text: string, names: ImageNames): readonly ReadPin[] {
  return [...text.matchAll(tokens)].flatMap(({ 0: token, 1: colon, index }) =>
    token.startsWith('"') && colon === undefined ? names.pinsIn(token, index) : [],
  );
}
