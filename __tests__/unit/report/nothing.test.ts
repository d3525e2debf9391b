/** An event of something that is gone: every report says what became of it. */
import { describe, expect, test } from "@jest/globals";
import { closingLines } from "../../../src/report/log/console.ts";
import { renderPlanSummary } from "../../../src/report/plan/plan-summary.ts";
import { renderPlan } from "../../../src/report/plan/plan-table.ts";
import { renderSummary } from "../../../src/report/summary/summary.ts";
import { hostile, planOf, resultOf } from "./example.ts";

const reports = (nothing: string) => {
  const plan = planOf([], { nothing, event: "delete" });
  const result = { ...resultOf([]), plan };
  return {
    plan: renderPlan(plan, { colour: false, width: 200 }),
    "a plan's summary": renderPlanSummary(plan),
    log: closingLines(result).join("\n"),
    summary: renderSummary(result),
  };
};

describe.each([
  "the branch next was deleted",
  "the tag v1 was deleted",
  "pull request 7 was closed",
  "the release v1 was unpublished",
  "the merge group was dissolved",
])("%s", (what) => {
  test.each(Object.entries(reports(what)))("is told in: %s", (_, text) => {
    expect(text).toContain(`Nothing is built because ${what}.`);
  });
});

test("a branch's name does no harm", () => {
  const { summary, plan, log, "a plan's summary": planSummary } = reports(`the branch ${hostile} was deleted`);
  for (const text of [summary, planSummary]) expect(text).not.toMatch(/<script|<img|\]\(https:\/\/evil|@octocat/);
  for (const text of [plan, log]) expect(text).not.toMatch(/^::/m);
  for (const text of [plan, log, summary, planSummary]) expect(text).not.toContain("\u001b");
});

test("a narrow terminal shows it whole", () => {
  const plan = planOf([], { nothing: "the branch next was deleted" });
  const lines = renderPlan(plan, { colour: false, width: 30 }).split("\n");
  expect(lines.slice(2)).toEqual(["Nothing is built because the", "branch next was deleted."]);
});
