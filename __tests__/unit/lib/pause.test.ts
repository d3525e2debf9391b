import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { highest, mapped } from "../../../src/lib/pause.ts";

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

describe("the highest of very many", () => {
  const number = fc.integer({ min: 0, max: 50 });
  test("are the beginning of what sorting gives, equal ones in their order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, fc.nat())), fc.integer({ min: 1, max: 8 }), async (items, most) => {
        const compare = ([one]: [number, number], [other]: [number, number]): number => one - other;
        const sorted = items.toSorted((one, other) => compare(other, one)).slice(0, most);
        expect(await highest(items, most, compare)).toEqual(sorted);
      }),
    );
  });

  test("of none are none", async () => {
    expect(await highest([], 3, () => 0)).toEqual([]);
  });
});
