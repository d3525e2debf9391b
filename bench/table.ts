/** What was measured, as rows of one table. */

export interface Row {
  readonly measure: string;
  readonly value: string;
  /** Beside what it is measured against. */
  readonly ratio?: string;
  /** What it may be at most; a row without one only informs. */
  readonly limit?: { readonly text: string; readonly isKept: boolean };
}

const titles = ["measure", "value", "ratio", "limit", "verdict"] as const;

export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map(({ measure, value, ratio = "", limit }) => [
    measure,
    value,
    ratio,
    limit?.text ?? "",
    limit === undefined ? "" : limit.isKept ? "ok" : "BROKEN",
  ]);
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(titles), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}

export function brokenLimits(rows: readonly Row[]): number {
  return rows.filter(({ limit }) => limit?.isKept === false).length;
}

/** A limit on `value`, in the words of the table. */
export function atMost(limit: number, value: number, text: string): Required<Row>["limit"] {
  return { text: `≤ ${text}`, isKept: value <= limit };
}

export const milliseconds = (value: number): string => `${value.toFixed(0)} ms`;
export const seconds = (ofMilliseconds: number): string => `${(ofMilliseconds / 1000).toFixed(2)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
