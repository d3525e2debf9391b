/** An error in the parts that are shown apart. Plain text; who shows it escapes it. */
import { formatLocation, type InputLine, type SourceLocation, UserError } from "../errors.ts";
import { code, codeBlock, prose, sentence } from "../lib/markdown.ts";
import { plainLine, plainLines, shortened } from "../lib/plain-text.ts";
import { mentionOf } from "../lib/text/placed-message.ts";

export interface ErrorText {
  /** One sentence. */
  readonly what: string;
  /** Why, where the error has a cause that says more. */
  readonly causes: readonly string[];
  /** The program's last words, as the error quotes them: at most 40 lines, none longer than 400 characters. */
  readonly quoted: readonly string[];
  readonly hint: string;
  readonly at: SourceLocation | undefined;
  /** The line of an input that is at fault. */
  readonly input: InputLine | undefined;
}

/** Also for what is thrown by a defect of ours, which has one remedy. */
export function errorText(error: unknown): ErrorText {
  const [what = "", ...quoted] = plainLines(messageIn(error));
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; depth < deepestCause && cause instanceof Error; depth += 1) {
    const [first = "", ...more] = plainLines(cause.message.trim());
    if (first !== "" && ![what, ...causes].some((known) => known.includes(first))) causes.push(first);
    quoted.push(...more);
    cause = cause.cause;
  }
  const isDefect = !(error instanceof UserError);
  return {
    what: shortened(what, longestSentence),
    causes: causes.map((each) => shortened(each, longestSentence)),
    quoted: lastLines(quoted),
    hint: shortened(plainLine(isDefect ? defectHint : error.hint), longestSentence),
    at: isDefect ? undefined : error.at,
    input: isDefect ? undefined : error.input,
  };
}

/** What happened (with the place, as Markdown that shows its whole name), why, what the program wrote, and how to fix it: a paragraph each. */
export function errorParagraphs({ what, causes, hint, at }: ErrorText, place: string, output: readonly string[]) {
  return [
    withPlace(what, at, place),
    ...causes.map((cause) => `Cause: ${prose(cause)}`),
    ...(output.length === 0 ? [] : [codeBlock(output, "text")]),
    `**How to fix:** ${prose(sentence(hint))}`,
  ];
}

/** A file that the sentence names is named there alone. */
function withPlace(what: string, at: SourceLocation | undefined, place: string): string {
  if (place === "") return prose(what);
  const mention = at && mentionOf(what, at.file);
  if (at === undefined || mention === undefined) return `${prose(what)} (${place})`;
  if (at.line === undefined) return around(mention, place);
  const line = `line ${at.line}${at.column === undefined ? "" : `, column ${at.column}`}`;
  return `${around(mention, code(at.file))} (${place.replace(code(formatLocation(at)), () => line)})`;
}

function around({ before, after }: { readonly before: string; readonly after: string }, name: string): string {
  return `${prose(before)}${before.endsWith(" ") ? " " : ""}${name}${after.startsWith(" ") ? " " : ""}${prose(after)}`;
}

/** The end of what a program wrote, in lines that fit. */
export function lastLines(lines: readonly string[]): readonly string[] {
  return lines.slice(-mostOutput).map((line) => shortened(line, longestLine));
}

/** What to do about anything that is thrown and no `UserError`. */
export const defectHint = "this is a defect of image-publish: report it, with a log of a run with debug logging on";

function messageIn(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}

const deepestCause = 3;
const longestSentence = 1000;
const mostOutput = 40;
const longestLine = 400;
