import { expect, test } from "@jest/globals";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import { longestLateness } from "../../../../src/publish/registry-tags/late-registry.ts";
import { tagAccess } from "../../../../src/publish/registry-tags/tag-access.ts";

const [old, own, theirs] = ["old", "own", "theirs"].map(digestOf) as [Digest, Digest, Digest];
const main = tag("main");

/** A registry that shows what it is given, and a clock that passes with each wait. */
function access(shown: (now: number) => Digest | undefined) {
  let now = 0;
  const pauses: number[] = [];
  const clock = {
    now: () => new Date(now),
    sleep: async (milliseconds: number) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
  const registry = { head: async () => shown(now), putManifest: async () => own, tags: async () => [] };
  const tags = tagAccess({ registry, clock, repository: repository("ghcr.io/o/r") });
  const push = (digest: Digest) => tags.push({ digest, bytes: new Uint8Array(), mediaType: "" }, main);
  return { tags, push, pauses };
}

test("waits grow to five seconds, and end with the minute", async () => {
  const { tags, push, pauses } = access(() => old);
  await tags.read(main);
  await push(own);
  expect(await tags.read(main)).toBe(old);
  expect(pauses.slice(0, 8)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000]);
  expect(pauses.reduce((sum, each) => sum + each, 0)).toBe(longestLateness);
  expect(pauses.length).toBeLessThan(20);
});

test("what this run didn't push is taken as it is read", async () => {
  const { tags, pauses } = access(() => old);
  expect(await tags.read(main)).toBe(old);
  expect(await tags.read(main)).toBe(old);
  expect(pauses).toEqual([]);
});

test("a push that is not shown for a minute is tried twice, and no third time", async () => {
  const { tags, push } = access(() => old);
  await tags.read(main);
  for (const _ of [1, 2]) {
    await push(own);
    expect(tags.isFromBefore(main, await tags.read(main))).toBe(true);
  }
  await expect(push(own)).rejects.toThrow(/was pushed twice .* still shows sha256:\w+, as before$/);
});

test("a push that was never shown is as late as the time until the next one", async () => {
  const { tags, push } = access(() => old);
  await tags.read(main);
  await push(own);
  await tags.read(main);
  expect(tags.lateness()).toBe(0);
  await push(theirs);
  expect(tags.lateness()).toBe(longestLateness);
});
