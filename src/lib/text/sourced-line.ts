/** A line of an input or a config file, and problems that name where it stands. */
import { type SourceLocation, UserError } from "../../errors.ts";

export interface SourcedLine {
  readonly text: string;
  /** The input's or setting's name, such as `tags`. */
  readonly input: string;
  /** 1-based line within the input's value. */
  readonly line: number;
  /** The place of the line in a file, if it is from one. */
  readonly at?: SourceLocation;
}

/** The same error with the place of the line. Rethrows any other error. */
export function problemAt(line: SourcedLine | undefined, error: unknown): UserError {
  if (!(error instanceof UserError)) throw error;
  if (line === undefined) return error;
  const message = `${placeOf(line)}: ${error.message}`;
  const place = line.at === undefined ? { input: { name: line.input, line: line.line } } : { at: line.at };
  return new UserError(message, { hint: error.hint, cause: error, ...place });
}

/** `the input "tags", line 2`, or the setting's name where the location itself has the line. */
export function placeOf(line: SourcedLine): string {
  return line.at === undefined ? `the input "${line.input}", line ${line.line}` : `"${line.input}"`;
}
