/** One pattern of an ignore file, as moby/patternmatcher v0.6 reads it (`New`, `compile`, `match`). */
import type { Work } from "../../catalog/layout/path-expression.ts";
import { translateExpression } from "./go-expression.ts";

export interface IgnorePattern {
  /** Begins with `!`: what it matches is let in again. */
  readonly isException: boolean;
  /** Whether it matches this very path; directories above are the caller's business. */
  matches(path: string, work?: Work): boolean;
}

/** `undefined` for an empty pattern, "refused" for one that BuildKit refuses or that is not understood. */
export function readIgnorePattern(text: string): IgnorePattern | "refused" | undefined {
  const trimmed = trimSpace(text);
  if (trimmed === "") return undefined;
  const cleaned = cleanPath(trimmed);
  const isException = cleaned.startsWith("!");
  const pattern = isException ? cleaned.slice(1) : cleaned;
  // A byte order mark past the file's first line is dropped in one place by moby and kept in another.
  if (pattern === "" || pattern.startsWith("\ufeff") || !isWellFormed(pattern)) return "refused";
  const matches = compile(pattern);
  return matches === undefined ? "refused" : { isException, matches };
}

/**
 * Goes through the pattern as moby does: as long as it is plain, or begins or ends with `**`, text is compared; else all of
 * it becomes a regular expression.
 */
function compile(pattern: string): IgnorePattern["matches"] | undefined {
  const characters = [...pattern];
  let expression = "";
  let kind: "exact" | "prefix" | "suffix" | "expression" = "exact";
  for (let at = 0, isFirst = true; at < characters.length; isFirst = false) {
    const character = characters[at++] ?? "";
    if (character === "*" && characters[at] === "*") {
      at += characters[at + 1] === "/" ? 2 : 1;
      const isLast = at === characters.length;
      expression += isLast ? ".*" : "(.*/)?";
      kind = isFirst ? "suffix" : isLast && kind === "exact" ? "prefix" : "expression";
    } else if (character === "*" || character === "?") {
      expression += character === "*" ? "[^/]*" : "[^/]";
      kind = "expression";
    } else if (character === "\\" && at < characters.length) {
      expression += `\\${characters[at++] ?? ""}`;
      kind = "expression";
    } else if (character === "[" || character === "]") {
      expression += character;
      kind = "expression";
    } else {
      // Braces and bars were meant to be among these, but fall out of moby's table: a bar is an "or", also past the ends.
      expression += /[.+()$\\]/.test(character) ? `\\${character}` : character;
    }
  }
  switch (kind) {
    case "exact":
      return (path) => path === pattern;
    case "prefix":
      return startsWith(pattern.replace(/\*\*\/?$/, ""));
    case "suffix":
      return endsWith(pattern.slice(2));
    case "expression":
      return translateExpression(expression);
  }
}

function startsWith(prefix: string): (path: string) => boolean {
  return (path) => path.startsWith(prefix);
}

/** What follows the stars; below any directory may also mean below none. */
function endsWith(suffix: string): (path: string) => boolean {
  return (path) => path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
}

/** Whether Go's `filepath.Match` takes it: brackets are closed and hold something, a backslash escapes something. */
function isWellFormed(pattern: string): boolean {
  return /^(?:[^[\\]|\\.|\[(?:\^|(?!\^))(?:(?:[^\]\\-]|\\.)(?:-(?:[^\]\\-]|\\.))?)+\])*$/su.test(pattern);
}

/** Go's `strings.TrimSpace`, whose spaces are not quite JavaScript's. */
export function trimSpace(text: string): string {
  const start = text.replace(/^[[\s\u0085]--\ufeff]+/v, "");
  // An expression for it would look at the blanks in the middle again and again.
  let end = start.length;
  while (end > 0 && /^[[\s\u0085]--\ufeff]$/v.test(start.charAt(end - 1))) end -= 1;
  return start.slice(0, end);
}

/** Go's `path.Clean`: no doubled slashes, no `.`, no `..` that can be resolved, no slash at the end. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isRooted) kept.push(part);
  }
  return `${isRooted ? "/" : ""}${kept.join("/")}` || ".";
}
