/** What the answers of a host have come to: for how long nothing is sent there, and how much at a time after that. */
import { backoff, nextWait, type RetryPolicy } from "../retry.ts";
import type { RateLimit } from "./rate-limit.ts";

export interface HostState {
  /** Limits since the last other answer. */
  readonly limits: number;
  /** When the first and the last of them came, in milliseconds. */
  readonly first: number;
  readonly last: number;
  /** Requests at a time. */
  readonly atOnce: number;
  /** How many pauses have begun. */
  readonly pauses: number;
  /** When the last of them is over, in milliseconds. */
  readonly pausedUntil: number;
}

/** When whoever sent a request gives up: after so many limits in a row, or for one that lasts. */
export type LimitPolicy = Pick<RetryPolicy, "attempts" | "total" | "longestRetryAfter">;

export const unlimitedHost: HostState = {
  limits: 0,
  first: 0,
  last: 0,
  atOnce: Number.POSITIVE_INFINITY,
  pauses: 0,
  pausedUntil: 0,
};

/** As many at a time are as good as any number. */
const manyAtOnce = 64;
/** Milliseconds after which a limit is no part of the next one. */
const forgottenAfter = 150_000;

export interface Answered {
  /** `undefined`: the answer doesn't limit the rate. */
  readonly limit: RateLimit | undefined;
  readonly policy: LimitPolicy;
  /** How many pauses had begun when the request was sent. */
  readonly pauses: number;
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/** @returns with `pause`, in milliseconds, if the limit is worth waiting for. */
export function afterResponse(
  before: HostState,
  { limit, policy, pauses, now, random }: Answered,
): { readonly state: HostState; readonly pause: number | undefined } {
  // What was sent before a pause says nothing of the time after it.
  const isNews = pauses === before.pauses;
  if (limit === undefined) return { state: isNews ? afterAnswer(before) : before, pause: undefined };
  const state = isNews ? afterLimit(before, now) : before;
  const pause = pauseAfter(state, policy, limit.retryAfter, random);
  if (pause === undefined) return { state, pause };
  const pausedUntil = Math.max(state.pausedUntil, now + pause);
  return { state: { ...state, pausedUntil, pauses: state.pauses + (isNews ? 1 : 0) }, pause };
}

export function afterAnswer(state: HostState): HostState {
  const atOnce = state.atOnce >= manyAtOnce ? Number.POSITIVE_INFINITY : state.atOnce + 1;
  return { ...state, limits: 0, first: 0, last: 0, atOnce };
}

export function afterLimit(state: HostState, now: number): HostState {
  const isNew = state.limits === 0 || now - state.last > forgottenAfter;
  return { ...state, limits: isNew ? 1 : state.limits + 1, first: isNew ? now : state.first, last: now, atOnce: 1 };
}

/**
 * Milliseconds until the host may be queried again; `undefined`: there is no use in waiting.
 * @param random uniform in [0, 1)
 */
export function pauseAfter(
  { limits, first, last }: HostState,
  policy: LimitPolicy,
  retryAfter: number | undefined,
  random: number,
): number | undefined {
  return nextWait({ ...policy, wait }, { failures: limits, spent: last - first }, retryAfter, random);
}

function wait(limits: number, random: number, retryAfter: number | undefined): number {
  // A host that doesn't say how long has a window of some length, which is longer than a moment's failure.
  const own = 500 * 4 ** (limits - 1) * ((1 + random) / 2);
  // A host that asks for a moment again and again means more.
  return retryAfter === undefined ? own : Math.max(own, retryAfter + backoff(limits) * random);
}
