/** Whether an answer is a limit on the rate of requests, and how long it asks to wait. */
import type { HttpResponse } from "../../ports.ts";
import { textOf, wordsOf } from "./complaint-text.ts";

export interface RateLimit {
  /** Milliseconds; `undefined`: the host doesn't say. */
  readonly retryAfter: number | undefined;
}

/**
 * 429, and what hosts send in its place: GitHub answers 403 to a "secondary rate limit", in its body, in `Retry-After`, or in a
 * budget of which nothing remains. `undefined`: the answer is none.
 * @param repository what was asked for: its name is no word for a limit.
 */
export function rateLimitOf(response: HttpResponse, now: Date, repository?: string): RateLimit | undefined {
  const { status } = response;
  const isRefusal = status === 400 || status === 403;
  const isLimit =
    status === 429 ||
    (isRefusal && namesLimit(response, repository)) ||
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
  return value === undefined ? undefined : (waitFor(value, now) ?? waitFor(value, clockOf(headers)));
}

/** What time it is where the answer comes from: a time that is over here may be to come there. */
function clockOf({ date = "" }: HttpResponse["headers"]): Date {
  return new Date(httpDate.test(date) ? date : Number.NaN);
}

/** RFC 9110, 5.6.7. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Docker Hub's own name for it comes second. */
const waiting = ["retry-after", "x-retry-after"];

const budgets = ["x-ratelimit", "ratelimit"];

/** Where a number is a time since 1970, and no wait. */
const earliestTime = 1_000_000_000;

function waitFor(value: string, now: Date): number | undefined {
  const seconds = /^(\d+(?:\.\d*)?|\.\d+)\s*s?$/.exec(value)?.[1];
  if (seconds === undefined) return httpDate.test(value) ? positive(Date.parse(value) - now.getTime()) : undefined;
  return positive(Number(seconds) * 1000 - (Number(seconds) >= earliestTime ? now.getTime() : 0));
}

/** Whoever limits the rate and asks for no wait says nothing. */
function positive(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) && milliseconds > 0 ? Math.ceil(milliseconds) : undefined;
}

function untilReset(response: HttpResponse, now: Date): number | undefined {
  if (!isUsedUp(response)) return undefined;
  const value = budgets.map((name) => response.headers[`${name}-reset`]?.trim()).find((each) => each !== undefined);
  const time = value?.replace(/;.*$/s, "");
  return time === undefined ? undefined : (waitFor(time, now) ?? waitFor(time, clockOf(response.headers)));
}

function isUsedUp({ headers }: HttpResponse): boolean {
  return budgets.some((name) => /^\s*0+\s*(?:;|$)/.test(headers[`${name}-remaining`] ?? ""));
}

function asksToWait({ headers }: HttpResponse): boolean {
  return waiting.some((name) => headers[name] !== undefined);
}

/** The words of GitHub, of the codes of OCI ("TOOMANYREQUESTS"), of Google and of Amazon; no quota of storage. */
export const limitWords = [
  wordsOf("rate[ _-]?limit(?:s|ed|ing)?(?:[ _-]?(?:exceeded|reached|error|exception))?|rate limiter"),
  wordsOf("secondary limits?|too[ _-]?many[ _-]?requests(?:exception|error)?|throttl(?:ed|ing)(?:exception|error)?"),
  "abuse detection|\\brate exceeded",
  "(?:requests?|pull|api) (?:quota|limit) (?:was |is |has been )?(?:exceeded|reached)",
].join("|");
const limitPattern = new RegExp(limitWords, "i");
const joinedWords = /[a-z]RateLimit/;

function namesLimit(response: HttpResponse, repository: string | undefined): boolean {
  const text = textOf(response, repository);
  return limitPattern.test(text) || joinedWords.test(text);
}
