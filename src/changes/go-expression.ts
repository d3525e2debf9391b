/**
 * Go's regular expressions (RE2 syntax, regexp/syntax) in JavaScript's, as far as moby makes them out of ignore patterns:
 * characters, escapes, classes, dots, stars after them, any number of directories, "or", `^`.
 */

/**
 * The expression between Go's `^` and `$`, which bind closer than "or" does. `undefined` for what Go refuses, and for what
 * nobody puts into an ignore file: counted repetition, named classes, escapes such as `\x41` or `\pL`.
 */
export function translateExpression(expression: string): RegExp | undefined {
  if (/\{\d+(?:,\d*)?\}/.test(expression)) return undefined;
  const reader = { characters: [...expression], at: 0 };
  const parts: string[] = [];
  while (reader.at < reader.characters.length) {
    const part = readPart(reader);
    if (part === undefined) return undefined;
    // Several of the same star are one; left as they are, they would take for ever on a path that does not match.
    if (!(part.endsWith("*") || part.endsWith("?")) || parts.at(-1) !== part) parts.push(part);
  }
  return new RegExp(`^${parts.join("")}$`, "u");
}

interface Reader {
  readonly characters: readonly string[];
  at: number;
}

const anyDirectories = "(.*/)?";

function readPart(reader: Reader): string | undefined {
  if (reader.characters.slice(reader.at, reader.at + anyDirectories.length).join("") === anyDirectories) {
    reader.at += anyDirectories.length;
    return "(?:[^\\n]*/)?";
  }
  const atom = readAtom(reader);
  if (atom === undefined || reader.characters[reader.at] !== "*") return atom;
  reader.at += 1;
  return `${atom}*`;
}

function readAtom(reader: Reader): string | undefined {
  const character = reader.characters[reader.at++] ?? "";
  switch (character) {
    case ".":
      return "[^\\n]";
    case "^":
    case "|":
      return character;
    case "\\":
      return readEscape(reader, assertions);
    case "[":
      return readClass(reader);
    default:
      return literal(character);
  }
}

const assertions: ReadonlyMap<string, string> = new Map([
  ["A", "^"],
  ["z", "$"],
  ["b", "\\b"],
  ["B", "\\B"],
]);

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

function readEscape(reader: Reader, also: ReadonlyMap<string, string>): string | undefined {
  const escaped = reader.characters[reader.at] ?? "";
  const special = also.get(escaped) ?? escapes.get(escaped);
  if (special === undefined) return mapped(readEscapedCharacter(reader), literal);
  reader.at += 1;
  return special;
}

/** Punctuation stands for itself; letters, digits and what lies beyond ASCII don't. */
function readEscapedCharacter(reader: Reader): string | undefined {
  const escaped = reader.characters[reader.at++] ?? "";
  const control = controls.get(escaped);
  return control ?? (/^\p{ASCII}$/u.test(escaped) && !/[0-9A-Za-z]/.test(escaped) ? escaped : undefined);
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
  if (low === undefined || !isRange) return mapped(low, literal);
  reader.at += 1;
  const high = readMemberCharacter(reader);
  if (high === undefined || (high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) return undefined;
  return `${literal(low)}-${literal(high)}`;
}

function readMemberCharacter(reader: Reader): string | undefined {
  const character = reader.characters[reader.at++];
  return character === "\\" ? readEscapedCharacter(reader) : character;
}

/** Whether a named class, such as `[:alpha:]`, begins here. */
function named({ characters, at }: Reader): boolean {
  return characters
    .slice(at + 2)
    .join("")
    .includes(":]");
}

function literal(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function mapped(text: string | undefined, by: (text: string) => string): string | undefined {
  return text === undefined ? undefined : by(text);
}
