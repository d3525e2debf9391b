import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Answered,
  afterAnswer,
  afterLimit,
  afterResponse,
  type HostState,
  type LimitPolicy,
  pauseAfter,
  unlimitedHost,
} from "../../../../src/lib/http/host-state.ts";
import { rateLimitOf } from "../../../../src/lib/http/rate-limit.ts";
import { type LimitedRequest, rateLimiter } from "../../../../src/lib/http/rate-limiter.ts";
import type { Clock, HttpResponse } from "../../../../src/ports.ts";
import { Timeline } from "../../publish/simulation.ts";

const policy: LimitPolicy = { attempts: 5, total: 150_000, longestRetryAfter: 60_000 };

describe("how long a host is left alone", () => {
  const row = (limits: number, first: number, last: number): HostState => ({
    ...unlimitedHost,
    limits,
    first,
    last,
    atOnce: 1,
  });
  test.each([
    { when: "it doesn't say, the first time", state: row(1, 0, 0), asked: undefined, wait: 500 },
    { when: "it doesn't say, again", state: row(2, 0, 0), asked: undefined, wait: 2_000 },
    { when: "it doesn't say, three times", state: row(3, 0, 0), asked: undefined, wait: 8_000 },
    { when: "it doesn't say, four times", state: row(4, 0, 0), asked: undefined, wait: 32_000 },
    { when: "it doesn't say, five times: no longer", state: row(5, 0, 0), asked: undefined, wait: undefined },
    { when: "it asks for a fraction of a second", state: row(1, 0, 0), asked: 20, wait: 520 },
    { when: "it asks for a minute", state: row(1, 0, 0), asked: 60_000, wait: 60_500 },
    { when: "it asks for more than a minute: not at all", state: row(1, 0, 0), asked: 60_001, wait: undefined },
    { when: "it asks for a moment again and again", state: row(4, 0, 0), asked: 1, wait: 32_000 },
    { when: "it asks for longer than our own wait", state: row(2, 0, 0), asked: 20_000, wait: 21_000 },
    { when: "it would take too long in all", state: row(3, 0, 120_000), asked: 30_000, wait: undefined },
  ])("$when", ({ state, asked, wait }) => {
    expect(pauseAfter(state, policy, asked, 1)).toBe(wait);
  });

  test("is never less than it asks for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (asked, random) => {
        expect(pauseAfter(row(1, 0, 0), policy, asked, random)).toBeGreaterThanOrEqual(asked);
      }),
    );
  });

  test.each([
    { when: "the first limit", state: unlimitedHost, limits: 1, first: 1_000_000 },
    { when: "one after another", state: row(2, 900_000, 990_000), limits: 3, first: 900_000 },
    { when: "one long after another", state: row(5, 900, 1_000), limits: 1, first: 1_000_000 },
  ])("$when counts", ({ state, limits, first }) => {
    expect(afterLimit(state, 1_000_000)).toMatchObject({ limits, first, last: 1_000_000, atOnce: 1 });
  });

  test("with each answer one more goes at a time, until the limit is forgotten", () => {
    let state = afterLimit(unlimitedHost, 0);
    const seen = Array.from({ length: 70 }, () => {
      state = afterAnswer(state);
      return state.atOnce;
    });
    expect(seen.slice(0, 3)).toEqual([2, 3, 4]);
    expect(state).toEqual(unlimitedHost);
  });

  test.each<{ when: string; answered: Partial<Answered>; is: Partial<HostState>; pause: number | undefined }>([
    { when: "is a limit", answered: {}, is: { limits: 3, pausedUntil: 105_000, pauses: 2 }, pause: 5_000 },
    {
      when: "is a limit of before the pause",
      answered: { pauses: 0 },
      is: { limits: 2, pausedUntil: 101_250, pauses: 1 },
      pause: 1_250,
    },
    {
      when: "lasts",
      answered: { limit: { retryAfter: 86_400_000 } },
      is: { limits: 3, pausedUntil: 90_000, pauses: 1 },
      pause: undefined,
    },
    { when: "is none", answered: { limit: undefined }, is: { limits: 0, atOnce: 2, pauses: 1 }, pause: undefined },
    {
      when: "is none, and of before the pause",
      answered: { limit: undefined, pauses: 0 },
      is: { limits: 2, atOnce: 1, pauses: 1 },
      pause: undefined,
    },
  ])("an answer that $when", ({ answered, is, pause }) => {
    const before = { ...row(2, 90_000, 90_000), pauses: 1, pausedUntil: 90_000 };
    const answer: Answered = { limit: { retryAfter: 1 }, policy, pauses: 1, now: 100_000, random: 0.25, ...answered };
    const after = afterResponse(before, answer);
    expect(after).toMatchObject({ state: is, pause });
  });
});

