/** A line of an input or a config file, its attributes, and problems that name where it stands. */
import { type SourceLocation, UserError } from "../errors.ts";
import { readFields } from "./csv.ts";

export interface SourcedLine {
  readonly text: string;
  /** The input's or setting's name, such as `tags`. */
  readonly input: string;
  /** 1-based line within the input's value. */
  readonly line: number;
  /** Set where the line stands in a file. */
  readonly at?: SourceLocation;
}

/** `name=value`, or a word by itself. */
export interface Attribute {
  /** In lower case; `undefined` for a word by itself. */
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

/** The same error with the place of the line. Rethrows what is no `UserError`. */
export function problemAt(line: SourcedLine | undefined, error: unknown): UserError {
  if (!(error instanceof UserError)) throw error;
  if (line === undefined) return error;
  const message = `${placeOf(line)}: ${error.message}`;
  return new UserError(message, { hint: error.hint, cause: error, ...(line.at === undefined ? {} : { at: line.at }) });
}

/** `the input "tags", line 2`, or the setting's name where the location itself tells the line. */
export function placeOf(line: SourcedLine): string {
  return line.at === undefined ? `the input "${line.input}", line ${line.line}` : `"${line.input}"`;
}

/** The attributes of a line, in their order; the first `=` separates, blanks around both sides don't count. */
export function readAttributes(line: SourcedLine): readonly Attribute[] {
  return readFields(line.text).flatMap((field): readonly Attribute[] => {
    const equals = field.indexOf("=");
    if (equals < 0) return field.trim() === "" ? [] : [{ name: undefined, value: field.trim() }];
    return [{ name: field.slice(0, equals).trim().toLowerCase(), value: field.slice(equals + 1).trim() }];
  });
}
