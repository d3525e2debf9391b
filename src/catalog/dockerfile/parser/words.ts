/** Splitting an instruction into keyword, flags and words (BuildKit, frontend/dockerfile/parser, split_command.go and line_parsers.go). */
import type { Escape } from "./logical-lines.ts";
import { isSpace, trim } from "./space.ts";

export interface Command {
  /** Upper case. */
  readonly keyword: string;
  /** As `--name=value`, quotes and escapes resolved. */
  readonly flags: readonly string[];
  readonly rest: string;
}

const blanks = /[\t\v\f\r ]+/;

/** Takes a logical line apart. */
export function commandOf(line: string, escaper: Escape): Command {
  const text = trim(line);
  const gap = blanks.exec(text);
  if (gap === null) return { keyword: text.toUpperCase(), flags: [], rest: "" };
  const after = text.slice(gap.index + gap[0].length);
  return { keyword: text.slice(0, gap.index).toUpperCase(), ...flagsOf(after, escaper) };
}

/** Words between blanks, quotes meaning nothing. Empty text has no word. */
export function plainWords(text: string): readonly string[] {
  return text === "" ? [] : text.split(blanks);
}

/** The first word and what follows it, which may be missing. */
export function headAndTail(text: string): readonly [string, string | undefined] {
  const gap = blanks.exec(text);
  return gap === null ? [text, undefined] : [text.slice(0, gap.index), text.slice(gap.index + gap[0].length)];
}

/**
 * The elements of a JSON array of strings; `undefined` for a text that isn't a JSON array, "mixed" for other elements.
 */
export function jsonWords(text: string): readonly string[] | "mixed" | undefined {
  if (!trim(text).startsWith("[")) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    const elements: readonly unknown[] = parsed;
    return elements.every((element) => typeof element === "string") ? elements : "mixed";
  } catch {
    return undefined;
  }
}

/** Words as `ARG`, `ENV` and `LABEL` have them: blanks inside quotes don't part, and quotes and escapes stay. */
export function quotedWords(text: string, escaper: Escape): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === undefined && isSpace(character)) {
      if (word) words.push(word);
      word = undefined;
      continue;
    }
    word ??= "";
    if (character === escaper && quote !== "'") {
      // An escape at the very end is dropped.
      if (at + 1 < text.length) word += character + text.charAt(++at);
      continue;
    }
    if (character === quote) quote = undefined;
    else if (quote === undefined && (character === "'" || character === '"')) quote = character;
    word += character;
  }
  if (word) words.push(word);
  return words;
}

function flagsOf(text: string, escaper: Escape): { readonly flags: readonly string[]; readonly rest: string } {
  const trimmed = trim(text);
  if (!trimmed.startsWith("--")) return { flags: [], rest: trimmed };
  if (/^\p{ASCII}*$/u.test(text)) {
    const { flags, end } = scanFlags(text, escaper);
    return { flags, rest: trim(text.slice(end)) };
  }
  // BuildKit walks over bytes here and takes each for a character.
  const bytes = Buffer.from(text).toString("latin1");
  const { flags, end } = scanFlags(bytes, escaper);
  return { flags, rest: trim(Buffer.from(bytes.slice(end), "latin1").toString()) };
}

/** The flags, and where the rest begins. `--` ends them. */
function scanFlags(text: string, escaper: Escape): { readonly flags: readonly string[]; readonly end: number } {
  const flags: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text.charAt(at))) {
      at += 1;
      continue;
    }
    if (!text.startsWith("--", at)) return { flags, end: at };
    const { word, end } = scanFlag(text, at, escaper);
    if (word === "--") return { flags, end };
    flags.push(word);
    at = end;
  }
  return { flags, end: at };
}

function scanFlag(text: string, start: number, escaper: Escape): { readonly word: string; readonly end: number } {
  let word = "";
  let quote: string | undefined;
  let at = start;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && isSpace(character)) {
      break;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
    } else if (character === escaper) {
      at += 1;
      word += text.charAt(at);
    } else {
      word += character;
    }
  }
  return { word, end: Math.min(at, text.length) };
}
