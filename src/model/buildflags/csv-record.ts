/** The CSV in which buildx takes the fields of its options: one record of RFC 4180. */
import { UserError } from "../../errors.ts";

/**
 * The fields of a text, as github.com/tonistiigi/go-csvvalue reads them: quotes only around a whole field, doubled within,
 * and no blank trimmed. @throws UserError for an empty text and for a quote in the wrong place.
 */
export function csvFields(text: string): readonly string[] {
  const line = text.replace(/\r?\n$/, "");
  if (line === "") throw new UserError("the value is empty", { hint: "write key=value, separated by commas" });
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const { field, end } = line[at] === '"' ? quoted(line, at + 1) : plain(line, at);
    fields.push(field);
    if (end >= line.length) return fields;
    at = end + 1;
  }
}

/** One record with these fields. */
export function csvLine(fields: readonly string[]): string {
  return fields.map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}

interface Field {
  readonly field: string;
  /** Where the comma is, or the end of the text. */
  readonly end: number;
}

function plain(line: string, start: number): Field {
  const comma = line.indexOf(",", start);
  const end = comma < 0 ? line.length : comma;
  const field = line.slice(start, end);
  if (field.includes('"')) throw misplacedQuote();
  return { field, end };
}

/** @param start behind the first quote. */
function quoted(line: string, start: number): Field {
  let field = "";
  let at = start;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0) throw misplacedQuote();
    field += line.slice(at, quote);
    const next = line[quote + 1];
    if (next === undefined || next === ",") return { field, end: quote + 1 };
    if (next !== '"') throw misplacedQuote();
    field += '"';
    at = quote + 2;
  }
}

function misplacedQuote(): UserError {
  return new UserError("a quote is in the wrong place", {
    hint: 'put the whole field in quotes, and double the quotes in it: "key=one, ""two"""',
  });
}
