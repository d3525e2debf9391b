/** Trying again what failed, and asking again what may still change: one loop each, with a policy of when to stop. */
import type { Clock } from "../ports.ts";

export interface RetryPolicy {
  /** Most calls, the first one included. */
  readonly attempts: number;
  /** Milliseconds from the first call on: no wait begins that would end later. */
  readonly total?: number;
  /** Milliseconds: whoever asks to wait for longer is not waited for. */
  readonly longestRetryAfter?: number;
  /**
   * Milliseconds before the next call, after so many failures in a row.
   * @param random uniform in [0, 1)
   * @param retryAfter what the other side asks for, which is the least
   */
  wait(failures: number, random: number, retryAfter: number | undefined): number;
  /** What is known of a failure that may pass; `undefined`: it won't, and is thrown. */
  transience(error: unknown): Transience | undefined;
  /** What is thrown for a failure that may pass once it isn't tried again; by default the failure itself. */
  givenUp?(error: unknown, tried: Tried): unknown;
}

export interface Transience {
  /** Milliseconds that the other side asks to wait, where it does. */
  readonly retryAfter?: number | undefined;
  /** The action itself waits before it does anything. */
  readonly waitsItself?: boolean;
}

/** What came of an action so far. */
export interface Tried {
  readonly failures: number;
  /** Milliseconds since the first call. */
  readonly spent: number;
}

export interface RetryTools {
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads those that failed at the same time. */
  readonly random: () => number;
  /** Ends all waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws what the last call threw, or what the policy makes of it. */
export async function retry<T>(action: () => Promise<T>, policy: RetryPolicy, tools: RetryTools): Promise<T> {
  const waitOrThrow = retryWaits(policy, tools);
  for (;;) {
    try {
      return await action();
    } catch (error) {
      await waitOrThrow(error);
    }
  }
}

/** For what is tried in another way than as one function: called with each failure, it waits, or throws what to give up with. */
export function retryWaits(
  policy: RetryPolicy,
  { clock, random, signal }: RetryTools,
): (error: unknown) => Promise<void> {
  const start = clock.now().getTime();
  let failures = 0;
  return async (error) => {
    failures += 1;
    const transience = policy.transience(error);
    if (transience === undefined) throw error;
    const tried = { failures, spent: clock.now().getTime() - start };
    const wait = nextWait(policy, tried, transience.retryAfter, random());
    if (wait === undefined) throw policy.givenUp === undefined ? error : policy.givenUp(error, tried);
    if (transience.waitsItself !== true) await clock.sleep(wait, signal);
  };
}

/** Milliseconds until it is tried again; `undefined`: there is no use in waiting. */
export function nextWait(
  { attempts, total, longestRetryAfter, wait }: Omit<RetryPolicy, "transience" | "givenUp">,
  { failures, spent }: Tried,
  retryAfter: number | undefined,
  random: number,
): number | undefined {
  if (failures >= attempts || (retryAfter ?? 0) > (longestRetryAfter ?? Number.POSITIVE_INFINITY)) return undefined;
  const next = Math.round(wait(failures, random, retryAfter));
  return spent + next > (total ?? Number.POSITIVE_INFINITY) ? undefined : next;
}

export interface UntilPolicy {
  /** Most answers. */
  readonly attempts?: number;
  /** Milliseconds: the last wait ends with them. */
  readonly total?: number;
  /** After so many answers it takes long. */
  readonly slowAfter?: number;
  /** Milliseconds before it is asked again, after so many answers. */
  wait(answers: number): number;
}

export interface UntilTools<T> {
  readonly clock: Clock;
  /** From when on the time counts, in milliseconds; by default from the first question. */
  readonly since?: (answer: T) => number;
  /** Called once, where it takes long. */
  readonly onSlow?: (answer: T) => void;
}

/** Asks again while an answer may still change. @returns the last answer: final, or all that there is within the policy. */
export async function retryUntil<T>(
  ask: () => Promise<T>,
  isFinal: (answer: T) => boolean,
  { attempts = Number.POSITIVE_INFINITY, total = Number.POSITIVE_INFINITY, slowAfter, wait }: UntilPolicy,
  { clock, since, onSlow }: UntilTools<T>,
): Promise<T> {
  const start = clock.now().getTime();
  for (let answers = 1; ; answers++) {
    const answer = await ask();
    if (isFinal(answer)) return answer;
    const left = (since?.(answer) ?? start) + total - clock.now().getTime();
    if (left <= 0 || answers >= attempts) return answer;
    if (answers === slowAfter) onSlow?.(answer);
    await clock.sleep(Math.min(left, wait(answers)));
  }
}

/** The longest wait of our own choice, in milliseconds, after so many failures. */
export function backoff(failures: number): number {
  return Math.min(10_000, 500 * 2 ** (failures - 1));
}
