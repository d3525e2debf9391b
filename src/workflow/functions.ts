/** GitHub's functions in expressions. */
import { isEqual, notKnown, toText, type Value } from "./value.ts";

/** How many arguments each function takes, at least and at most. */
const functions: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ["contains", [2, 2]],
  ["startswith", [2, 2]],
  ["endswith", [2, 2]],
  ["format", [1, 255]],
  ["join", [1, 2]],
  ["tojson", [1, 1]],
  ["fromjson", [1, 1]],
  ["hashfiles", [1, 255]],
  ["success", [0, 0]],
  ["always", [0, 0]],
  ["failure", [0, 0]],
  ["cancelled", [0, 0]],
]);

/** Whether there is a function of that name that takes so many arguments. */
export function takesArguments(name: string, count: number): boolean {
  const [least, most] = functions.get(name.toLowerCase()) ?? [1, 0];
  return count >= least && count <= most;
}

/** `notKnown` where it depends on the run; `undefined`: the function can't take these values. */
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
      return hasUnknown(first) ? notKnown : JSON.stringify(first, undefined, 2);
    case "fromjson":
      return parsed(toText(first));
    case "success":
    case "always":
      return true;
    case "failure":
    case "cancelled":
      return false;
    case "hashfiles":
      return notKnown;
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
  if (typeof value !== "object" || value === null) return value === notKnown;
  return Object.getOwnPropertySymbols(value).length > 0 || Object.values(value).some(hasUnknown);
}
