import { expect, test } from "@jest/globals";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import { ownPut, pauseBeforeReading, tagAccess } from "../../../../src/publish/tags/tag-access.ts";
import { longestLateness } from "../../../../src/publish/tags/within-a-minute.ts";

const [old, own, theirs] = ["old", "own", "theirs"].map(digestOf);

const put = (before: readonly (typeof old)[]) => ({
  digest: own ?? digestOf(""),
  before: new Set(before),
  at: 1_000,
  times: 1,
});

test.each([
  { when: "what was put", before: [old], read: own, at: 1_000, wait: undefined },
  { when: "what was there before", before: [old], read: old, at: 1_000, wait: 50 },
  { when: "nothing, where there was nothing", before: [undefined], read: undefined, at: 1_000, wait: 50 },
  { when: "nothing, where there was something", before: [old], read: undefined, at: 1_000, wait: 50 },
  { when: "another run's", before: [old], read: theirs, at: 1_000, wait: undefined },
  { when: "another run's, where there was nothing", before: [undefined], read: theirs, at: 1_000, wait: undefined },
  { when: "what was there before the last put but one", before: [old, theirs], read: old, at: 1_000, wait: 50 },
  { when: "what was there before, at the end of the minute", before: [old], read: old, at: 60_990, wait: 10 },
  { when: "what was there before, after a minute", before: [old], read: old, at: 61_000, wait: undefined },
])("$when", ({ before, read, at, wait }) => {
  expect(pauseBeforeReading(put(before), read, at, 0)).toBe(wait);
});

test("what nobody put is believed", () => {
  expect(pauseBeforeReading(undefined, old, 0, 0)).toBeUndefined();
});

test("pauses grow to five seconds, and end with the minute", () => {
  let now = 1_000;
  const pauses: number[] = [];
  for (let round = 0; ; round++) {
    const pause = pauseBeforeReading(put([old]), old, now, round);
    if (pause === undefined) break;
    pauses.push(pause);
    now += pause;
  }
  expect(pauses.slice(0, 8)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000]);
  expect(now).toBe(1_000 + longestLateness);
  expect(pauses.length).toBeLessThan(20);
});

test("a second put counts where the first was not to be seen", () => {
  const [one, other] = [digestOf("own"), digestOf("other")];
  const first = ownPut(one, [undefined], undefined, 0);
  expect(first).toEqual({ digest: one, before: new Set([undefined]), at: 0, times: 1 });
  expect(ownPut(one, [undefined, one, undefined], first, 5)).toMatchObject({ times: 2, before: new Set([undefined]) });
  expect(ownPut(one, [undefined, one, other], first, 5)).toMatchObject({ times: 1 });
  expect(ownPut(other, [undefined, one], first, 5)).toMatchObject({ times: 1, before: new Set([undefined, one]) });
});

test("a put that was never to be seen is as late as the time until the next one", async () => {
  let now = 0;
  const clock = {
    now: () => new Date(now),
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const registry = { head: async () => old, putManifest: async () => own as Digest, tags: async () => [] };
  const access = tagAccess({ registry, clock, repository: repository("ghcr.io/o/r") });
  const manifest = { digest: own as Digest, bytes: new Uint8Array(), mediaType: "" };
  await access.put(manifest, tag("main"));
  await access.read(tag("main"));
  expect(access.lateness()).toBe(0);
  await access.put(manifest, tag("main"));
  expect(access.lateness()).toBe(0);
  await access.read(tag("main"));
  now += 10;
  await access.put({ ...manifest, digest: theirs as Digest }, tag("main"));
  expect(access.lateness()).toBeGreaterThan(0);
});
