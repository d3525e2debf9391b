/** With `attest`: what GitHub is asked, and how long. */
import { expect, test } from "@jest/globals";
import { patientAttested } from "../../../src/run/attested.ts";
import { digests } from "../buildx/planned.ts";
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
