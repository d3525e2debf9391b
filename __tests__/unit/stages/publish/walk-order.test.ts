import { describe, expect, test } from "@jest/globals";
import { orderOf } from "../../../../src/stages/publish/walk-order.ts";

const node = (name: string, ...parents: readonly string[]) => ({ name, parents });
const graph = [node("base"), node("quick"), node("slow"), node("child", "base")];
const built = (seconds: number | null, started: string | null) => ({ seconds, started });

function order(lately: Readonly<Record<string, ReturnType<typeof built>>>, isSchedule: boolean): readonly string[] {
  const rank = orderOf(graph, new Map(Object.entries(lately)), isSchedule);
  return graph.toSorted((a, b) => rank(b) - rank(a)).map(({ name }) => name);
}

describe("what could be built at the same time is begun", () => {
  test("with what takes longest to the end of its chain", () => {
    const lately = { base: built(5, null), quick: built(1, null), slow: built(30, null), child: built(40, null) };
    expect(order(lately, false)).toEqual(["base", "child", "slow", "quick"]);
  });

  test("on a schedule with what is oldest, or waits for it", () => {
    const lately = {
      base: built(1, "2026-03-01T00:00:00Z"),
      quick: built(1, "2026-02-01T00:00:00Z"),
      slow: built(1, "2026-03-02T00:00:00Z"),
      child: built(1, "2026-01-01T00:00:00Z"),
    };
    expect(order(lately, true)).toEqual(["base", "child", "quick", "slow"]);
  });

  test("on a schedule with what was never built", () => {
    const lately = {
      base: built(1, "2026-03-01T00:00:00Z"),
      slow: built(1, null),
      child: built(1, "2026-03-01T00:00:00Z"),
    };
    expect(order(lately, true).slice(0, 2)).toEqual(["quick", "slow"]);
  });
});
