/**
 * When a request to a host may go out: one limiter for each host. Where a host limits the rate, nothing more is sent there until the
 * pause is over; then one request goes first, and with every answer one more at a time.
 */

import { rateLimitOf } from "../../lib/http/rate-limit.ts";
import { formatDuration } from "../../lib/quantities.ts";
import { nextWait } from "../../lib/retry.ts";
import type { Clock, HttpResponse } from "../../ports.ts";
import { backoff, givenUp, registryLimits } from "../retry-policy.ts";
import { type Asked, answerError } from "./registry-error.ts";

export interface HostTurns {
  /**
   * Sends when it is the host's turn, and again as long as the host answers with a limit that is worth waiting for.
   * @throws RegistryError for a limit that lasts.
   */
  take<R extends HttpResponse>(request: TurnRequest, send: () => Promise<R>): Promise<R>;
}

export interface TurnRequest {
  readonly asked: Asked;
  /** Host and port that the request goes to: storage and token servers have limits of their own. */
  readonly host: string;
  /** Sent once: whoever sends it has retries of its own. */
  readonly once: boolean;
  /** Takes no place among those that are sent at a time: it may have to wait for another request to the same host. */
  readonly isUpload: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What a host's answers have come to. */
export interface HostState {
  /** Limits since the last answer that was none. */
  readonly limits: number;
  /** When the first and the last of them came, in milliseconds. */
  readonly first: number;
  readonly last: number;
  /** Requests at a time. */
  readonly atOnce: number;
}

export const unlimitedHost: HostState = { limits: 0, first: 0, last: 0, atOnce: Number.POSITIVE_INFINITY };

/** As many at a time are as good as any number. */
const manyAtOnce = 64;

export function afterAnswer(state: HostState): HostState {
  const atOnce = state.atOnce >= manyAtOnce ? Number.POSITIVE_INFINITY : state.atOnce + 1;
  return { ...unlimitedHost, atOnce };
}

export function afterLimit({ limits, first, last }: HostState, now: number): HostState {
  // A limit of long ago is no part of this one.
  const isNew = limits === 0 || now - last > registryLimits.total;
  return { limits: isNew ? 1 : limits + 1, first: isNew ? now : first, last: now, atOnce: 1 };
}

/**
 * Milliseconds until the host may be queried again; `undefined`: there is no use in waiting.
 * @param random uniform in [0, 1)
 */
export function pauseAfter(
  { limits, first, last }: HostState,
  retryAfter: number | undefined,
  random: number,
): number | undefined {
  return nextWait(limitPolicy, { failures: limits, spent: last - first }, retryAfter, random);
}

const limitPolicy = {
  ...registryLimits,
  // Who doesn't say how long has a window of some length, which is longer than a moment's failure.
  wait: (limits: number, random: number, retryAfter: number | undefined): number => {
    const own = 500 * 4 ** (limits - 1) * ((1 + random) / 2);
    // A host that asks for a moment again and again means more.
    return retryAfter === undefined ? own : Math.max(own, retryAfter + backoff(limits) * random);
  },
};

/** `signal` ends all waiting. */
export function hostTurns({
  clock,
  random,
  signal,
  onWait = () => {},
}: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly onWait?: ((what: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}): HostTurns {
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    const host = hosts.get(name) ?? { state: unlimitedHost, pauses: 0, pausing: 0, sent: 0, waiting: [] };
    hosts.set(name, host);
    return host;
  };
  const pause = (host: Host, milliseconds: number): void => {
    host.pausing += 1;
    const end = () => {
      host.pausing -= 1;
      sendWaiting(host);
    };
    // Whoever waits learns of an abort through a signal of its own.
    clock.sleep(milliseconds, signal).then(end, end);
  };
  return {
    async take(request, send) {
      const host = hostOf(request.host);
      for (let isAgain = false; ; isAgain = true) {
        await turn(host, request, isAgain);
        const { pauses } = host;
        const response = await send().catch((error: unknown) => {
          leave(host, request);
          sendWaiting(host);
          throw error;
        });
        leave(host, request);
        const limit = rateLimitOf(response, clock.now(), request.asked.repository);
        // What was sent before a pause says nothing of the time after it.
        const isNews = pauses === host.pauses;
        if (limit === undefined) {
          if (isNews) host.state = afterAnswer(host.state);
          sendWaiting(host);
          return response;
        }
        const now = clock.now();
        if (isNews) host.state = afterLimit(host.state, now.getTime());
        const { limits, first, last } = host.state;
        const error = answerError(request.asked, response, now);
        const wait = pauseAfter(host.state, limit.retryAfter, random());
        if (wait === undefined) {
          sendWaiting(host);
          throw givenUp(error, { failures: limits, spent: last - first });
        }
        if (isNews) host.pauses += 1;
        if (isNews && wait >= 5_000)
          onWait(
            `${request.host} limits the rate of requests: nothing is sent there for ${formatDuration(wait / 1000)}`,
          );
        pause(host, wait);
        if (request.once) throw error;
      }
    },
  };
}

interface Host {
  state: HostState;
  /** How many pauses have begun. */
  pauses: number;
  /** How many have not ended. */
  pausing: number;
  /** Requests without their answers. */
  sent: number;
  waiting: Waiting[];
}

interface Waiting extends Pick<TurnRequest, "isUpload"> {
  readonly go: () => void;
}

/** Those that were sent before go first. */
function turn(host: Host, { isUpload, signal }: TurnRequest, isAgain: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      host.waiting = host.waiting.filter((each) => each !== waiting);
      reject(signal?.reason);
    };
    const go = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const waiting: Waiting = { isUpload, go };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    host.waiting = isAgain ? [waiting, ...host.waiting] : [...host.waiting, waiting];
    sendWaiting(host);
  });
}

function leave(host: Host, { isUpload }: TurnRequest): void {
  if (!isUpload) host.sent -= 1;
}

function sendWaiting(host: Host): void {
  if (host.pausing > 0) return;
  const { waiting } = host;
  host.waiting = [];
  for (const each of waiting) {
    if (!each.isUpload && host.sent >= host.state.atOnce) {
      host.waiting.push(each);
      continue;
    }
    if (!each.isUpload) host.sent += 1;
    each.go();
  }
}
