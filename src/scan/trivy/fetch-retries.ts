/** How fetching the scanner and its databases is tried again. */
import type { LimitPolicy } from "../../lib/http/host-state.ts";
import { type RetryPolicy, type RetryTools, retry } from "../../lib/retry.ts";

/** What may well succeed later. */
export class Transient extends Error {
  override readonly name = "Transient";
}

/** When to give up where a host limits the rate. */
export const fetchLimits: LimitPolicy = { attempts: 4, total: 150_000, longestRetryAfter: 60_000 };

/** Seconds between attempts: what holds back for longer than this is better known than waited for. */
const waits = [2, 10, 30];

const policy: RetryPolicy = {
  attempts: waits.length + 1,
  // The jitter keeps the jobs of one workflow apart.
  wait: (failures, random) => (waits[failures - 1] ?? 0) * 1000 * (1 + random / 2),
  transience: (error) => (error instanceof Transient ? {} : undefined),
  givenUp: (error) => (error instanceof Transient ? (error.cause ?? error) : error),
};

/** Does it again while it throws `Transient`. @throws what the last attempt threw, or else its cause */
export function retryFetch<T>(action: () => Promise<T>, tools: RetryTools): Promise<T> {
  return retry(action, policy, tools);
}
