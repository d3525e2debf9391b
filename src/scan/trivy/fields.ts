/** Reading Trivy's JSON, of which nothing is believed. */
import { UserError } from "../../errors.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Empty for what is no object. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Empty for what is no list; what is no object in it is passed over. */
export function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The same for what must not be overlooked. @throws UserError for what is neither nothing nor a list of objects */
export function wholeList(value: unknown, what: string): readonly Fields[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(isFields)) return value;
  throw notUnderstood(`its ${what} are no list`);
}

/** Unknown is never "nothing found". */
export function notUnderstood(why: string): UserError {
  return new UserError(`Trivy's report is not understood: ${why}`, {
    hint: "take another version of Trivy from PATH, so that the pinned one is used; if that wrote it, report this",
  });
}

/** One line, shortened; `undefined` for what is no text, and for an empty one. */
export function line(value: unknown, length = 500): string | undefined {
  const text = typeof value === "string" ? shortened(plainLine(value.slice(0, 4 * length)).trim(), length) : "";
  return text === "" ? undefined : text;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
