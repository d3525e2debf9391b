/** What a forge's answers say: JSON of which nothing is known, and what a refusal means. */
import { askedWait, type RateLimit } from "../lib/http/rate-limit.ts";
import { plainLine, shortened } from "../lib/plain-text.ts";
import type { HttpRequest, HttpResponse } from "../ports.ts";
import { errorCodeOf, ForgeError } from "./forge-error.ts";

export interface Refusal extends Pick<HttpRequest, "method" | "url"> {
  readonly response: HttpResponse;
  /** What the answer says, hostile text. */
  readonly problem: string;
  readonly limit: RateLimit | undefined;
  readonly now: Date;
}

/** The error for a refusal ("Best practices for using the REST API", GitHub Docs). */
export function refusal({ response, problem, method, url, limit, now }: Refusal): ForgeError {
  const { status, headers } = response;
  const { host, pathname } = new URL(url);
  const text = shortened(plainLine(problem).trim(), 300) || `status ${status}`;
  const isLater = limit !== undefined || headers["retry-after"] !== undefined;
  const code = isLater ? "unavailable" : errorCodeOf(status, problem);
  return new ForgeError(code, `${host} answered ${method} ${plainLine(pathname)} with "${text}"`, {
    answer: { status, text },
    ...(code === "unavailable" ? { retryAfter: askedWait(response, now) } : {}),
  });
}

/** What a refusal says in its fields, else the beginning of what it is. */
export function refusalText({ body }: Pick<HttpResponse, "body">, json: unknown): string {
  const { message, errors } = fieldsOf(json);
  const text = typeof message === "string" ? message : new TextDecoder().decode(body.subarray(0, 500));
  return [text, ...textsOf(errors)].join(": ");
}

export function parsedBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** The messages of a list of errors, each a text or something with a kind, a field and a message. */
export function textsOf(errors: unknown): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((each) => {
    const { message, type, field, code } = fieldsOf(each);
    return typeof each === "string" ? [each] : [[type, field, code, message].filter(Boolean).join(" ")];
  });
}

/** An object's fields, all of unknown types; none where the value isn't an object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
