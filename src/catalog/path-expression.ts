/**
 * Expressions over paths, walked in all ways at once: the time grows with the path times the expression, whatever either of
 * them is. A regular expression would try one way after the other, and a few stars in a row of text that nearly matches (a
 * pull request may hold both) take it longer than anyone waits.
 */

/** A piece of an expression. `is` tells whether it takes a character, and is anchored to its start and end. */
export type Piece =
  | { readonly kind: "one"; readonly is: RegExp }
  /** Any number of characters. */
  | { readonly kind: "many"; readonly is: RegExp }
  /** Nothing, or anything up to a slash. */
  | { readonly kind: "directories" }
  /** Nothing, at the path's start alone. */
  | { readonly kind: "start" };

/** One character or any number of them, whatever they are. */
export const anyOne: Piece = { kind: "one", is: /^.$/su };
export const anyNumber: Piece = { kind: "many", is: /^.$/su };

/** This very character. */
export function exactly(character: string): Piece {
  return { kind: "one", is: new RegExp(`^${escaped(character)}$`, "u") };
}

/** A character as a regular expression with the flag `u` has it, also within a class. */
export function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

type Step =
  | { readonly kind: "one" | "many"; readonly is: RegExp }
  /** Goes on here, or behind the next two. */
  | { readonly kind: "pass" }
  | { readonly kind: "start" };

/** All the steps that a path may have come to; each character leads to another such place, which is worked out once. */
interface Place {
  readonly steps: readonly number[];
  readonly isEnd: boolean;
  readonly next: Map<string, Place>;
}

/** Paths in a repository are alike and lead to few places; beyond so many, all are forgotten. */
const mostPlaces = 1_000;

/** Whether the pieces take a whole path. */
export function pathExpression(pieces: readonly Piece[]): (path: string) => boolean {
  const steps = pieces.filter((piece, index) => !repeats(piece, pieces[index - 1])).flatMap(stepsOf);
  const places = new Map<string, Place>();
  const placeOf = (reached: readonly number[], isStart: boolean): Place => {
    const found = followed(steps, reached, isStart);
    const key = found.join();
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = { steps: found, isEnd: found.includes(steps.length), next: new Map<string, Place>() };
    if (places.size >= mostPlaces) {
      for (const { next } of places.values()) next.clear();
      places.clear();
    }
    places.set(key, place);
    return place;
  };
  const start = placeOf([0], true);
  return (path) => {
    let place = start;
    for (const character of path) {
      let next = place.next.get(character);
      if (next === undefined) {
        next = placeOf(after(steps, place.steps, character), false);
        place.next.set(character, next);
      }
      if (next.steps.length === 0) return false;
      place = next;
    }
    return place.isEnd;
  };
}

/** Several of the same star are one. */
function repeats(piece: Piece, before: Piece | undefined): boolean {
  if (piece.kind === "many") return before?.kind === "many" && before.is.source === piece.is.source;
  return piece.kind === "directories" && before?.kind === "directories";
}

function stepsOf(piece: Piece): readonly Step[] {
  return piece.kind === "directories"
    ? [{ kind: "pass" }, { kind: "many", is: /^[^\n]$/u }, { kind: "one", is: /^\/$/ }]
    : [piece];
}

/** Where the steps lead to that take the character. */
function after(steps: readonly Step[], from: readonly number[], character: string): readonly number[] {
  return from.flatMap((index) => {
    const step = steps[index];
    if (step === undefined || (step.kind !== "one" && step.kind !== "many") || !step.is.test(character)) return [];
    return [step.kind === "many" ? index : index + 1];
  });
}

/** With the steps that are reached without a character; ordered. */
function followed(steps: readonly Step[], reached: readonly number[], isStart: boolean): readonly number[] {
  const found = new Set(reached);
  for (const index of found) {
    const step = steps[index];
    if (step?.kind === "pass") found.add(index + 3);
    if (step?.kind === "pass" || step?.kind === "many" || (step?.kind === "start" && isStart)) found.add(index + 1);
  }
  return [...found].sort((a, b) => a - b);
}
