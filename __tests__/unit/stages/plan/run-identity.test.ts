/** As whom a run pushes tags. */
import { describe, expect, test } from "@jest/globals";
import type { Trigger } from "../../../../src/model/run-context.ts";
import { isRebuild, runIdentity } from "../../../../src/stages/plan/run-identity.ts";
import { context, dispatch, headSha, pullRequest, schedule, sha } from "../../tags/facts.ts";

const push: Trigger = { kind: "push", before: undefined, forced: false };
const run = (trigger: Trigger, settings: object = {}, ref = "refs/heads/main") => ({
  context: context({ ref, trigger }),
  inputs: { settings: { rebuild: "auto", move: "forward", ...settings } } as never,
});

test("it is the run of a commit and a ref", () => {
  expect(runIdentity(run(push))).toEqual({
    ...{ commit: sha, ref: "refs/heads/main", isRebuild: false, mayGoBack: false },
  });
});

test("of a pull request it is the commit that people pushed, not the forge's merge of it", () => {
  expect(runIdentity(run(pullRequest(7), {}, "refs/pull/7/merge")).commit).toBe(headSha);
});

describe("images are rebuilt though nothing changed", () => {
  test.each([
    { when: "on schedule", trigger: schedule, settings: {}, is: true },
    { when: "with `rebuild: always`", trigger: push, settings: { rebuild: "always" }, is: true },
    { when: "not on a push", trigger: push, settings: {}, is: false },
    { when: "not on a push with `rebuild: fixable`", trigger: push, settings: { rebuild: "fixable" }, is: false },
    { when: "on schedule with `rebuild: fixable`", trigger: schedule, settings: { rebuild: "fixable" }, is: true },
    { when: "not when somebody asks for a run", trigger: dispatch, settings: {}, is: false },
  ])("$when", ({ trigger, settings, is }) => {
    expect(isRebuild(run(trigger, settings))).toBe(is);
    expect(runIdentity(run(trigger, settings)).isRebuild).toBe(is);
  });
});

test("only `move: any` lets tags go back", () => {
  expect(runIdentity(run(push, { move: "any" })).mayGoBack).toBe(true);
  expect(runIdentity(run(schedule, { rebuild: "always" })).mayGoBack).toBe(false);
});
