/**
 * When a request to a host may go out. Where a host limits the rate, nothing more is sent there until the pause is over; then one
 * request goes first, and with every answer one more at a time.
 */
import type { Clock, HttpResponse } from "../../ports.ts";
import { formatDuration } from "../quantities.ts";
import type { Tried } from "../retry.ts";
import { afterResponse, type HostState, type LimitPolicy, unlimitedHost } from "./host-state.ts";
import type { RateLimit } from "./rate-limit.ts";

/** One for a process: a pause of a host holds for every request to it, whoever sends it. */
export interface RateLimiter {
  /**
   * Sends when the host may be queried, and again as long as it answers with a limit that is worth waiting for.
   * @throws RateLimited for a limit that lasts; the signal's reason when aborted; what `exchange` throws.
   */
  send<R extends HttpResponse>(request: LimitedRequest<R>, exchange: () => Promise<R>): Promise<R>;
}

export interface LimitedRequest<R extends HttpResponse = HttpResponse> {
  /** Host and port that the request goes to: storage and token servers have limits of their own. */
  readonly host: string;
  /** Whether an answer is a limit on the rate of requests. */
  limitOf(response: R): RateLimit | undefined;
  readonly policy: LimitPolicy;
  /** Sent once: whoever sends it has retries of its own, or other hosts. The pause holds all the same. */
  readonly once?: boolean;
  /** Takes no place among those that are sent at a time: it may have to wait for another request to the same host. */
  readonly isUpload?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A host takes no more requests for now. Each client makes an error of its own of it. */
export class RateLimited extends Error {
  override readonly name = "RateLimited";
  readonly response: HttpResponse;
  /** What was waited for in vain; `undefined` for what was sent once. */
  readonly tried: Tried | undefined;

  constructor(host: string, response: HttpResponse, tried: Tried | undefined) {
    super(`${host} limits the rate of requests (${response.status})`);
    this.response = response;
    this.tried = tried;
  }
}

/** Pauses that are worth a line in the log, in milliseconds. */
const longPause = 5_000;

export function rateLimiter({
  clock,
  random,
  onWait = () => {},
}: {
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads those that wait at the same time. */
  readonly random: () => number;
  /** Called for each longer pause, with a clause. */
  readonly onWait?: ((what: string) => void) | undefined;
}): RateLimiter {
  const hosts = new Map<string, HostQueue>();
  const queueOf = (host: string): HostQueue => {
    const queue = hosts.get(host) ?? hostQueue(clock);
    hosts.set(host, queue);
    return queue;
  };
  return {
    async send(request, exchange) {
      const { host, limitOf, policy } = request;
      const queue = queueOf(host);
      for (let again: number | undefined; ; ) {
        await queue.turn(request, again);
        const { pauses } = queue.state();
        // Whatever goes wrong, others may go.
        const [response, limit] = await exchange()
          .then((answer) => [answer, limitOf(answer)] as const)
          .catch((error: unknown) => {
            queue.leave(request, queue.state(), clock.now().getTime());
            throw error;
          });
        const now = clock.now().getTime();
        const answered = { limit, policy, pauses, now, random: random() };
        const { state, pause } = afterResponse(queue.state(), answered);
        const isNewPause = state.pauses > queue.state().pauses;
        queue.leave(request, state, now);
        if (limit === undefined) return response;
        const { limits: failures, first, last } = state;
        if (pause === undefined) throw new RateLimited(host, response, { failures, spent: last - first });
        if (isNewPause && pause >= longPause)
          onWait(`${host} limits the rate of requests: nothing is sent there for ${formatDuration(pause / 1000)}`);
        if (request.once) throw new RateLimited(host, response, undefined);
        again = now;
      }
    },
  };
}

type Place = Pick<LimitedRequest, "isUpload" | "signal">;

interface HostQueue {
  state(): HostState;
  /** Waits for a place. @param again when the last answer came: then it goes first. @throws the signal's reason when aborted. */
  turn(place: Place, again: number | undefined): Promise<void>;
  /** Gives the place back, with what the answer that came at `now` makes of the state. */
  leave(place: Place, next: HostState, now: number): void;
}

interface Waiting extends Place {
  readonly go: () => void;
}

function hostQueue(clock: Clock): HostQueue {
  let state = unlimitedHost;
  let sent = 0;
  let waiting: readonly Waiting[] = [];
  /** Ends the sleep until the end of the pause. */
  let alarm: AbortController | undefined;

  const sleep = (milliseconds: number): void => {
    const clockAlarm = new AbortController();
    alarm = clockAlarm;
    const { pausedUntil } = state;
    const wake = (): void => {
      alarm = undefined;
      // It is over even if somebody has set the clock back.
      if (state.pausedUntil === pausedUntil) state = { ...state, pausedUntil: 0 };
      sendWaiting();
    };
    // Whoever waits learns of an abort by a signal of its own.
    clock.sleep(milliseconds, clockAlarm.signal).then(wake, () => {});
  };
  const sendWaiting = (now = clock.now().getTime()): void => {
    if (waiting.length === 0) {
      // Nothing keeps the process from ending.
      alarm?.abort();
      alarm = undefined;
      return;
    }
    const left = state.pausedUntil - now;
    if (left > 0) {
      if (alarm === undefined) sleep(left);
      return;
    }
    const going: Waiting[] = [];
    const paused: Waiting[] = [];
    for (const each of waiting) {
      const mayGo = each.isUpload === true || sent < state.atOnce;
      (mayGo ? going : paused).push(each);
      if (mayGo && each.isUpload !== true) sent += 1;
    }
    waiting = paused;
    for (const { go } of going) go();
  };
  return {
    state: () => state,
    turn: (place, again) =>
      new Promise((resolve, reject) => {
        const { signal } = place;
        const abort = (): void => {
          waiting = waiting.filter((each) => each !== own);
          reject(signal?.reason);
          sendWaiting();
        };
        const go = (): void => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        const own: Waiting = { ...place, go };
        if (signal?.aborted) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        waiting = again === undefined ? [...waiting, own] : [own, ...waiting];
        sendWaiting(again);
      }),
    leave({ isUpload }, next, now) {
      if (isUpload !== true) sent -= 1;
      state = next;
      sendWaiting(now);
    },
  };
}
