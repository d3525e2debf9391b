/** Variables, quotes and escapes in the words of a Dockerfile, as BuildKit has them (frontend/dockerfile/shell/lex.go). */
import { UserError } from "../../../errors.ts";
import type { Escape } from "../parser/logical-lines.ts";
import { isSpace } from "../parser/space.ts";
import { type Allowance, allowance, spend } from "./allowance.ts";
import { hasUnknown, looksAtSlashesAlone, unknownResult } from "./any-text.ts";
import { longestText, replacePattern, tooLong, trimPattern } from "./shell-pattern.ts";

/** That a variable's value can't be known here: a platform, the base's own environment. */
export const unsettled: unique symbol = Symbol("unsettled");

/** What a variable holds; `undefined` when it isn't set. */
export type Lookup = (name: string) => string | undefined | typeof unsettled;

/**
 * A word with its variables put in and its quotes and escapes resolved; `unsettled` when it asks for a variable that is.
 * @throws UserError for what BuildKit refuses: an open quote, a bad substitution, `${X:?}` without X; and for what takes more
 * than `work` allows.
 */
export function expandWord(
  word: string,
  escaper: Escape,
  lookup: Lookup,
  work: Allowance = allowance(),
): string | typeof unsettled {
  if (!/[$'"\\`\ufeff]/.test(word)) return word;
  spend(work, word.length);
  const state = start(word, { escaper, lookup, rawQuotes: false, rawEscapes: false, work });
  const { text } = scan(state, undefined, false);
  return state.settled ? text : unsettled;
}

/** The words of a text, parted at unquoted blanks, variables left as they stand: how heredocs are found. */
export function shellWords(
  text: string,
  raw: { readonly quotes: boolean; readonly escapes: boolean },
): readonly string[] {
  const mode = { escaper: "\\", lookup: undefined, rawQuotes: raw.quotes, rawEscapes: raw.escapes } as const;
  const state = start(text, { ...mode, work: allowance() });
  return scan(state, undefined, raw.escapes).words;
}

interface Mode {
  readonly escaper: Escape;
  /** `undefined`: variables stay as they stand. */
  readonly lookup: Lookup | undefined;
  /** Quotes stay. */
  readonly rawQuotes: boolean;
  /** Escapes stay. */
  rawEscapes: boolean;
  readonly work: Allowance;
}

interface State extends Mode {
  readonly characters: readonly string[];
  at: number;
  settled: boolean;
  /** The word in the making, which BuildKit shares between a word and the words inside its braces. */
  word: string;
  /** In how many braces this is. */
  depth: number;
}

/** `${A:-${B:-c}}` is two. Nobody reads more than a few, and each takes room on the stack. */
const deepest = 32;

function start(text: string, mode: Mode): State {
  // Go's scanner passes over a byte order mark.
  return { ...mode, characters: [...text.replace(/^\ufeff/, "")], at: 0, settled: true, word: "", depth: 0 };
}

/** Reads up to `stop`, or to the end. */
function scan(
  state: State,
  stop: string | undefined,
  rawEscapes: boolean,
): { readonly text: string; readonly words: string[] } {
  const outer = state.rawEscapes;
  state.depth += 1;
  if (state.depth > deepest) throw mistake(`more than ${deepest - 1} substitutions are nested`);
  state.rawEscapes = rawEscapes;
  state.word = "";
  const words: string[] = [];
  let text = "";
  let inWord = false;
  const put = (piece: string, parts: boolean): void => {
    text += piece;
    if (state.lookup !== undefined) {
      // Nobody asks for the words of what is expanded.
      if (text.length > longestText) throw tooLong();
      return;
    }
    for (const character of parts ? piece : [piece]) {
      if (parts && isSpace(character)) {
        if (inWord && state.word !== "") {
          words.push(state.word);
          state.word = "";
          inWord = false;
        }
      } else {
        state.word += character;
        inWord = true;
      }
    }
  };
  let ended = stop === undefined;
  while (state.at < state.characters.length) {
    const character = peek(state);
    if (character === stop) {
      state.at += 1;
      ended = true;
      break;
    }
    if (character === "$") put(dollar(state), true);
    else if (character === "'") put(singleQuoted(state), false);
    else if (character === '"') put(doubleQuoted(state), false);
    else if (character === "<") put(lessThan(state), false);
    else if (character === state.escaper) {
      state.at += 1;
      put((state.rawEscapes ? character : "") + take(state), false);
    } else put(take(state), true);
  }
  if (!ended) throw mistake(`a closing "${stop}" is missing`);
  if (state.word !== "") words.push(state.word);
  state.word = "";
  state.depth -= 1;
  state.rawEscapes = outer;
  return { text, words };
}

function singleQuoted(state: State): string {
  const end = state.characters.indexOf("'", state.at + 1);
  if (end < 0) throw mistake("a single quote is not closed");
  const inner = state.characters.slice(state.at + 1, end).join("");
  state.at = end + 1;
  return state.rawQuotes ? `'${inner}'` : inner;
}

function doubleQuoted(state: State): string {
  state.at += 1;
  let text = "";
  for (;;) {
    const character = peek(state);
    if (character === "") throw mistake("a double quote is not closed");
    if (character === '"') {
      state.at += 1;
      return state.rawQuotes ? `"${text}"` : text;
    }
    if (character === "$") {
      text += dollar(state);
      continue;
    }
    state.at += 1;
    if (character !== state.escaper) {
      text += character;
      continue;
    }
    // Only a quote, a dollar and the escape itself are escaped; before anything else the escape stands for itself.
    const next = peek(state);
    const escapes = next === '"' || next === "$" || next === state.escaper;
    if (state.rawEscapes || (!escapes && next !== "")) text += character;
    if (escapes) text += take(state);
    else if (state.rawEscapes && next !== "") text += character;
  }
}

/** `<<`, with the blanks after it, is no place to part words. */
function lessThan(state: State): string {
  state.at += 1;
  if (peek(state) !== "<") return "<";
  state.at += 1;
  let text = "<<";
  while (peek(state) === " " || peek(state) === "\t" || peek(state) === "\r") text += take(state);
  return text;
}

function dollar(state: State): string {
  state.at += 1;
  if (peek(state) !== "{") {
    const name = variableName(state);
    return name === "" ? "$" : (variable(state, name, `$${name}`).text ?? "");
  }
  state.at += 1;
  if (["{", "}", ":", ""].includes(peek(state))) throw mistake("bad substitution");
  return substitution(state, variableName(state));
}

/** What follows `${NAME`. */
function substitution(state: State, name: string): string {
  const first = take(state);
  if (first === "}") return variable(state, name, `\${${name}}`).text ?? "";
  if (first === "/") return replacement(state, name);
  const emptyIsUnset = first === ":";
  const operator = emptyIsUnset ? take(state) : first;
  const known = ["+", "-", "?", "#", "%"].includes(operator);
  if (!emptyIsUnset && !known) throw mistake(`"${first}" is no operator of a substitution`);
  const trims = operator === "#" || operator === "%";
  if (emptyIsUnset && trims) throw mistake(`":${operator}" is no operator of a substitution`);
  const word = scan(state, "}", trims).text;
  const { text: value, isKept } = variable(state, name, `\${${name}${emptyIsUnset ? ":" : ""}${operator}${word}}`);
  if (isKept) return value ?? "";
  const isUnset = value === undefined || (emptyIsUnset && value === "");
  if (operator === "-") return isUnset ? word : value;
  if (operator === "+") return isUnset ? "" : word;
  if (operator === "?") {
    if (!isUnset) return value;
    throw mistake(`${name}: ${word || `it must not be ${value === undefined ? "unset" : "empty"}`}`);
  }
  if (!trims) throw mistake(`":${operator}" is no operator of a substitution`);
  const greedy = word.startsWith(operator);
  const pattern = greedy ? word.slice(1) : word;
  if (isOpen(value, pattern)) return unknownText(state, value, pattern, "");
  return trimPattern(value ?? "", pattern, operator === "#" ? "start" : "end", greedy, state.work);
}

function replacement(state: State, name: string): string {
  const all = peek(state) === "/";
  if (all) state.at += 1;
  const pattern = scan(state, "/", true).text;
  const by = scan(state, "}", true).text;
  const { text: value, isKept } = variable(state, name, `\${${name}/${pattern}/${by}}`);
  if (isKept) return value ?? "";
  return isOpen(value, pattern)
    ? unknownText(state, value, pattern, by)
    : replacePattern(value ?? "", pattern, by, all, state.work);
}

/** Whether nobody knows what a pattern matches in a value. */
function isOpen(value: string | undefined, pattern: string): boolean {
  return hasUnknown(pattern) || (value !== undefined && hasUnknown(value) && !looksAtSlashesAlone(pattern));
}

function unknownText(state: State, value: string | undefined, pattern: string, by: string): string {
  const result = unknownResult(value ?? "", pattern, by);
  if (result === undefined) state.settled = false;
  return result ?? "";
}

/** `isKept`: the variable stays as it stands. */
function variable(
  state: State,
  name: string,
  asWritten: string,
): { readonly text: string | undefined; readonly isKept?: true } {
  if (state.lookup === undefined) return { text: asWritten, isKept: true };
  const value = state.lookup(name);
  spend(state.work, 1 + (typeof value === "string" ? value.length : 0));
  if (value !== unsettled) return { text: value };
  state.settled = false;
  return { text: "", isKept: true };
}

/** Letters, digits and underscores; digits alone, or one special parameter, where it begins with such. */
function variableName(state: State): string {
  const first = peek(state);
  if (/[@*#?\-$!]/.test(first)) return take(state);
  const allowed = /\p{Nd}/u.test(first) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u;
  let name = "";
  while (allowed.test(peek(state))) name += take(state);
  return name;
}

/** The character ahead; empty at the end. */
function peek(state: State): string {
  return state.characters[state.at] ?? "";
}

function take(state: State): string {
  const character = peek(state);
  state.at += 1;
  return character;
}

function mistake(what: string): UserError {
  return new UserError(`the text can't be expanded: ${what}`, {
    hint: "write variables as Docker's reference has them, such as $NAME, and close every quote",
  });
}