const request: LimitedRequest = {
  host: "ghcr.io",
  limitOf: (response) => rateLimitOf(response, new Date(0)),
  policy,
  signal: undefined,
};
const ok: HttpResponse = { status: 200, headers: {}, body: new Uint8Array() };
const limited = (retryAfter?: string): HttpResponse => ({
  status: 403,
  headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
  body: Buffer.from("secondary rate limit"),
});

/** A host that answers so many requests in each window of time, and a limit to the others. */
function budgeted(
  timeline: Timeline,
  most: number,
  window: number,
  retryAfter = (left: number) => String(left / 1000),
) {
  const log: { readonly at: number; readonly isLimited: boolean }[] = [];
  return {
    log,
    async send(): Promise<HttpResponse> {
      await timeline.leg();
      const start = Math.floor(timeline.now / window) * window;
      const isLimited = log.filter(({ at, isLimited }) => at >= start && !isLimited).length >= most;
      log.push({ at: timeline.now, isLimited });
      await timeline.leg();
      return isLimited ? limited(retryAfter(start + window - timeline.now)) : ok;
    },
  };
}

describe("a host with a budget", () => {
  test.each([
    { most: 1, window: 500, requests: 12 },
    { most: 5, window: 200, requests: 100 },
    { most: 30, window: 2_000, requests: 400 },
    { most: 100, window: 1_000, requests: 99 },
  ])("of $most in $window ms gets $requests requests side by side done", async ({ most, window, requests }) => {
    const timeline = new Timeline(() => 3);
    const host = budgeted(timeline, most, window);
    const limiter = rateLimiter({ clock: timeline.clock, random: () => 0.1 });
    const all = Promise.all(Array.from({ length: requests }, () => limiter.send(request, host.send)));
    expect(new Set((await timeline.run(all)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("gets nothing in a pause but what was on its way", async () => {
    const timeline = new Timeline(() => 1);
    const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
    const sent: number[] = [];
    let first = true;
    const send = async (): Promise<HttpResponse> => {
      sent.push(timeline.now);
      await timeline.pass(2);
      const answer = first ? limited("30") : ok;
      first = false;
      return answer;
    };
    const late = timeline.pass(100).then(() => limiter.send(request, send));
    await timeline.run(Promise.all([limiter.send(request, send), late, limiter.send(request, send)]));
    expect(sent.slice(0, 2)).toEqual([0, 0]);
    expect(sent.slice(2).every((at) => at >= 30_000)).toBe(true);
  });

  test("keeps no other host waiting", async () => {
    const timeline = new Timeline(() => 1);
    const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
    let answers = [limited("30"), ok];
    const one = limiter.send(request, async () => {
      const [next = ok, ...others] = answers;
      answers = others;
      return next;
    });
    const other = timeline
      .pass(5)
      .then(() => limiter.send({ ...request, host: "docker.io" }, async () => ok))
      .then(() => timeline.now);
    expect(await timeline.run(other)).toBe(5);
    expect(await timeline.run(one.then(() => timeline.now))).toBeGreaterThanOrEqual(30_000);
  });
});

describe("a limit that lasts", () => {
  test("is an error that says how often and how long it was tried, for all that wait", async () => {
    const timeline = new Timeline(() => 1);
    const limiter = rateLimiter({ clock: timeline.clock, random: () => 1 });
    let sent = 0;
    const send = async () => {
      sent += 1;
      return limited();
    };
    const all = Promise.allSettled(Array.from({ length: 20 }, () => limiter.send(request, send)));
    for (const each of await timeline.run(all)) {
      expect(each).toMatchObject({
        status: "rejected",
        reason: { name: "RateLimited", response: { status: 403 }, tried: { failures: expect.any(Number) } },
      });
    }
    // Each once at first, one at a time after each pause, and each of the others once more in the end.
    expect(sent).toBeLessThanOrEqual(20 + 4 + 20);
    expect(timeline.now).toBeLessThan(60_000);
  });

  test("until tomorrow is not waited for", async () => {
    const timeline = new Timeline();
    const limiter = rateLimiter({ clock: timeline.clock, random: () => 1 });
    const taken = limiter.send(request, async () => limited("86400"));
    await expect(timeline.run(taken)).rejects.toMatchObject({ tried: { failures: 1, spent: 0 } });
    expect(timeline.now).toBe(0);
  });
});

test("what is sent once is thrown at once, and the pause holds for others", async () => {
  const timeline = new Timeline();
  const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
  const once = limiter.send({ ...request, once: true }, async () => limited("5"));
  await expect(timeline.run(once)).rejects.toMatchObject({ name: "RateLimited", tried: undefined });
  expect(timeline.now).toBe(0);
  const next = limiter.send(request, async () => ok).then(() => timeline.now);
  expect(await timeline.run(next)).toBe(5_000);
});

test("an upload and what it reads from the same host don't wait for one another", async () => {
  const timeline = new Timeline();
  const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
  let isLimited = true;
  await timeline.run(
    limiter.send(request, async () => {
      const answer = isLimited ? limited("0") : ok;
      isLimited = false;
      return answer;
    }),
  );
  const outer = [1, 2, 3].map(() =>
    limiter.send({ ...request, isUpload: true }, () => limiter.send(request, async () => ok)),
  );
  expect(await timeline.run(Promise.all(outer))).toHaveLength(3);
});

test("what waits ends with its own signal", async () => {
  const timeline = new Timeline();
  const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
  const first = limiter.send(request, async () => limited("60"));
  first.catch(() => {});
  const controller = new AbortController();
  const second = timeline.pass(1).then(() => limiter.send({ ...request, signal: controller.signal }, async () => ok));
  const aborted = timeline.pass(2).then(() => controller.abort(new Error("canceled")));
  await expect(timeline.run(Promise.all([second, aborted]))).rejects.toThrow("canceled");
  expect(timeline.now).toBe(2);
});

test("a pause that nobody waits for keeps no timer, so that the process can end", async () => {
  const sleeping = new Set<object>();
  const clock: Clock = {
    now: () => new Date(0),
    sleep: (_, signal) =>
      new Promise((_, reject) => {
        const own = {};
        sleeping.add(own);
        signal?.addEventListener("abort", () => {
          sleeping.delete(own);
          reject(signal.reason);
        });
      }),
  };
  const limiter = rateLimiter({ clock, random: () => 0 });
  await expect(limiter.send({ ...request, once: true }, async () => limited("60"))).rejects.toThrow();
  expect(sleeping.size).toBe(0);
  const controller = new AbortController();
  const waiting = limiter.send({ ...request, signal: controller.signal }, async () => ok);
  expect(sleeping.size).toBe(1);
  controller.abort(new Error("canceled"));
  await expect(waiting).rejects.toThrow("canceled");
  expect(sleeping.size).toBe(0);
});

test("a pause ends though somebody sets the clock back", async () => {
  const clock: Clock = { now: () => new Date(0), sleep: async () => {} };
  const limiter = rateLimiter({ clock, random: () => 0 });
  await expect(limiter.send({ ...request, once: true }, async () => limited("60"))).rejects.toThrow();
  await expect(limiter.send(request, async () => ok)).resolves.toBe(ok);
});

test("a pause is as long as it was meant, though time passes while it begins", async () => {
  let now = 0;
  const slept: number[] = [];
  const clock: Clock = {
    now() {
      now += 7;
      return new Date(now);
    },
    async sleep(milliseconds) {
      slept.push(milliseconds);
    },
  };
  const answers = [limited("2"), ok];
  await rateLimiter({ clock, random: () => 1 }).send(request, async () => answers.shift() ?? ok);
  expect(slept).toEqual([2_500]);
});

test("an answer that can't be understood leaves the host to others", async () => {
  const timeline = new Timeline();
  const limiter = rateLimiter({ clock: timeline.clock, random: () => 0 });
  const broken = {
    ...request,
    limitOf: () => {
      throw new Error("a defect");
    },
  };
  await timeline.run(limiter.send({ ...request, once: true }, async () => limited("1")).catch(() => undefined));
  await expect(timeline.run(limiter.send(broken, async () => ok))).rejects.toThrow("a defect");
  expect(await timeline.run(limiter.send(request, async () => ok))).toBe(ok);
});
