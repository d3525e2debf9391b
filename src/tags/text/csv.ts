/**
 * Reads a line of comma-separated fields as docker/metadata-action does: a field may be in double quotes (RFC 4180),
 * and then holds commas, and quotes written twice.
 *
 * The reference reads every line twice, so that a comma in a value needs `"type=match,""pattern=\d{1,3}"""` there. A line
 * that is one quoted field as a whole is therefore read once more; the plain `type=match,"pattern=\d{1,3}"`, from which
 * the reference loses the quotes too early, means here what it says.
 */
import { UserError } from "../../errors.ts";

/** The fields of a line. @throws UserError for quotes that don't fit. */
export function readFields(line: string): readonly string[] {
  const fields = splitFields(line);
  const [only] = fields;
  return fields.length === 1 && only !== undefined && only.quoted ? texts(splitFields(only.text)) : texts(fields);
}

/** A line that is one quoted field as a whole, without its quotes; any other line as it stands. */
export function unquoteLine(line: string): string {
  const trimmed = line.trim();
  if (!trimmed.startsWith('"')) return trimmed;
  const [only, ...others] = splitFields(trimmed);
  return only === undefined || others.length > 0 ? trimmed : only.text;
}

interface Field {
  readonly text: string;
  readonly quoted: boolean;
}

const quotedField = /^\s*"((?:[^"]|"")*)"\s*(?:,|$)/;

function texts(fields: readonly Field[]): readonly string[] {
  return fields.map((field) => field.text);
}

function splitFields(line: string): readonly Field[] {
  const fields: Field[] = [];
  let rest: string | undefined = line;
  while (rest !== undefined) {
    const quoted = quotedField.exec(rest);
    if (quoted !== null) {
      const [whole, inner = ""] = quoted;
      fields.push({ text: inner.replaceAll('""', '"'), quoted: true });
      rest = whole.endsWith(",") ? rest.slice(whole.length) : undefined;
    } else {
      const comma = rest.indexOf(",");
      const text = comma < 0 ? rest : rest.slice(0, comma);
      checkQuotes(text);
      fields.push({ text, quoted: false });
      rest = comma < 0 ? undefined : rest.slice(comma + 1);
    }
  }
  return fields;
}

/** A quote inside a bare field is a mistake, except within an expression: `{{date "YYYY"}}`. */
function checkQuotes(field: string): void {
  if (!field.replaceAll(/\{\{.*?\}\}/g, "").includes('"')) return;
  throw new UserError(`the quotes in ${field} don't enclose a whole field`, {
    hint: 'put the whole field in quotes, such as "value=a,b", and write a quote inside it twice',
  });
}
