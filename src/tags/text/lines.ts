/** The content of a line: its attributes, or the result of a parser. */
import type { UserError } from "../../errors.ts";
import { problemAt, type SourcedLine } from "../../lib/text/sourced-line.ts";
import { readFields } from "./csv.ts";

/** `name=value`, or a word alone. */
export interface Attribute {
  /** In lower case; `undefined` for a word alone. */
  readonly name: string | undefined;
  readonly value: string;
}

/** What the lines give, and one problem for each line that gives nothing. */
export interface Parsed<T> {
  readonly values: readonly T[];
  readonly problems: readonly UserError[];
}

/** Applies `parse` to each line; a `UserError` it throws becomes a problem at that line. */
export function parseLines<T>(lines: readonly SourcedLine[], parse: (line: SourcedLine) => T): Parsed<T> {
  const values: T[] = [];
  const problems: UserError[] = [];
  for (const line of lines) {
    try {
      values.push(parse(line));
    } catch (error) {
      problems.push(problemAt(line, error));
    }
  }
  return { values, problems };
}

/** The attributes of a line, in their order; the first `=` separates, blanks around both sides don't count. */
export function readAttributes(line: SourcedLine): readonly Attribute[] {
  return readFields(line.text).flatMap((field): readonly Attribute[] => {
    const equals = field.indexOf("=");
    if (equals < 0) return field.trim() === "" ? [] : [{ name: undefined, value: field.trim() }];
    return [{ name: field.slice(0, equals).trim().toLowerCase(), value: field.slice(equals + 1).trim() }];
  });
}
