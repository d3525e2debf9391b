/**
 * Expressions over paths, walked in all ways at once: the time grows with the path times the expression, whatever either of
 * them is. A regular expression would try one way after the other, and a few stars in a row of text that nearly matches (a
 * pull request may hold both) take it longer than anyone waits.
 */
import { UserError } from "../../errors.ts";

/** What may still be walked, so that many long expressions over many long paths end. */
export interface Work {
  left: number;
}

/** @throws UserError when there is no more. */
export function spendSteps(work: Work, steps: number): void {
  work.left -= steps;
  if (work.left >= 0) return;
  throw new UserError("the patterns take too long to compare with the paths of the repository", {
    hint: "write fewer patterns, with fewer * in them: in ignore files, `watch`, and the sources of COPY and ADD",
  });
}

/** A piece of an expression. `is` matches one character, and is anchored to its start and end. */
export type ExpressionPiece =
  | { readonly kind: "one"; readonly is: RegExp }
  /** Any number of characters. */
  | { readonly kind: "many"; readonly is: RegExp }
  /** Nothing, or anything up to a slash. */
  | { readonly kind: "directories" }
  /** Nothing, where it stands: at the path's start or end, where a word begins or ends, where none does. */
  | { readonly kind: "at"; readonly where: Where };

export type Where = "start" | "end" | "boundary" | "no-boundary";

/** One character or any number of them, whatever they are. */
export const anyOne: ExpressionPiece = { kind: "one", is: /^.$/su };
export const anyNumber: ExpressionPiece = { kind: "many", is: /^.$/su };

/** This very character. */
export function exactly(character: string): ExpressionPiece {
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
  | { readonly kind: "at"; readonly where: Where };

/** What stands before a place. */
type Before = "start" | "word" | "other";

/** All the steps that a path may have come to; each character leads to another such place, which is worked out once. */
interface Place {
  /** Without those that are reached from these by no character: what matches there may depend on the next one. */
  readonly steps: readonly number[];
  readonly before: Before;
  readonly isEnd: boolean;
  readonly next: Map<string, Place>;
}

/** Paths in a repository are alike and lead to few places; beyond so many, all are forgotten. */
const mostPlaces = 1_000;

/** Whether the pieces take a whole path. */
export function pathExpression(pieces: readonly ExpressionPiece[]): (path: string, work?: Work) => boolean {
  const steps = pieces.filter((piece, index) => !repeats(piece, pieces[index - 1])).flatMap(stepsOf);
  const places = new Map<string, Place>();
  const placeOf = (reached: readonly number[], before: Before): Place => {
    const key = `${before} ${reached.join()}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    const isEnd = followed(steps, reached, before, undefined).has(steps.length);
    const place = { steps: reached, before, isEnd, next: new Map<string, Place>() };
    if (places.size >= mostPlaces) {
      for (const { next } of places.values()) next.clear();
      places.clear();
    }
    places.set(key, place);
    return place;
  };
  const start = placeOf([0], "start");
  return (path, work) => {
    let place = start;
    for (const character of path) {
      let next = place.next.get(character);
      if (next === undefined) {
        const reached = followed(steps, place.steps, place.before, character);
        // Where it leads to is kept, which takes room as well.
        if (work !== undefined) spendSteps(work, 50 * reached.size);
        next = placeOf(after(steps, reached, character), isWord(character) ? "word" : "other");
        place.next.set(character, next);
      }
      if (next.steps.length === 0) return false;
      place = next;
    }
    return place.isEnd;
  };
}

/** Several of the same star are one. */
function repeats(piece: ExpressionPiece, before: ExpressionPiece | undefined): boolean {
  if (piece.kind === "many") return before?.kind === "many" && before.is.source === piece.is.source;
  return piece.kind === "directories" && before?.kind === "directories";
}

function stepsOf(piece: ExpressionPiece): readonly Step[] {
  return piece.kind === "directories"
    ? [{ kind: "pass" }, { kind: "many", is: /^[^\n]$/u }, { kind: "one", is: /^\/$/ }]
    : [piece];
}

/** Where the steps lead to that take the character; ordered. */
function after(steps: readonly Step[], from: ReadonlySet<number>, character: string): readonly number[] {
  const reached = new Set<number>();
  for (const index of from) {
    const step = steps[index];
    if (step === undefined || (step.kind !== "one" && step.kind !== "many") || !step.is.test(character)) continue;
    reached.add(step.kind === "many" ? index : index + 1);
  }
  return [...reached].sort((a, b) => a - b);
}

/** With the steps that are reached without a character. */
function followed(
  steps: readonly Step[],
  reached: readonly number[],
  before: Before,
  next: string | undefined,
): ReadonlySet<number> {
  const found = new Set(reached);
  for (const index of found) {
    const step = steps[index];
    if (step?.kind === "pass") found.add(index + 3);
    if (step?.kind === "pass" || step?.kind === "many" || (step?.kind === "at" && holds(step.where, before, next))) {
      found.add(index + 1);
    }
  }
  return found;
}

function holds(where: Where, before: Before, next: string | undefined): boolean {
  if (where === "start") return before === "start";
  if (where === "end") return next === undefined;
  const isBoundary = (before === "word") !== (next !== undefined && isWord(next));
  return isBoundary === (where === "boundary");
}

function isWord(character: string): boolean {
  return /^\w$/.test(character);
}
