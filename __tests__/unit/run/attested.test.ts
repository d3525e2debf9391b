/** With `attest`: what GitHub is asked, and how long. */
import { expect, test } from "@jest/globals";
import type { HttpRequest } from "../../../src/ports.ts";
import { type AttestingRun, openAttested, patientAttested } from "../../../src/run/attested.ts";
import { digests } from "../buildx/planned.ts";
import { limited } from "../lib/http/limited.ts";
import { Timeline } from "../publish/simulation.ts";

test.each<{ when: string; answers: readonly (boolean | undefined)[]; is: boolean | undefined; asked: number }>([
  { when: "it is listed", answers: [true], is: true, asked: 1 },
  { when: "another run signs a moment later", answers: [false, undefined, true], is: true, asked: 3 },
  { when: "it is never listed", answers: [false], is: false, asked: 5 },
  { when: "GitHub never says", answers: [undefined], is: undefined, asked: 5 },
])("$when: $is, after $asked questions", async ({ answers, is, asked }) => {
  const timeline = new Timeline();
  let count = 0;
  const attested = patientAttested(async () => answers[Math.min(count++, answers.length - 1)], {
    clock: timeline.clock,
    signal: new AbortController().signal,
  });
  expect(await timeline.run(attested(digests.a))).toBe(is);
  expect(count).toBe(asked);
  expect(timeline.now).toBeLessThanOrEqual(20_000);
});

/** GitHub lists so many attestations with each answer; `undefined`: it doesn't answer. */
function asking(answers: readonly (number | undefined)[], settings: object = { attest: true, token: "t0ken" }) {
  let asked = 0;
  const send = async (_: HttpRequest) => {
    const listed = answers[Math.min(asked++, answers.length - 1)];
    const body = Buffer.from(JSON.stringify({ attestations: Array.from({ length: listed ?? 0 }, () => ({})) }));
    return { status: listed === undefined ? 403 : 200, headers: { "content-type": "application/json" }, body };
  };
  const run = {
    context: {
      owner: "o",
      repo: "r",
      apiUrl: "https://api.github.com",
      runUrl: "https://github.com/o/r/actions/runs/1",
    },
    inputs: { settings },
    outside: limited({
      http: { send, open: send },
      clock: { now: () => new Date(0), sleep: async () => {} },
      random: () => 0,
      signal: new AbortController().signal,
      log: { debug: () => {}, info: () => {}, warning: () => {} },
    }),
  } as unknown as AttestingRun;
  return { attested: openAttested(run), asked: () => asked };
}

test.each<{
  when: string;
  answers: readonly (number | undefined)[];
  are: readonly (boolean | undefined)[];
  asked: number;
}>([
  { when: "it is listed: that is remembered", answers: [1, 0], are: [true, true], asked: 1 },
  { when: "it isn't listed: it may be a moment later", answers: [0, 1], are: [false, true], asked: 2 },
  { when: "it is never listed", answers: [0], are: [false, false], asked: 2 },
])("of one digest, $when", async ({ answers, are, asked: expected }) => {
  const { attested, asked } = asking(answers);
  const found = [await attested?.(digests.a), await attested?.(digests.a)];
  expect(found).toEqual(are);
  expect(asked()).toBe(expected);
});

test("without `attest` nothing is asked", () => {
  expect(asking([1], { attest: false, token: "t0ken" }).attested).toBeUndefined();
});
