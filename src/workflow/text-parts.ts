/** Texts with expressions in them: where each begins and ends. Pure. */

/** A part of a text that has whole expressions alone. */
export interface Row {
  /** 1-based, of its first line in the text. */
  readonly line: number;
  readonly text: string;
}

/** A text in as many rows as may be: an expression may go on over several lines. Joined by line breaks they are the text. */
export function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  let line = 1;
  let begin = 0;
  const sign = /\n|\$\{\{/g;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] === "\n") {
      const row = text.slice(begin, found.index);
      rows.push({ line, text: row });
      line += row.split("\n").length;
      begin = found.index + 1;
    } else sign.lastIndex = endOfExpression(text, found.index + 3) ?? text.length;
  }
  return [...rows, { line, text: text.slice(begin) }];
}

/** A text between expressions as it is, or an expression without its braces. */
export interface TextPart {
  readonly kind: "text" | "expression";
  readonly text: string;
}

/**
 * In order; begins and ends with a text, which may be empty, and has one between any two expressions. One that isn't closed is text.
 */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (let start = text.indexOf("${{"); start >= 0; start = text.indexOf("${{", at)) {
    const end = endOfExpression(text, start + 3);
    if (end === undefined) break;
    parts.push({ kind: "text", text: text.slice(at, start) });
    parts.push({ kind: "expression", text: text.slice(start + 3, end) });
    at = end + 2;
  }
  return [...parts, { kind: "text", text: text.slice(at) }];
}

/** Where the braces that close an expression are: none in a string does. */
export function endOfExpression(text: string, start: number): number | undefined {
  const sign = /'|\}\}/g;
  sign.lastIndex = start;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] !== "'") return found.index;
    const close = text.indexOf("'", found.index + 1);
    if (close < 0) return undefined;
    sign.lastIndex = close + 1;
  }
  return undefined;
}
