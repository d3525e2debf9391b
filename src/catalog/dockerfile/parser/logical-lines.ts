/**
 * From text to logical lines: parser directives, comments, continuations, and the bodies of heredocs. The rules are those
 * of BuildKit's frontend/dockerfile/parser (parser.go, `Parse`).
 */
import { UserError } from "../../../errors.ts";
import { directiveOf } from "./directive.ts";
import { trimStart } from "./space.ts";

/** The character that escapes and continues lines. */
export type Escape = "\\" | "`";

/** Lines joined by continuations, without the comments and blank lines among them. */
export interface LogicalLine {
  readonly text: string;
  /** Where it begins, 1-based. */
  readonly line: number;
}

export interface Lines {
  /** Settled once the first line that isn't a directive was read. */
  readonly escaper: Escape;
  /** The line that was read last, 1-based. */
  readonly line: number;
  /** @returns `undefined` at the end. @throws UserError for a directive that is wrong. */
  next(): LogicalLine | undefined;
  /** The lines up to the terminator, which is taken too; `undefined` when it never comes. */
  body(terminator: string, ignoresTabs: boolean): string | undefined;
}

/** The scanner of BuildKit takes no longer line (Go's `bufio.MaxScanTokenSize`). */
const maximumBytes = 65_536;

/** Reads a Dockerfile's text, which may begin with a byte order mark. */
export function linesOf(text: string): Lines {
  const physical = (text.startsWith("\ufeff") ? text.slice(1) : text).split("\n");
  if (physical.at(-1) === "") physical.pop();
  const seen = new Set<string>();
  let escaper: Escape = "\\";
  let inDirectives = true;
  let position = 0;

  /** The next line without its end, for which Go takes any number of carriage returns. */
  function take(): string {
    const line = physical[position] ?? "";
    position += 1;
    if (line.length * 3 >= maximumBytes && Buffer.byteLength(line) >= maximumBytes) {
      throw new UserError("the line is longer than 65,535 bytes, which BuildKit refuses", { hint: "break the line" });
    }
    return withoutReturns(line);
  }

  function readDirective(line: string): void {
    const directive = directiveOf(line, "#");
    inDirectives = directive !== undefined;
    if (directive === undefined) return;
    const { name, value } = directive;
    if (seen.has(name)) {
      throw new UserError(`the parser directive "${name}" is here twice`, { hint: "keep one of them" });
    }
    seen.add(name);
    if (name !== "escape") return;
    if (value !== "\\" && value !== "`") {
      throw new UserError(`"${value}" can't be the escape character`, { hint: "write a backslash or a backtick" });
    }
    escaper = value;
  }

  function next(): LogicalLine | undefined {
    while (position < physical.length) {
      const first = trimStart(take());
      if (inDirectives) readDirective(first);
      const line = position;
      let piece = withoutContinuation(first.startsWith("#") ? "" : first, escaper);
      if (!piece.continues && piece.text === "") continue;
      let joined = piece.text;
      while (piece.continues && position < physical.length) {
        const following = take();
        const start = trimStart(following);
        if (start === "" || start.startsWith("#")) continue;
        piece = withoutContinuation(following, escaper);
        joined += piece.text;
      }
      return { text: joined, line };
    }
    return undefined;
  }

  function body(terminator: string, ignoresTabs: boolean): string | undefined {
    const start = position;
    while (position < physical.length) {
      const line = take();
      if ((ignoresTabs ? line.replace(/^\t+/, "") : line) !== terminator) continue;
      return physical
        .slice(start, position - 1)
        .map((each) => `${each}\n`)
        .join("");
    }
    return undefined;
  }

  return {
    get escaper() {
      return escaper;
    },
    get line() {
      return position;
    },
    next,
    body,
  };
}

function withoutReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === "\r") end -= 1;
  return line.slice(0, end);
}

interface Piece {
  readonly text: string;
  readonly continues: boolean;
}

/** An escape at the end of a line, perhaps with blanks after it, continues it, unless another escape stands before. */
export function withoutContinuation(line: string, escaper: Escape): Piece {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end -= 1;
  const continues = end > 0 && line[end - 1] === escaper && line[end - 2] !== escaper;
  return { text: continues ? line.slice(0, end - 1) : line, continues };
}
