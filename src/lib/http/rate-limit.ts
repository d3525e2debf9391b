/** Whether an answer is a limit on the rate of requests, and how long it asks to wait. */
import type { HttpResponse } from "../../ports.ts";

export interface RateLimit {
  /** Milliseconds; `undefined`: the host doesn't say. */
  readonly retryAfter: number | undefined;
}

/**
 * 429, and what hosts send in its place: GitHub answers 403 to a "secondary rate limit", in its body, in `Retry-After`, or in a
 * budget of which nothing remains. `undefined`: the answer is none.
 */
export function rateLimitOf(response: HttpResponse, now: Date): RateLimit | undefined {
  const { status } = response;
  const isRefusal = status === 400 || status === 403;
  const isLimit =
    status === 429 ||
    (isRefusal && speaksOfLimit(response)) ||
    (status === 403 && (asksToWait(response) || isUsedUp(response)));
  return isLimit ? { retryAfter: askedWait(response, now) } : undefined;
}

/** Milliseconds until a host that takes nothing more for now takes requests again, as far as it says so. */
export function askedWait(response: HttpResponse, now: Date): number | undefined {
  return retryAfter(response, now) ?? untilReset(response, now);
}

/** Milliseconds that `Retry-After` asks to wait: seconds, with fractions as some hosts send them, or a date (RFC 9110, 10.2.3). */
export function retryAfter({ headers }: HttpResponse, now: Date): number | undefined {
  const value = waiting.map((name) => headers[name]?.trim()).find((each) => each !== undefined && each !== "");
  return value === undefined ? undefined : waitFor(value, now);
}

/** Docker Hub's own name for it comes second. */
const waiting = ["retry-after", "x-retry-after"];

const budgets = ["x-ratelimit", "ratelimit"];

/** Where a number is a time since 1970, and no wait. */
const earliestTime = 1_000_000_000;

function waitFor(value: string, now: Date): number | undefined {
  const seconds = /^(\d+(?:\.\d*)?|\.\d+)\s*s?$/.exec(value)?.[1];
  if (seconds === undefined) return positive(Date.parse(value) - now.getTime());
  return positive(Number(seconds) * 1000 - (Number(seconds) >= earliestTime ? now.getTime() : 0));
}

function positive(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) ? Math.max(0, Math.ceil(milliseconds)) : undefined;
}

function untilReset(response: HttpResponse, now: Date): number | undefined {
  if (!isUsedUp(response)) return undefined;
  const value = budgets.map((name) => response.headers[`${name}-reset`]?.trim()).find((each) => each !== undefined);
  return value === undefined ? undefined : waitFor(value.replace(/;.*$/s, ""), now);
}

function isUsedUp({ headers }: HttpResponse): boolean {
  return budgets.some((name) => /^\s*0+\s*(?:;|$)/.test(headers[`${name}-remaining`] ?? ""));
}

function asksToWait({ headers }: HttpResponse): boolean {
  return waiting.some((name) => headers[name] !== undefined);
}

/** What is read of a body. */
const longest = 65_536;

/** The words of GitHub, of the codes of OCI ("TOOMANYREQUESTS"), of Google and of Amazon; no quota of storage. */
export const limitWords =
  /(?<![a-z])rate[ _-]?limit|secondary limit|too[ _-]?many[ _-]?requests|abuse detection|\bthrottl(?:ed|ing)|\brate exceeded|(?:requests?|pull|api) (?:quota|limit) (?:was |is |has been )?(?:exceeded|reached)/i;
const joinedWords = /[a-z]RateLimit/;

function speaksOfLimit({ body }: HttpResponse): boolean {
  const text = new TextDecoder().decode(body.subarray(0, longest));
  return limitWords.test(text) || joinedWords.test(text);
}
