import { expect, test } from "@jest/globals";
import { limitCalls } from "../../../src/lib/limit.ts";

test("calls run in order, as many at a time as may, also after some have failed and when the queue was empty", async () => {
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const call = limitCalls(3, async (each: number) => {
    running += 1;
    most = Math.max(most, running);
    started.push(each);
    await new Promise((done) => setImmediate(done));
    running -= 1;
    if (each % 4 === 1) throw new Error("failed");
    return -each;
  });
  for (const round of [0, 1]) {
    const numbers = Array.from({ length: 20 }, (_, index) => 20 * round + index);
    const ended = await Promise.allSettled(numbers.map(call));
    expect(ended.map(({ status }) => status)).toEqual(
      numbers.map((each) => (each % 4 === 1 ? "rejected" : "fulfilled")),
    );
    expect(ended[0]).toMatchObject({ value: -20 * round });
  }
  expect({ started, most }).toEqual({ started: Array.from({ length: 40 }, (_, index) => index), most: 3 });
});
