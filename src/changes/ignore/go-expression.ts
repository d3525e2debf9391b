/**
 * Go's regular expressions (RE2 syntax, regexp/syntax), as far as moby makes them out of ignore patterns:
 * characters, escapes, classes, dots, stars after them, any number of directories, "or", `^`.
 */
import {
  anyNumber,
  type ExpressionPiece,
  escaped,
  pathExpression,
  type Where,
  type Work,
} from "../../catalog/layout/path-expression.ts";

/**
 * Whether the expression takes a path between Go's `^` and `$`, which bind closer than "or" does. `undefined` for what Go
 * refuses, and for what nobody puts into an ignore file: counted repetition, named classes, escapes such as `\x41` or `\pL`, more than a path can match.
 */
export function translateExpression(expression: string): ((path: string, work?: Work) => boolean) | undefined {
  if (expression.length > longest || /\{\d+(?:,\d*)?\}/.test(expression)) return undefined;
  const reader = { characters: [...expression], at: 0 };
  const ways: ExpressionPiece[][] = [[]];
  while (reader.at < reader.characters.length) {
    if (reader.characters[reader.at] === "|") {
      reader.at += 1;
      ways.push([]);
      continue;
    }
    const piece = readPiece(reader);
    if (piece === undefined) return undefined;
    ways.at(-1)?.push(piece);
  }
  const matchers = ways.map((pieces, index) => {
    const before = index === 0 ? [] : [anyNumber];
    return pathExpression([...before, ...pieces, ...(index === ways.length - 1 ? [] : [anyNumber])]);
  });
  return (path, work) => matchers.some((matches) => matches(path, work));
}

/** Longer than any pattern that a person writes: matching takes the time of this times the path's length. */
const longest = 2_048;

interface Reader {
  readonly characters: readonly string[];
  at: number;
}

const anyDirectories = "(.*/)?";

function readPiece(reader: Reader): ExpressionPiece | undefined {
  if (reader.characters.slice(reader.at, reader.at + anyDirectories.length).join("") === anyDirectories) {
    reader.at += anyDirectories.length;
    return { kind: "directories" };
  }
  const where = readAssertion(reader);
  if (where !== undefined) return { kind: "at", where };
  const atom = readAtom(reader);
  if (atom === undefined) return undefined;
  const is = new RegExp(`^${atom}$`, "u");
  if (reader.characters[reader.at] !== "*") return { kind: "one", is };
  reader.at += 1;
  return { kind: "many", is };
}

function readAssertion(reader: Reader): Where | undefined {
  const character = reader.characters[reader.at] ?? "";
  const where = assertions.get(character === "\\" ? `\\${reader.characters[reader.at + 1]}` : character);
  if (where !== undefined) reader.at += character === "\\" ? 2 : 1;
  return where;
}

const assertions: ReadonlyMap<string, Where> = new Map<string, Where>([
  ["^", "start"],
  ["\\A", "start"],
  ["\\z", "end"],
  ["\\b", "boundary"],
  ["\\B", "no-boundary"],
]);

function readAtom(reader: Reader): string | undefined {
  const character = reader.characters[reader.at++] ?? "";
  switch (character) {
    case ".":
      return "[^\\n]";
    case "\\":
      return readEscape(reader);
    case "[":
      return readClass(reader);
    default:
      return escaped(character);
  }
}

/** Escapes that stand for one character or several. Go's `\s` is shorter than JavaScript's. */
const escapes: ReadonlyMap<string, string> = new Map([
  ["d", "\\d"],
  ["D", "\\D"],
  ["w", "\\w"],
  ["W", "\\W"],
  ["s", "[\\t\\n\\f\\r ]"],
  ["S", "[^\\t\\n\\f\\r ]"],
]);

const controls: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

function readEscape(reader: Reader): string | undefined {
  const special = escapes.get(reader.characters[reader.at] ?? "");
  if (special === undefined) return mapped(readEscapedCharacter(reader), escaped);
  reader.at += 1;
  return special;
}

/** Punctuation stands for itself; letters, digits and what lies beyond ASCII don't. */
function readEscapedCharacter(reader: Reader): string | undefined {
  const character = reader.characters[reader.at++] ?? "";
  const control = controls.get(character);
  return control ?? (/^\p{ASCII}$/u.test(character) && !/[0-9A-Za-z]/.test(character) ? character : undefined);
}

/** What follows `[`. A `]` that comes first is a member, and so is a dash that comes last. */
function readClass(reader: Reader): string | undefined {
  const isNegated = reader.characters[reader.at] === "^";
  if (isNegated) reader.at += 1;
  let members = "";
  for (let isFirst = true; isFirst || reader.characters[reader.at] !== "]"; isFirst = false) {
    if (reader.at >= reader.characters.length) return undefined;
    const member = readMember(reader);
    if (member === undefined) return undefined;
    members += member;
  }
  reader.at += 1;
  return `[${isNegated ? "^" : ""}${members}]`;
}

function readMember(reader: Reader): string | undefined {
  const { characters } = reader;
  if (characters[reader.at] === "[" && characters[reader.at + 1] === ":" && named(reader)) return undefined;
  const shorthand = characters[reader.at] === "\\" ? escapes.get(characters[reader.at + 1] ?? "") : undefined;
  if (shorthand !== undefined) {
    reader.at += 2;
    // Within a class, the list of spaces goes without its own brackets; its negation can't be had there.
    return shorthand.startsWith("[^") ? undefined : shorthand.replace(/^\[(.*)\]$/, "$1");
  }
  const low = readMemberCharacter(reader);
  const isRange =
    characters[reader.at] === "-" && reader.at + 1 < characters.length && characters[reader.at + 1] !== "]";
  if (low === undefined || !isRange) return mapped(low, escaped);
  reader.at += 1;
  const high = readMemberCharacter(reader);
  if (high === undefined || (high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) return undefined;
  return `${escaped(low)}-${escaped(high)}`;
}

function readMemberCharacter(reader: Reader): string | undefined {
  const character = reader.characters[reader.at++];
  return character === "\\" ? readEscapedCharacter(reader) : character;
}

/** Whether a named class, such as `[:alpha:]`, begins here. */
function named({ characters, at }: Reader): boolean {
  return characters.some((each, index) => index > at + 2 && each === "]" && characters[index - 1] === ":");
}

function mapped(text: string | undefined, by: (text: string) => string): string | undefined {
  return text === undefined ? undefined : by(text);
}
