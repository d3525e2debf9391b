/** A literal tag that every branch moves is a remark, unless somebody says that it is meant. */
import { expect, test } from "@jest/globals";
import { derive, type Situation } from "./facts.ts";

const feature: Situation = { ref: "refs/heads/feature" };
const warned = (rule: string, situation: Situation, flavor = "") =>
  derive(rule, situation, flavor).warnings.map(({ message }) => message);

test.each([{ rule: "type=raw,value=3.12-slim" }, { rule: "rolling" }, { rule: "type=raw,value={{name}}-x" }])(
  "$rule on another branch",
  ({ rule }) => {
    expect(warned(rule, feature)).toEqual([
      expect.stringMatching(/line 1: this branch isn't the default branch, and moves/),
    ]);
  },
);

test.each<{ rule: string; situation: Situation; flavor?: string }>([
  { rule: "rolling", situation: { ref: "refs/heads/main" } },
  { rule: "rolling", situation: { ref: "refs/tags/v1.2.3" } },
  { rule: "type=raw,value=rolling,enable=true", situation: feature },
  { rule: "type=raw,value=rolling,enable={{is_default_branch}}", situation: feature },
  { rule: "type=raw,value=x-{{branch}}", situation: feature },
  { rule: "type=raw,value=x-{{sha}}", situation: feature },
  { rule: "rolling", situation: feature, flavor: "prefix={{branch}}-" },
  { rule: "type=ref,event=branch", situation: feature },
])("not $rule in $situation.ref with $flavor", ({ rule, situation, flavor }) => {
  expect(warned(rule, situation, flavor)).toEqual([]);
});
