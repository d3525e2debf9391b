import { expect, test } from "@jest/globals";
import { mapped } from "../../src/pause.ts";

test("whatever there is to do, signals and timers get their turn meanwhile", async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const busy = (milliseconds: number): void => {
    for (const end = performance.now() + milliseconds; performance.now() < end; );
  };
  const items = Array.from({ length: 60 }, (_, index) => index);
  for (const together of [1, 16]) {
    turns = 0;
    const work = async (item: number) => {
      busy(10);
      return item * 2;
    };
    expect(await mapped(items, work, together)).toEqual(items.map((item) => item * 2));
    // 600 ms in turns of 40: many more than the one turn of work without pauses.
    expect(turns).toBeGreaterThan(4);
  }
  clearInterval(timer);
});

test("what fails is thrown", async () => {
  const fail = (item: number) => Promise.reject(new Error(`no ${item}`));
  await expect(mapped([1, 2], fail, 2)).rejects.toThrow("no 1");
});
