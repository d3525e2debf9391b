/** Lines of `NAME=value`, as in `.env` files and in files for a shell: quotes are a shell's, and nothing is expanded. */
import { UserError } from "../errors.ts";

export interface ReadAssignments {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly UserError[];
}

/** Of two of one name the later one counts. A line that assigns nothing is a problem; what is in it is in no message. */
export function readAssignments(given: string, file: string): ReadAssignments {
  const text = given.replaceAll("\r\n", "\n");
  const values = new Map<string, string>();
  const problems: UserError[] = [];
  for (let at = 0; at < text.length && problems.length < mostProblems; ) {
    const start = matchAt(/[ \t\n]*/y, text, at)[0].length + at;
    if (start >= text.length) break;
    const [head, name = ""] = matchAt(/(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=/y, text, start);
    if (text[start] === "#") at = endOfLine(text, start);
    else if (head === "") {
      problems.push(
        problemAt(text, start, file, "this line assigns nothing", "write NAME=value, or put # before a comment"),
      );
      at = endOfLine(text, start);
    } else {
      const read = readValue(text, start + head.length);
      if ("wrong" in read) problems.push(problemAt(text, read.at, file, read.wrong, read.hint));
      else values.set(name, read.value);
      at = read.end;
    }
  }
  return { values, problems };
}

/** A file of something else has one in each line. */
const mostProblems = 10;

type ReadValue =
  | { readonly value: string; readonly end: number }
  | { readonly wrong: string; readonly hint: string; readonly at: number; readonly end: number };

/** A value from behind its equals sign on. */
function readValue(text: string, start: number): ReadValue {
  let value = "";
  let blanks = matchAt(/[ \t]*/y, text, start)[0];
  let isQuoted = false;
  let at = start + blanks.length;
  while (at < text.length && text[at] !== "\n") {
    const [found = "", blank, quote, escaped] = matchAt(/([ \t]+)|(['"])|(\\(?:\n|.|$))|[\s\S]/y, text, at);
    if (blank !== undefined) blanks = blank;
    else if (text[at] === "#" && blanks !== "") break;
    else {
      if (isQuoted && blanks !== "") return { ...behindQuote, at, end: endOfLine(text, at) };
      if (value !== "") value += blanks;
      blanks = "";
      if (quote !== undefined) {
        const inside = quoted(text, at, value !== "" || isQuoted);
        if (inside === undefined) return { ...unclosed, at, end: endOfLine(text, at) };
        value += inside.value;
        at = inside.end;
        isQuoted = true;
        continue;
      }
      value += escaped === undefined ? found : escaped.slice(1).replace("\n", "");
    }
    at += found.length;
  }
  return { value, end: endOfLine(text, at) };
}

/** @param isInside whether it is within a value: an apostrophe there must not swallow the lines that follow. */
function quoted(
  text: string,
  start: number,
  isInside: boolean,
): { readonly value: string; readonly end: number } | undefined {
  const pattern = text[start] === "'" ? /'([^']*)'/y : /"((?:[^"\\]|\\[\s\S])*)"/y;
  const [found, inside = ""] = matchAt(pattern, text, start);
  if (found === "" || (isInside && found.includes("\n"))) return undefined;
  const value =
    text[start] === "'" ? inside : inside.replace(/\\([$`"\\\n])/g, (_, each: string) => each.replace("\n", ""));
  return { value, end: start + found.length };
}

const unclosed = {
  wrong: "a quote is never closed",
  hint: "close it, or put the whole value into quotes of the other kind",
};
const behindQuote = {
  wrong: "there is text after a quoted value",
  hint: "put all of the value into quotes, or # before a comment",
};

function problemAt(text: string, at: number, file: string, message: string, hint: string): UserError {
  const before = text.slice(0, at).split("\n");
  return new UserError(`${file}: ${message}`, {
    hint,
    at: { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
  });
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** A match of a sticky pattern; one of nothing where there is none. */
function matchAt(pattern: RegExp, text: string, at: number): readonly [string, ...(string | undefined)[]] {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? [""] : [found[0], ...found.slice(1)];
}
