import { expect, test } from "@jest/globals";
import type { RunContext, Trigger } from "../../../../src/model/run-context.ts";
import { actFor } from "../../../../src/run/checkout/act-for.ts";
import type { RefQuestions } from "../../../../src/run/checkout/commit-of-ref.ts";
import { at } from "../../publish/commits.ts";
import { context, mergeGroup, pullRequest, release } from "../../tags/facts.ts";

const nobody = {} as RefQuestions;

test.each<{ readonly event: string; readonly trigger: Trigger }>([
  { event: "push", trigger: { kind: "push", before: undefined, forced: false } },
  { event: "release", trigger: release },
  { event: "pull_request", trigger: pullRequest(3) },
  { event: "pull_request_target", trigger: pullRequest(3, true) },
  { event: "merge_group", trigger: mergeGroup },
  { event: "delete", trigger: { kind: "gone", what: "the branch x was deleted" } },
])("`ref` on $event is refused before anybody is asked", async ({ event, trigger }) => {
  const given: RunContext = { ...context({ ref: "refs/heads/main" }), trigger, eventName: event };
  await expect(actFor("v1", given, at("head"), nobody)).rejects.toThrow(
    `is only for manual runs, and this is a ${event}`,
  );
});
