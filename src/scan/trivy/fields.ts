/** Reads Trivy's JSON, and trusts none of it. */
import { UserError } from "../../errors.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Empty where the value isn't an object. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Empty where the value isn't a list. Items that aren't objects are left out. */
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

/** One line, shortened; `undefined` where the value isn't a string, or is empty. */
export function line(value: unknown, length = 500): string | undefined {
  const text = typeof value === "string" ? shortened(plainLine(value.slice(0, 4 * length)).trim(), length) : "";
  return text === "" ? undefined : text;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
