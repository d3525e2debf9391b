/** One part of a path against one part of a glob, with captures. */
import { UserError } from "../../errors.ts";
import { characterClass, nextPiece } from "./character-class.ts";

/** By name. */
export type Captures = ReadonlyMap<string, string>;

type Piece =
  | { readonly kind: "one"; takes(character: string): boolean }
  /** Any number of characters, of a capture at least one. */
  | { readonly kind: "many"; readonly capture: string | undefined };

export interface SegmentGlob {
  readonly text: string;
  readonly captures: readonly string[];
  /** The leftmost capture or star takes most. */
  match(name: string): Captures | undefined;
}

/** @throws UserError for a capture without a name, and as `characterClass` */
export function segmentGlob(text: string, glob: string): SegmentGlob {
  const pieces = piecesOf(text, glob);
  const captures = pieces.flatMap((piece) => (piece.kind === "many" ? (piece.capture ?? []) : []));
  return { text, captures, match: (name) => matched(pieces, [...name]) };
}

function piecesOf(text: string, glob: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let rest = text; rest !== ""; ) {
    const [taken = ""] = /^\{[^{}]*\}/u.exec(rest) ?? nextPiece.exec(rest) ?? [];
    pieces.push(pieceOf(taken, glob));
    rest = rest.slice(taken.length);
  }
  return pieces;
}

function pieceOf(taken: string, glob: string): Piece {
  if (taken === "*") return { kind: "many", capture: undefined };
  if (taken === "?") return { kind: "one", takes: () => true };
  if (taken.startsWith("[")) {
    const set = characterClass(taken, glob);
    return { kind: "one", takes: (character) => set.test(character) };
  }
  if (!taken.startsWith("{")) return { kind: "one", takes: (character) => character === taken };
  const name = taken.slice(1, -1);
  if (/^[A-Za-z_][\w-]*$/.test(name)) return { kind: "many", capture: name };
  throw new UserError(`"${glob}" has a capture without a usable name: ${taken}`, {
    hint: "write a name such as {version}: letters, digits, - and _, beginning with a letter",
  });
}

function matched(pieces: readonly Piece[], name: readonly string[]): Captures | undefined {
  const ends = endings(pieces, name);
  if (ends[0]?.[0] !== true) return undefined;
  const captures = new Map<string, string>();
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === "one") {
      at += 1;
      continue;
    }
    const next = ends[index + 1]?.lastIndexOf(true) ?? at;
    if (piece.capture !== undefined) captures.set(piece.capture, name.slice(at, next).join(""));
    at = next;
  }
  return captures;
}

/** By the index of a piece and that of a character, whether what begins with the one takes what begins with the other. */
function endings(pieces: readonly Piece[], name: readonly string[]): readonly (readonly boolean[])[] {
  const places = Array.from({ length: name.length + 1 }, (_, index) => index);
  let behind: readonly boolean[] = places.map((at) => at === name.length);
  const rows = [behind];
  for (const piece of pieces.toReversed()) {
    const row = places.map(() => false);
    for (const at of places.toReversed()) {
      const character = name[at];
      const isTaken =
        character !== undefined && (behind[at + 1] === true || (piece.kind === "many" && row[at + 1] === true));
      row[at] =
        piece.kind === "one"
          ? character !== undefined && piece.takes(character) && behind[at + 1] === true
          : isTaken || (piece.capture === undefined && behind[at] === true);
    }
    behind = row;
    rows.unshift(row);
  }
  return rows;
}
