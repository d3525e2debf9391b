import { expect, test } from "@jest/globals";
import type { EventComparison } from "../../../../src/changes/comparison.ts";
import { nothingPlanned } from "../../../../src/stages/plan/nothing-planned.ts";
import { context } from "../../tags/facts.ts";

test.each<readonly [of: string, comparison: EventComparison, nothing: string | undefined]>([
  ["a branch that is gone", { kind: "nothing", what: "the branch next was deleted" }, "the branch next was deleted"],
  ["everything", { kind: "everything", because: { kind: "asked-for" } }, undefined],
])("the plan of a command that builds nothing says why there is nothing: %s", (_, comparison, nothing) => {
  const surveyed = { comparison, catalog: { images: [] }, left: new Map(), troubled: [], hashes: new Map() };
  const event = context({ ref: "refs/heads/main" });
  const plan = nothingPlanned({ surveyed, push: true }, { context: event, event });
  expect(plan.nothing).toBe(nothing);
  expect(plan.images).toEqual([]);
});
