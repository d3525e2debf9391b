/** The `{{…}}` of a text, wherever one may be written. Nothing is escaped; `{{{…}}}` means the same. */
export interface WrittenExpression {
  /** Without braces and the blanks around it. */
  readonly inner: string;
  readonly start: number;
  readonly end: number;
}

export function expressionsIn(text: string): readonly WrittenExpression[] {
  if (!text.includes("{{")) return [];
  return [...text.matchAll(/\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}/g)].map(({ 0: whole, 1: three, 2: two, index }) => ({
    inner: (three ?? two ?? "").trim(),
    start: index,
    end: index + whole.length,
  }));
}
