import type { InputLine, SourceLocation } from "../errors.ts";

export interface Failure {
  readonly title: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** Where in the repository, if it has a place. */
  readonly at?: SourceLocation;
  /** The line of an input that is at fault. */
  readonly input?: InputLine;
}

export interface Terminal {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

/** What a command leaves behind; the edge writes it where it belongs. */
export interface CommandResult {
  /** The outputs of the action, all of them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown for the job's summary. */
  readonly summary: string;
  /** What the command answers on a terminal, for people. */
  readonly text: (terminal: Terminal) => string;
  /** The same for machines. */
  readonly json: unknown;
  /** What went wrong; the run fails if there is anything. */
  readonly failures: readonly Failure[];
}
