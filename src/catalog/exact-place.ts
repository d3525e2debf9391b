/** Where exactly a text is in a file, of which the reader knows the instruction at most. */
import type { SourceLocation } from "../errors.ts";

export interface ExactPlace {
  readonly place: SourceLocation;
  /** Where an ARG gives the text as its default, which the place only names. */
  readonly argument?: SourceLocation;
}

/** An instruction of so many lines has been searched enough. */
const mostLines = 1_000;

/** @param lines of the file. @param at the line where the instruction begins that has the text; none: anywhere in the file. */
export function exactPlace(lines: readonly string[], at: SourceLocation, text: string): ExactPlace {
  if (at.column !== undefined) return { place: at };
  const start = (at.line ?? 1) - 1;
  const [line = "", ...following] = lines.slice(start, start + mostLines);
  const base = at.line === undefined ? undefined : fromBase.exec(line)?.[0].length;
  if (base !== undefined && !line.includes(text)) {
    const argument = lastArgument(lines.slice(Math.max(0, start - mostLines), start), text);
    const place = { ...at, column: base + 1 };
    return argument === undefined
      ? { place }
      : { place, argument: { ...at, line: start - argument.above, column: argument.column } };
  }
  const index = [line, ...following].findIndex((each) => each.includes(text));
  if (index < 0) return { place: at };
  return { place: { ...at, line: start + index + 1, column: (lines[start + index] ?? "").indexOf(text) + 1 } };
}

/** Up to where the name of FROM begins. */
const fromBase = /^\s*FROM\s+(?:--\S+\s+)*(?=[^\s\\`])/i;

/** @returns how many lines there are between it and the end. */
function lastArgument(lines: readonly string[], text: string) {
  const index = lines.findLastIndex((line) => /^\s*ARG\s/i.test(line) && line.includes(text));
  if (index < 0) return undefined;
  return { above: lines.length - 1 - index, column: (lines[index] ?? "").indexOf(text) + 1 };
}
