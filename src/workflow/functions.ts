/** GitHub's functions in expressions. */
import { isEqual, toText, unknown, type Value } from "./value.ts";

/** `unknown` where it depends on the run; `undefined`: there is no such function. */
export function callFunction(name: string, given: readonly Value[]): Value | undefined {
  const [first = null, second = null]: readonly Value[] = given;
  const pieces: readonly Value[] = given.slice(1);
  const [text, part] = [toText(first).toLowerCase(), toText(second).toLowerCase()];
  switch (name.toLowerCase()) {
    case "contains":
      return Array.isArray(first)
        ? (first as readonly Value[]).some((each) => isEqual(each, second))
        : text.includes(part);
    case "startswith":
      return text.startsWith(part);
    case "endswith":
      return text.endsWith(part);
    case "format":
      return toText(first).replace(/\{\{|\}\}|\{(\d+)\}/g, (found, index?: string) =>
        index === undefined ? found.slice(1) : toText(pieces[Number(index)] ?? null),
      );
    case "join":
      return Array.isArray(first)
        ? (first as readonly Value[]).map(toText).join(given.length > 1 ? toText(second) : ",")
        : toText(first);
    case "tojson":
      return hasUnknown(first) ? unknown : JSON.stringify(first, undefined, 2);
    case "fromjson":
      return parsed(toText(first));
    case "success":
    case "always":
      return true;
    case "failure":
    case "cancelled":
      return false;
    case "hashfiles":
      return unknown;
    default:
      return undefined;
  }
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function hasUnknown(value: Value): boolean {
  if (typeof value !== "object" || value === null) return value === unknown;
  return Object.getOwnPropertySymbols(value).length > 0 || Object.values(value).some(hasUnknown);
}
