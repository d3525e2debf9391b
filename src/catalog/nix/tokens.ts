/**
 * Takes a Nix expression apart as far as is needed to find the paths in it (Nix, src/libexpr/lexer.l). The
 * interpolations of strings and paths are taken apart as well.
 */

export type NixToken =
  /** `./a`, `a/b`, `../.`; one with an interpolation has none that anybody could know: `isWhole` is false. */
  | { readonly kind: "path"; readonly text: string; readonly isWhole: boolean; readonly line: number }
  /** `<nixpkgs/lib>`, without the brackets. */
  | { readonly kind: "search"; readonly text: string; readonly line: number }
  /** What a string says beside its interpolations. */
  | { readonly kind: "string"; readonly text: string; readonly isWhole: boolean; readonly line: number }
  /** A string of several lines, which mostly holds a script. */
  | { readonly kind: "script"; readonly text: string; readonly line: number }
  | { readonly kind: "word"; readonly text: string; readonly line: number }
  /** Everything else, a character each. */
  | { readonly kind: "symbol"; readonly text: string; readonly line: number };

export interface NixTokens {
  readonly tokens: readonly NixToken[];
  /** The line from which on nothing is understood; `undefined` for an expression that was read to its end. */
  readonly lostAt: number | undefined;
}

/** Takes a text apart, up to where it can't be understood. */
export function nixTokens(text: string): NixTokens {
  const reading: Reading = { text, offset: 0, line: 1, tokens: [] };
  const isRead = readCode(reading, 0) && reading.offset === text.length;
  return { tokens: reading.tokens, lostAt: isRead ? undefined : reading.line };
}

interface Reading {
  readonly text: string;
  offset: number;
  line: number;
  readonly tokens: NixToken[];
}

/** Nobody writes strings in strings in strings as deep as this. */
const deepest = 200;

