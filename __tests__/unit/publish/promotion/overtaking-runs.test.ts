/** Promotions of several runs at the same time. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { tag } from "../../../../src/model/reference.ts";
import type { StoredManifest } from "../../../../src/oci/manifest.ts";
import { promote } from "../../../../src/publish/promotion/promote.ts";
import type { Promotion } from "../../../../src/publish/promotion/promotion.ts";
import { at, recordOf } from "../commits.ts";
import { index, simulatedRegistry, Timeline } from "../simulation.ts";
import {
  exact,
  here,
  made,
  main,
  moving,
  names,
  promotion,
  put,
  releaseTags,
  releasing,
  setting,
} from "./promotions.ts";

describe("a run that moved a tag looks at it again, after all others that read the state before may have pushed theirs", () => {
  const older = made("main-4");
  const ways: readonly { readonly of: string; readonly subject: StoredManifest; readonly more: Partial<Promotion> }[] =
    [
      { of: "a branch", subject: made("main-5"), more: { tags: [moving("latest")] } },
      {
        of: "a release",
        subject: made("release-1.3.0"),
        more: { tags: [exact("1.3.0"), moving("latest")], identity: releasing("1.3.0") },
      },
    ];

  /** What `latest` names in the end, where an older image is pushed so long after the run's own push took effect. */
  async function latestAfter(after: number, late: number, { subject, more }: (typeof ways)[number]) {
    const where = setting(undefined, () => late);
    where.registry.hold(here, made("main-3"), tag("latest"));
    let isPushed = false;
    const putManifest: typeof where.registry.putManifest = async (...args) => {
      if (args[2] === "latest" && !isPushed) {
        isPushed = true;
        // A push takes effect a millisecond after it began.
        void where.timeline.pass(after).then(() => where.registry.putManifest(here, older, tag("latest")));
      }
      return where.registry.putManifest(...args);
    };
    const registry = { ...where.registry, putManifest };
    const { error } = await put(where, subject, { ...more, registry });
    expect([isPushed, error]).toEqual([true, undefined]);
    return names(where, "latest") === subject.digest ? "its own" : "the older";
  }

  /** Milliseconds in which the run read what was there and replaced it. */
  const window = 4;
  const afters = Array.from({ length: 2 * window + 1 }, (_, index) => index + 1);
  const cases = ways.flatMap((way) => afters.map((after) => ({ ...way, after })));

  test.each(cases)("$of: an older push $after ms after its own is corrected", async ({ after, ...way }) => {
    expect(await latestAfter(after, 0, way)).toBe("its own");
  });

  const lateCases = [20, 200, 3_000, 40_000].flatMap((late) =>
    [1, late / 2, late - 1, late, late + 2 * window].flatMap((after) => ways.map((way) => ({ ...way, late, after }))),
  );

  test.each(lateCases)(
    "$of, in a registry that is $late ms late: an older push $after ms after its own is corrected",
    async ({ late, after, ...way }) => {
      expect(await latestAfter(after, late, way)).toBe("its own");
    },
  );
});

describe("runs that overtake one another", () => {
  /** Each leg of a request takes some time; none takes twice as long as another. */
  const legs = fc.infiniteStream(fc.integer({ min: 5, max: 9 }));
  /** For how long reading gives what was there before. */
  const lateness = fc.constantFrom(0, 0, 15, 200, 3_000, 40_000);

  test("a branch's tags end on the newest commit, whoever comes first", async () => {
    const runs = fc.array(
      fc.record({ commit: fc.integer({ min: 1, max: 5 }), delay: fc.integer({ min: 0, max: 200 }) }),
      {
        minLength: 2,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(runs, legs, lateness, async (all, times, late) => {
        const timeline = new Timeline(() => times.next().value ?? 5);
        const registry = simulatedRegistry(timeline, undefined, () => late);
        const tags = [moving("main"), moving("latest")];
        const run = async (commit: number, delay: number) => {
          await timeline.pass(delay);
          const subject = registry.hold(here, made(`main-${commit}`));
          const identity = { ...main, commit: at(`main-${commit}`) };
          return promote(promotion({ timeline, registry }, subject, { tags, identity }));
        };
        await timeline.run(Promise.all(all.map(({ commit, delay }) => run(commit, delay))));
        const newest = made(`main-${Math.max(...all.map(({ commit }) => commit))}`).digest;
        for (const { tag } of tags) expect(names({ timeline, registry }, tag)).toBe(newest);
      }),
      { numRuns: 100 },
    );
  });

  test("a release that two events make at once ends as one image, under all its tags", async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(delays, legs, lateness, async (wait, times, late) => {
        const timeline = new Timeline(() => times.next().value ?? 5);
        const registry = simulatedRegistry(timeline, undefined, () => late);
        const more = { tags: releaseTags("1.2.3"), identity: releasing("1.2.3"), sourceHash: "a".repeat(64) };
        const run = async (delay: number, number: number) => {
          await timeline.pass(delay);
          const subject = registry.hold(here, index({ content: `run ${number}`, record: recordOf(at("main-5")) }));
          return promote(promotion({ timeline, registry }, subject, more));
        };
        const ended = await timeline.run(Promise.all(wait.map(run)));
        expect(ended.map(({ error }) => error)).toEqual(wait.map(() => undefined));
        const [exactly, ...others] = ["1.2.3", "1.2", "1", "latest"].map((name) => names({ timeline, registry }, name));
        for (const each of others) expect(each).toBe(exactly);
      }),
      { numRuns: 100 },
    );
  });

  test("the tags of a line end on the highest release, whoever comes first", async () => {
    const versions = fc.uniqueArray(fc.constantFrom("1.2.3", "1.2.4", "1.3.0", "2.0.0"), { minLength: 2 });
    const delays = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(versions, delays, legs, lateness, lateness, async (all, wait, times, late, lateList) => {
        const timeline = new Timeline(() => times.next().value ?? 5);
        const registry = simulatedRegistry(timeline, undefined, () => late, lateList);
        const run = async (version: string, delay: number) => {
          await timeline.pass(delay);
          const subject = registry.hold(here, made(`release-${version}`));
          const more = { tags: releaseTags(version), identity: releasing(version) };
          return promote(promotion({ timeline, registry }, subject, more));
        };
        await timeline.run(Promise.all(all.map((version, at) => run(version, wait[at] ?? 0))));
        const highest = (line: string) =>
          all
            .filter((each) => each.startsWith(line))
            .sort()
            .at(-1);
        for (const [name, line] of [
          ["latest", ""],
          ["1", "1."],
          ["1.2", "1.2."],
          ["2", "2."],
        ] as const) {
          const expected = highest(line);
          if (expected !== undefined)
            expect(names({ timeline, registry }, name)).toBe(made(`release-${expected}`).digest);
        }
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});
