/** Reads an event's payload, of which nothing is sure: any field may be missing or of another type. */
import { messageOf, UserError } from "../errors.ts";

/** The parsed payload; an empty object where there is none. */
export type Payload = Readonly<Record<string, unknown>>;

const remedy = "check that GITHUB_EVENT_PATH names the JSON file that the runner wrote for this event";

/**
 * Parses the payload's text; no text, or an empty one, is an empty payload. @throws UserError when it isn't a JSON
 * object.
 */
export function parsePayload(text: string | undefined): Payload {
  if (text === undefined || text.trim() === "") return {};
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new UserError("the event's payload isn't a JSON object", { hint: remedy });
}

/**
 * The text under a path of keys; `undefined` where there is none, or something else. Empty text counts as none, and so does
 * one with a NUL character, which no ref has and no program takes.
 */
export function textAt(payload: Payload, ...path: readonly string[]): string | undefined {
  const value = valueAt(payload, path);
  return typeof value === "string" && value !== "" && !value.includes("\0") ? value : undefined;
}

/** The whole number above 0 under a path of keys. */
export function numberAt(payload: Payload, ...path: readonly string[]): number | undefined {
  const value = valueAt(payload, path);
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** The yes or no under a path of keys; `undefined` where it is neither. */
export function flagAt(payload: Payload, ...path: readonly string[]): boolean | undefined {
  const value = valueAt(payload, path);
  return typeof value === "boolean" ? value : undefined;
}

/** The objects of a list under a path of keys; other values are left out. */
export function objectsAt(payload: Payload, ...path: readonly string[]): readonly Payload[] {
  const value = valueAt(payload, path);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The error for a payload that lacks what its event must have. */
export function payloadLacks(eventName: string, field: string): UserError {
  return new UserError(`the payload of the event ${eventName} has no usable ${field}`, { hint: remedy });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new UserError(`the event's payload is not JSON: ${messageOf(cause)}`, { cause, hint: remedy });
  }
}

function valueAt(payload: Payload, path: readonly string[]): unknown {
  let value: unknown = payload;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
