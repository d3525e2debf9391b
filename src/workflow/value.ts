/** Values of expressions, and how GitHub converts and compares them. */

/** Where something is not known before the workflow runs; in a map under `others`: every key that it doesn't name. */
export const notKnown: unique symbol = Symbol("unknown");
export const others: unique symbol = Symbol("others");

export type Value = string | number | boolean | null | typeof notKnown | readonly Value[] | ValueMap;

export interface ValueMap {
  readonly [key: string]: Value;
  readonly [others]?: typeof notKnown;
}

function isMap(value: Value): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a key of a map, or an index of a list, has: keys are compared without regard to case. */
export function propertyOf(value: Value, key: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[])[toNumber(key)] ?? null;
  if (!isMap(value)) return null;
  const wanted = toText(key).toLowerCase();
  const found = Object.keys(value).find((each) => each.toLowerCase() === wanted);
  return found === undefined ? (value[others] ?? null) : (value[found] ?? null);
}

export function isTruthy(value: Value): boolean {
  return value !== false && value !== 0 && !Number.isNaN(value) && value !== "" && value !== null;
}

export function toText(value: Value): string {
  if (value === null) return "";
  if (typeof value === "object") return Array.isArray(value) ? "Array" : "Object";
  return String(value);
}

function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (value === null || value === false) return 0;
  if (value === true) return 1;
  return typeof value === "string" ? Number(value.trim()) : Number.NaN;
}

export function isEqual(a: Value, b: Value): boolean {
  if (typeof a === "string" && typeof b === "string") return a.toUpperCase() === b.toUpperCase();
  if (typeof a === "object" && a !== null && a === b) return true;
  if (a === null && b === null) return true;
  return toNumber(a) === toNumber(b);
}

export function isLess(a: Value, b: Value): boolean {
  if (typeof a === "string" && typeof b === "string") return a.toUpperCase() < b.toUpperCase();
  return toNumber(a) < toNumber(b);
}
