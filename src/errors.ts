/**
 * Errors that a user reads. A `UserError` is about the user's repository, inputs, rights or environment and says what to
 * do; everything else that is thrown is a defect of ours and is shown as one.
 */

/** A place in a file of the repository. `file` is relative to the repository's root, with forward slashes. */
export interface SourceLocation {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, counted in characters. */
  readonly column?: number;
}

/** A line of an input of the action. */
export interface InputLine {
  readonly name: string;
  /** 1-based; not there: its whole value is meant. */
  readonly line?: number;
}

export interface UserErrorDetails {
  /** What the user should do, as a sentence without a full stop. */
  readonly hint: string;
  readonly at?: SourceLocation;
  /** The line of an input that is at fault, which no file of the repository needs to have. */
  readonly input?: InputLine;
  readonly cause?: unknown;
}

/** What happened and why (the message and its cause), where (`at`), and what to do (`hint`). */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly hint: string;
  readonly at: SourceLocation | undefined;
  readonly input: InputLine | undefined;

  constructor(message: string, details: UserErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.at = details.at;
    this.input = details.input;
  }
}

/** A program was not found, or the system refused to start it: nothing of it has run. */
export class NotStarted extends UserError {}

/** Several problems that were found together, so that the user can fix them in one go. */
export class Problems extends UserError {
  override readonly name = "Problems";
  readonly problems: readonly UserError[];

  constructor(problems: readonly UserError[]) {
    super(problems.map((problem) => problem.message).join("\n"), { hint: "fix what is listed" });
    this.problems = problems;
  }
}

/** Those that came up after something was built or published. */
export class LateProblems extends Problems {}

/** One `UserError` for one problem, `Problems` for several, nothing for none. */
export function throwable(problems: readonly UserError[]): UserError | undefined {
  const [first, ...others] = problems;
  return first === undefined || others.length === 0 ? first : new Problems(problems);
}

/** Throws that. */
export function throwProblems(problems: readonly UserError[]): void {
  const error = throwable(problems);
  if (error !== undefined) throw error;
}

/** The problems that an error is made of; itself, where it is one. */
export function problemsIn<Thrown>(error: Thrown): readonly (Thrown | UserError)[] {
  return error instanceof Problems ? error.problems : [error];
}

/** Each problem once: those of one message at one place are the same. */
export function eachOnce(problems: readonly UserError[]): readonly UserError[] {
  return [...new Map(problems.map((each) => [JSON.stringify([each.at, each.message]), each])).values()];
}

/** Those without a place first, then by file, line and column. */
export function byPlace(problems: readonly UserError[]): readonly UserError[] {
  const order = ({ at: a }: UserError, { at: b }: UserError): number =>
    compared(a?.file ?? "", b?.file ?? "") || (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
  return problems.toSorted(order);
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The one line that describes what went wrong, for anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What went wrong and why: the message, then that of each cause that says more, a line each. */
export function explain(error: unknown): string {
  const lines: string[] = [];
  for (
    let each: unknown = error;
    each !== undefined && lines.length < 5;
    each = each instanceof Error ? each.cause : undefined
  ) {
    const message = messageOf(each);
    if (!lines.some((line) => line.includes(message))) lines.push(message);
  }
  return lines.map((line, index) => (index === 0 ? line : `because: ${line}`)).join("\n");
}

/** Where to show an error of something that has a place of its own: nowhere if an input is at fault. */
export function placeOfError({ at, input }: UserError, own: SourceLocation): SourceLocation | undefined {
  return at ?? (input === undefined ? own : undefined);
}

/** Where something stands, as `file:line:column` with the parts that are known. */
export function formatLocation(at: SourceLocation): string {
  return [at.file, at.line, at.line === undefined ? undefined : at.column]
    .filter((part) => part !== undefined)
    .join(":");
}
