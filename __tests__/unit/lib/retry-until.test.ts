import { describe, expect, test } from "@jest/globals";
import { retryUntil, type UntilPolicy } from "../../../src/lib/retry.ts";

interface Asked {
  readonly answer: number;
  /** When it was asked. */
  readonly at: readonly number[];
  readonly slow: readonly number[];
}

/** Answers 1, 2, 3 …, and is final with a number. */
async function ask(final: number, policy: UntilPolicy, since?: number): Promise<Asked> {
  let now = 1_000;
  const at: number[] = [];
  const slow: number[] = [];
  const clock = {
    now: () => new Date(now),
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const answer = await retryUntil(
    async () => at.push(now),
    (each) => each >= final,
    policy,
    { clock, onSlow: (each) => slow.push(each), ...(since !== undefined && { since: () => since }) },
  );
  return { answer, at, slow };
}

describe("asks again", () => {
  const wait = (answers: number) => answers * 10;
  test.each<{ when: string; final: number; policy: UntilPolicy; since?: number; at: readonly number[] }>([
    { when: "never, where the first answer is final", final: 1, policy: { wait, total: 100 }, at: [1_000] },
    { when: "until an answer is final", final: 3, policy: { wait, total: 100 }, at: [1_000, 1_010, 1_030] },
    {
      when: "at the end of the time for the last time",
      final: 9,
      policy: { wait, total: 50 },
      at: [1_000, 1_010, 1_030, 1_050],
    },
    { when: "so often, and not once more", final: 9, policy: { wait, attempts: 3 }, at: [1_000, 1_010, 1_030] },
    {
      when: "within a time that began before",
      final: 9,
      policy: { wait, total: 50 },
      since: 975,
      at: [1_000, 1_010, 1_025],
    },
    { when: "never, where the time is over already", final: 9, policy: { wait, total: 50 }, since: 950, at: [1_000] },
  ])("$when", async ({ final, policy, since, at }) => {
    const asked = await ask(final, policy, since);
    expect(asked).toMatchObject({ at, answer: at.length });
  });
});

test("what takes long is reported once, and what ends before isn't", async () => {
  const policy = { wait: () => 1, slowAfter: 3 };
  expect((await ask(9, policy)).slow).toEqual([3]);
  expect((await ask(3, policy)).slow).toEqual([]);
});