const pathCharacter = "[a-zA-Z0-9._+-]";
const blank = /(?:[ \t\r\n]+|#[^\r\n]*)+/y;
const address = /[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+/y;
const path = new RegExp(`(?:${pathCharacter}*(?:/${pathCharacter}+)+/?|~(?:/${pathCharacter}+)+/?)`, "y");
/** The beginning of a path whose next part is an interpolation. */
const pathStart = new RegExp(`(?:${pathCharacter}*|~)/(?=\\$\\{)`, "y");
const pathPart = new RegExp(`(?:${pathCharacter}|/(?!/))+`, "y");
const search = new RegExp(`<(${pathCharacter}+(?:/${pathCharacter}+)*)>`, "y");
const word = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const number = /(?:[0-9]*\.[0-9]+|[0-9]+\.?)(?:[Ee][+-]?[0-9]+)?/y;

/** Reads to the end, or to the brace that ends an interpolation; false where it isn't understood. */
function readCode(reading: Reading, depth: number): boolean {
  if (depth > deepest) return false;
  for (let braces = 0; ; ) {
    if (!passBlanks(reading)) return false;
    const { text, offset } = reading;
    if (offset >= text.length) return depth === 0;
    const character = text.charAt(offset);
    if (character === "}" && depth > 0 && braces === 0) return true;
    if (character === "{") braces++;
    if (character === "}") braces--;
    if (!readToken(reading, depth)) return false;
  }
}

/** Blanks and comments; false for a comment without an end. */
function passBlanks(reading: Reading): boolean {
  for (;;) {
    take(reading, blank);
    const { text, offset } = reading;
    if (!text.startsWith("/*", offset)) return true;
    const end = text.indexOf("*/", offset + 2);
    if (end < 0) return false;
    skip(reading, end + 2 - offset);
  }
}

function readToken(reading: Reading, depth: number): boolean {
  const { text, offset, line, tokens } = reading;
  if (text.startsWith('"', offset)) return readString(reading, depth);
  if (text.startsWith("''", offset)) return readScript(reading, depth);
  const operator = ["//", "${"].find((each) => text.startsWith(each, offset));
  if (operator !== undefined) {
    // The brace of `${` is met again.
    skip(reading, operator === "//" ? 2 : 1);
    return true;
  }
  // The longest reading counts: `a/b` is a path, `x:y` an address.
  const found = longest(reading, [address, path, search, word, number]);
  const start = matched(reading, pathStart);
  if (start !== undefined && start.length > (found?.length ?? 0)) return readPath(reading, start, depth);
  if (found === undefined) tokens.push({ kind: "symbol", text: text.charAt(offset), line });
  else if (found.by === path) return readPath(reading, found.text, depth);
  else if (found.by === word) tokens.push({ kind: "word", text: found.text, line });
  else if (found.by === search) tokens.push({ kind: "search", text: found.text.slice(1, -1), line });
  skip(reading, found?.length ?? 1);
  return true;
}

/** A path and what follows it without a blank. */
function readPath(reading: Reading, start: string, depth: number): boolean {
  const { line } = reading;
  skip(reading, start.length);
  let whole = start;
  let isWhole = true;
  while (reading.text.startsWith("${", reading.offset)) {
    isWhole = false;
    if (!readInterpolation(reading, depth)) return false;
    whole += take(reading, pathPart);
  }
  reading.tokens.push({ kind: "path", text: whole, isWhole, line });
  return true;
}

const stringPart = /(?:[^$"\\]+|\$(?![{"\\])[\s\S]?|\$(?=["\\])|\\[\s\S])+/y;

function readString(reading: Reading, depth: number): boolean {
  const { line } = reading;
  skip(reading, 1);
  let text = "";
  let isWhole = true;
  for (;;) {
    const part = take(reading, stringPart);
    text += part.replaceAll(/\\([\s\S])/g, "$1");
    if (reading.text.startsWith('"', reading.offset)) {
      skip(reading, 1);
      reading.tokens.push({ kind: "string", text, isWhole, line });
      return true;
    }
    if (!reading.text.startsWith("${", reading.offset)) return false;
    isWhole = false;
    if (!readInterpolation(reading, depth)) return false;
  }
}

/** `'''`, `''$` and `''\x` are escapes; any other pair of quotes ends it. */
const scriptPart = /(?:[^$']+|\$(?![{'])[\s\S]?|\$(?=')|'(?!')|'''|''\$|''\\[\s\S])+/y;

function readScript(reading: Reading, depth: number): boolean {
  const { line } = reading;
  skip(reading, 2);
  let text = "";
  for (;;) {
    text += take(reading, scriptPart);
    if (reading.text.startsWith("''", reading.offset)) {
      skip(reading, 2);
      reading.tokens.push({ kind: "script", text, line });
      return true;
    }
    if (!reading.text.startsWith("${", reading.offset) || !readInterpolation(reading, depth)) return false;
  }
}

/** `${…}`, both ends included. */
function readInterpolation(reading: Reading, depth: number): boolean {
  skip(reading, 2);
  if (!readCode(reading, depth + 1)) return false;
  skip(reading, 1);
  return true;
}

function longest(reading: Reading, patterns: readonly RegExp[]) {
  let best: { readonly by: RegExp; readonly text: string; readonly length: number } | undefined;
  for (const by of patterns) {
    const text = matched(reading, by);
    if (text !== undefined && text.length > (best?.length ?? 0)) best = { by, text, length: text.length };
  }
  return best;
}

function matched({ text, offset }: Reading, pattern: RegExp): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

/** Reads on past what the pattern matches here, if anything. */
function take(reading: Reading, pattern: RegExp): string {
  const found = matched(reading, pattern) ?? "";
  skip(reading, found.length);
  return found;
}

function skip(reading: Reading, length: number): void {
  const passed = reading.text.slice(reading.offset, reading.offset + length);
  for (const character of passed) if (character === "\n") reading.line++;
  reading.offset += length;
}
