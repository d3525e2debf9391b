import { describe, expect, test } from "@jest/globals";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import {
  afterAnyRead,
  afterList,
  afterPush,
  afterRead,
  beforePush,
  isFromBefore,
  type Named,
  type TagHistory,
  timesPushed,
  untouched,
} from "../../../../src/publish/registry-tags/tag-history.ts";

const [old, own, theirs] = ["old", "own", "theirs"].map(digestOf) as [Digest, Digest, Digest];

/** What a run did with a tag, one step a millisecond: reads, and its own pushes. */
type Step = { readonly read: Named } | { readonly push: Digest };

function historyOf(...steps: readonly Step[]): TagHistory {
  return steps.reduce(
    (history, step, now) =>
      "push" in step
        ? afterPush(beforePush(history, now), step.push, now)
        : afterRead(afterAnyRead(history, step.read, now), step.read),
    untouched,
  );
}

describe("an answer is asked for again, as it shows the state before the run's own push:", () => {
  test.each<{ when: string; steps: readonly Step[]; answer: Named; isAskedAgain: boolean }>([
    { when: "what was pushed", steps: [{ read: old }, { push: own }], answer: own, isAskedAgain: false },
    { when: "what was there before", steps: [{ read: old }, { push: own }], answer: old, isAskedAgain: true },
    { when: "nothing, as before", steps: [{ read: undefined }, { push: own }], answer: undefined, isAskedAgain: true },
    {
      when: "nothing, where something was",
      steps: [{ read: old }, { push: own }],
      answer: undefined,
      isAskedAgain: true,
    },
    { when: "nothing, of a tag never read", steps: [{ push: own }], answer: undefined, isAskedAgain: true },
    { when: "another run's image", steps: [{ read: old }, { push: own }], answer: theirs, isAskedAgain: false },
    {
      when: "another run's image, where nothing was",
      steps: [{ read: undefined }, { push: own }],
      answer: theirs,
      isAskedAgain: false,
    },
    {
      when: "what was there before the push before",
      steps: [{ read: old }, { push: theirs }, { push: own }],
      answer: old,
      isAskedAgain: true,
    },
    { when: "the run's push before", steps: [{ push: theirs }, { push: own }], answer: theirs, isAskedAgain: true },
    {
      when: "what was there, and is pushed again",
      steps: [{ read: own }, { read: old }, { push: own }],
      answer: own,
      isAskedAgain: false,
    },
    { when: "anything, where nothing was pushed", steps: [{ read: old }], answer: theirs, isAskedAgain: false },
  ])("$when", ({ steps, answer, isAskedAgain }) => {
    expect(isFromBefore(historyOf(...steps), answer)).toBe(isAskedAgain);
  });
});

describe("a push of the same digest counts as the second one", () => {
  test.each<{ when: string; steps: readonly Step[]; times: number }>([
    { when: "if nothing was pushed before", steps: [{ read: old }], times: 1 },
    { when: "if the first was not shown", steps: [{ read: old }, { push: own }, { read: old }], times: 2 },
    { when: "if the first shows nothing", steps: [{ push: own }, { read: undefined }], times: 2 },
    {
      when: "as the third, if the second was not shown either",
      steps: [{ read: old }, { push: own }, { read: old }, { push: own }, { read: old }],
      times: 3,
    },
    { when: "not if the first was shown", steps: [{ push: own }, { read: own }], times: 1 },
    { when: "not if another run's was there", steps: [{ push: own }, { read: theirs }], times: 1 },
    { when: "not if another was pushed meanwhile", steps: [{ push: own }, { push: old }], times: 1 },
  ])("$when: $times", ({ steps, times }) => {
    expect(timesPushed(historyOf(...steps), own)).toBe(times);
  });
});

describe("how late the registry is", () => {
  const pushed = afterPush(afterRead(untouched, old), own, 100);

  test("is unknown while the push isn't shown", () => {
    expect(afterAnyRead(pushed, old, 160).lateness).toBe(0);
  });

  test("is the time from the push to the answer that shows it, where an answer before didn't", () => {
    expect(afterAnyRead(afterAnyRead(pushed, old, 160), own, 175).lateness).toBe(75);
    expect(afterAnyRead(pushed, own, 175).lateness).toBe(0);
  });

  test("is at least the time until the next push, where the first was never shown", () => {
    expect(beforePush(afterAnyRead(pushed, old, 160), 300).lateness).toBe(200);
    expect(beforePush(pushed, 300).lateness).toBe(0);
  });

  test("is the longest so far", () => {
    const late = afterAnyRead(afterAnyRead(pushed, old, 160), own, 175);
    const again = afterPush(beforePush(late, 200), theirs, 200);
    expect(afterAnyRead(afterAnyRead(again, own, 210), theirs, 220).lateness).toBe(75);
  });
});

test("a list lacks a tag since it lacked it the first time in a row", () => {
  const lacking = afterList(afterList(untouched, true, 10), true, 20);
  expect(lacking.unlistedSince).toBe(10);
  expect(afterList(lacking, false, 30).unlistedSince).toBeUndefined();
  expect(afterList(afterList(lacking, false, 30), true, 40).unlistedSince).toBe(40);
});
