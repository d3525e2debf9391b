/**
 * The patterns of `${X#p}`, `${X%p}` and `${X/p/r}`: `*`, `?` and escapes (BuildKit, frontend/dockerfile/shell/lex.go,
 * `convertShellPatternToRegex`). Only a newline matches a newline.
 */
import { UserError } from "../../../errors.ts";
import { type Allowance, allowance, spend } from "./allowance.ts";
import { firstGlobMatch, type Glob, glob, matchAt } from "./shell-glob.ts";

/** No registry takes a name this long, and a few lines of `ARG A=$B$B` make one of any length. */
export const longestText = 65_536;

/** Takes from the text what matches at its start or end: the longest if `greedy`, else the shortest. */
export function trimPattern(
  text: string,
  pattern: string,
  side: "start" | "end",
  greedy: boolean,
  work: Allowance = allowance(),
): string {
  spend(work, text.length + pattern.length);
  const fromEnd = side === "end";
  const characters = fromEnd ? [...text].reverse() : [...text];
  const tokens = readPattern(fromEnd ? (pattern.match(/\\.|./gsu) ?? []).reverse().join("") : pattern);
  const kept = characters.slice(matchAt(characters, 0, tokens, greedy, work) ?? 0);
  return (fromEnd ? kept.reverse() : kept).join("");
}

/** Replaces the first match or all of them by `by`, each the longest where it begins. */
export function replacePattern(
  text: string,
  pattern: string,
  by: string,
  all: boolean,
  work: Allowance = allowance(),
): string {
  spend(work, text.length + pattern.length);
  const tokens = readPattern(pattern);
  const characters = [...text];
  const put = template(by);
  let result = "";
  let lastEnd = -1;
  for (let at = 0; at <= characters.length; ) {
    const found = firstGlobMatch(characters, at, tokens, work);
    if (found === undefined) return result + characters.slice(at).join("");
    const { start, end } = found;
    result += characters.slice(at, start).join("");
    if (!all) return result + by + characters.slice(end).join("");
    // Go passes over an empty match that touches the match before it.
    if (end > start || start !== lastEnd) {
      const piece = put(characters.slice(start, end).join(""));
      spend(work, piece.length + by.length / 8 + 1);
      result += piece;
    }
    if (result.length > longestText) throw tooLong();
    if (end === start) result += characters[start] ?? "";
    else lastEnd = end;
    at = end === start ? start + 1 : end;
  }
  return result;
}

export function tooLong(): UserError {
  return new UserError(`the text can't be expanded: it grows past ${longestText.toLocaleString("en-US")} characters`, {
    hint: "use fewer or shorter variables in this text",
  });
}

/** Go's `ReplaceAllString` takes `$0` for the match and any other `$name` for a group, of which there is none. */
function template(by: string): (match: string) => string {
  if (!by.includes("$")) return () => by;
  const parts = by.split(/(\$(?:\$|\w+|\{\w+\}))/);
  const isMatch = (part: string): boolean => /^\$(?:0|\{0\})$/.test(part);
  return (match) =>
    parts.map((part, index) => (index % 2 === 0 ? part : part === "$$" ? "$" : isMatch(part) ? match : "")).join("");
}

function readPattern(pattern: string): Glob {
  // Go's scanner passes over a byte order mark.
  const characters = [...pattern.replace(/^\ufeff/, "")];
  const segments: (string | undefined)[][] = [[]];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") segments.push([]);
    else if (character === "?") segments.at(-1)?.push(undefined);
    else if (character === "\\") {
      at += 1;
      const escaped = characters[at] ?? "";
      if (escaped === "" || !"*?\\}/".includes(escaped)) {
        const shown = pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern;
        throw new UserError(`the pattern "${shown}" has the unknown escape "\\${escaped}"`, {
          hint: "escape only *, ?, /, } and the backslash itself",
        });
      }
      segments.at(-1)?.push(escaped);
    } else segments.at(-1)?.push(character);
  }
  return glob(segments);
}
