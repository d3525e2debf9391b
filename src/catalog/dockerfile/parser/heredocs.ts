/** Heredocs of RUN, COPY and ADD (BuildKit, frontend/dockerfile/parser/parser.go, `heredocsFromLine`). */
import { shellWords } from "../shell/shell-lexer.ts";

/** `<<NAME`, as a word announces it. */
export interface HeredocWord {
  readonly name: string;
  /** Variables in the body are expanded: no part of the name is quoted. */
  readonly expands: boolean;
  /** `<<-`: leading tabs don't count. */
  readonly ignoresTabs: boolean;
}

export interface Heredoc extends HeredocWord {
  /** As it is in the file, line ends included. */
  readonly body: string;
}

/** The heredocs that a logical line announces, in the order in which their bodies follow it. @throws UserError */
export function heredocWords(line: string): readonly HeredocWord[] {
  if (!line.includes("<<")) return [];
  return wordsOf(line).flatMap((word) => heredocWord(word) ?? []);
}

/** The heredoc that one word is, such as `<<EOF`, `3<<-"EOF"`. @throws UserError when its quotes don't close. */
export function heredocWord(word: string): HeredocWord | undefined {
  const [, tabs, rest = ""] = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word) ?? [];
  if (rest === "") return undefined;
  const names = shellWords(rest, { quotes: false, escapes: false });
  const [name = ""] = names;
  if (names.length !== 1) return undefined;
  const [raw = ""] = shellWords(rest, { quotes: true, escapes: false });
  return { name, expands: quotesIn(name) === quotesIn(raw), ignoresTabs: tabs === "-" };
}

/** A line whose quotes don't close announces nothing: a shell may read it otherwise. */
function wordsOf(line: string): readonly string[] {
  try {
    return shellWords(line, { quotes: true, escapes: true });
  } catch {
    return [];
  }
}

function quotesIn(text: string): number {
  return text.replace(/[^'"]/g, "").length;
}
