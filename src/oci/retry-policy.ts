/** Which refusals of a registry are tried again, and for how long. */
import { backoff, type RetryPolicy, type Tried } from "../lib/retry.ts";
import { RegistryError } from "./registry/registry-error.ts";

/** What ends all waiting for a registry, also where a host limits the rate (`lib/http/rate-limiter.ts`). */
export const registryLimits = {
  attempts: 5,
  total: 150_000,
  /** Past it there is no use in asking sooner, and a job costs money. */
  longestRetryAfter: 60_000,
} as const;

/** Exponential backoff with full jitter, and at least as late as the registry asks. */
export const registryRetries: RetryPolicy = {
  ...registryLimits,
  wait: (failures, random, retryAfter) => (retryAfter ?? 0) + backoff(failures) * random,
  transience: (error) =>
    error instanceof RegistryError && error.isTransient
      ? // What limits the rate is waited for where it is the host's turn.
        { retryAfter: error.retryAfter, waitsItself: error.code === "rate-limited" }
      : undefined,
  givenUp: (error, tried) => (error instanceof RegistryError ? givenUp(error, tried) : error),
};

/** What is thrown where there is no use in trying again: how often and how long it was tried. */
export function givenUp(error: RegistryError, { failures, spent }: Tried): RegistryError {
  const wanted = error.retryAfter === undefined ? "" : `; it asks to wait ${Math.ceil(error.retryAfter / 1000)} s`;
  const tried = failures === 1 ? "" : ` (tried ${failures} times in ${Math.round(spent / 1000)} s)`;
  if (tried === "" && wanted === "") return error;
  return new RegistryError(error.code, `${error.message}${tried}${wanted}`, {
    hint: error.hint,
    cause: error.cause ?? error,
  });
}
