/**
 * The patterns of `${X#p}`, `${X%p}` and `${X/p/r}`: `*`, `?` and escapes (BuildKit, frontend/dockerfile/shell/lex.go,
 * `convertShellPatternToRegex`). Matched in a time that grows with text times pattern, whatever the pattern.
 */
import { UserError } from "../../errors.ts";

/** One character as it is, any one, or any number. A newline is matched by itself only. */
type Token =
  | { readonly kind: "literal"; readonly character: string }
  | { readonly kind: "one" }
  | { readonly kind: "many" };

/** Takes from the text what matches at its start or end: the longest if `greedy`, else the shortest. */
export function trimPattern(text: string, pattern: string, side: "start" | "end", greedy: boolean): string {
  const fromEnd = side === "end";
  const characters = fromEnd ? [...text].reverse() : [...text];
  const tokens = tokensOf(fromEnd ? (pattern.match(/\\.|./gsu) ?? []).reverse().join("") : pattern);
  const kept = characters.slice(matchEnd(characters, 0, tokens, greedy) ?? 0);
  return (fromEnd ? kept.reverse() : kept).join("");
}

/** Puts `by` in the place of the first match or of all, each the longest where it begins. */
export function replacePattern(text: string, pattern: string, by: string, all: boolean): string {
  const tokens = tokensOf(pattern);
  const characters = [...text];
  let result = "";
  let lastEnd = -1;
  for (let at = 0; at <= characters.length; ) {
    const end = matchEnd(characters, at, tokens, true);
    // Go passes over an empty match that touches the match before it.
    const matches = end !== undefined && !(end === at && at === lastEnd);
    if (matches && !all) return result + by + characters.slice(end).join("");
    if (matches) result += template(by, characters.slice(at, end).join(""));
    if (matches && end > at) {
      lastEnd = end;
      at = end;
    } else {
      result += characters[at] ?? "";
      at += 1;
    }
  }
  return result;
}

/** Go's `ReplaceAllString` takes `$0` for the match and any other `$name` for a group, of which there is none. */
function template(by: string, match: string): string {
  return by.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, name?: string, braced?: string) => {
    if (whole === "$$") return "$";
    return (name ?? braced) === "0" ? match : "";
  });
}

function tokensOf(pattern: string): Token[] {
  // Go's scanner passes over a byte order mark.
  const characters = [...pattern.replace(/^\ufeff/, "")];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") tokens.push({ kind: "many" });
    else if (character === "?") tokens.push({ kind: "one" });
    else if (character === "\\") {
      at += 1;
      const escaped = characters[at] ?? "";
      if (escaped === "" || !"*?\\}/".includes(escaped)) {
        throw new UserError(`the pattern "${pattern}" holds the escape "\\${escaped}", which is none`, {
          hint: "escape only *, ?, /, } and the backslash itself",
        });
      }
      tokens.push({ kind: "literal", character: escaped });
    } else tokens.push({ kind: "literal", character });
  }
  return tokens;
}

/** Where the match that begins at `from` ends, the pattern being walked in all ways at once. */
function matchEnd(
  text: readonly string[],
  from: number,
  tokens: readonly Token[],
  longest: boolean,
): number | undefined {
  let reached = skipMany(new Set([0]), tokens);
  let found: number | undefined;
  for (let at = from; ; at++) {
    if (reached.has(tokens.length)) {
      found = at;
      if (!longest) return found;
    }
    const character = text[at];
    if (character === undefined || reached.size === 0) return found;
    const next = new Set<number>();
    for (const position of reached) {
      const token = tokens[position];
      if (token === undefined) continue;
      if (token.kind === "literal" ? token.character === character : character !== "\n") {
        next.add(token.kind === "many" ? position : position + 1);
      }
    }
    reached = skipMany(next, tokens);
  }
}

/** A `*` may match nothing. */
function skipMany(positions: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const position of positions) if (tokens[position]?.kind === "many") positions.add(position + 1);
  return positions;
}
