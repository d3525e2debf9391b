import type { Clock } from "../ports.ts";
import { RegistryError } from "./registry/registry-error.ts";

export interface Patience {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
}

const attempts = 5;
const firstWait = 500;
/** Longest single wait of our own choice. */
const ceiling = 10_000;
/** Longest wait that a registry may ask for; past it there is no use in asking sooner, and a job costs money. */
export const longestAskedFor = 60_000;
/** From the first attempt on; no wait is begun that would end later. */
export const total = 150_000;

/**
 * Does it again where the error is transient: exponential backoff with full jitter, and at least as late as the registry
 * asks. @throws what the last attempt threw, which then says how often and how long it was tried.
 */
export async function retrying<T>(action: () => Promise<T>, patience: Patience): Promise<T> {
  const waitOrThrow = patient(patience);
  for (;;) {
    try {
      return await action();
    } catch (error) {
      await waitOrThrow(error);
    }
  }
}

/** For what is tried in another way than as one function: called with each failure, it waits, or throws what to give up with. */
export function patient({ clock, random, signal }: Patience): (error: unknown) => Promise<void> {
  const start = clock.now().getTime();
  let attempt = 0;
  return async (error) => {
    attempt += 1;
    if (!(error instanceof RegistryError) || !error.isTransient) throw error;
    const spent = clock.now().getTime() - start;
    const wait = waitBefore(attempt, error.retryAfter, random);
    if (attempt === attempts || (error.retryAfter ?? 0) > longestAskedFor || spent + wait > total) {
      throw givenUp(error, attempt, spent);
    }
    // What limits the rate is waited for where it is the host's turn.
    if (error.code !== "rate-limited") await clock.sleep(wait, signal);
  };
}

function waitBefore(attempt: number, askedFor: number | undefined, random: () => number): number {
  const jittered = random() * Math.min(ceiling, firstWait * 2 ** (attempt - 1));
  // The jitter on top keeps many runs from coming back in the same instant.
  return Math.round((askedFor ?? 0) + jittered);
}

/** What is thrown where there is no use in trying again: how often and how long it was tried. */
export function givenUp(error: RegistryError, attempt: number, spent: number): RegistryError {
  const wanted = error.retryAfter === undefined ? "" : `; it asks to wait ${Math.ceil(error.retryAfter / 1000)} s`;
  const tried = attempt === 1 ? "" : ` (tried ${attempt} times in ${Math.round(spent / 1000)} s)`;
  if (tried === "" && wanted === "") return error;
  return new RegistryError(error.code, `${error.message}${tried}${wanted}`, {
    hint: error.hint,
    cause: error.cause ?? error,
  });
}
