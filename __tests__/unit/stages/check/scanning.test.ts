/** The scan of an image as a check: what it is compared with, and what it says once more right before tags are put. */
import { expect, test } from "@jest/globals";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { Scanned } from "../../../../src/scan/scanner.ts";
import type { ImageScanner } from "../../../../src/stages/check/image-scanner.ts";
import { type Ancestors, type ScanningSettings, scanningBy } from "../../../../src/stages/check/scanning.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { catalogOf } from "../../changes/catalog-of.ts";
import { at, historyOf, recordOf, records } from "../../publish/commits.ts";
import { index, type SimulatedRegistry, simulatedRegistry, Timeline } from "../../publish/simulation.ts";
import { platformScan, scanned, usual, vulnerability } from "../../scan/findings.ts";

const here = repository("ghcr.io/o/r/app");
const { images } = catalogOf({ name: "app", repositories: [here] }, { name: "local" });
const planned = { ...plannedBuild, repositories: [here], tags: [{ tag: tag("main"), moves: true }] };
const finding = vulnerability("CVE-2026-1");
const bad = index({ content: "bad", platforms: [], annotations: { of: "bad" }, record: recordOf(at("main-1")) });
const good = index({ content: "good", platforms: [], annotations: { of: "good" }, record: recordOf(at("main-1")) });
const made = { digest: digestOf("made"), layout: undefined, platforms: [], bases: [] };
const none: Ancestors = new Map();

/** `made` and `bad` have the finding, everything else has none. */
function opened(prepare: (registry: SimulatedRegistry) => void = () => {}) {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline);
  prepare(registry);
  const did: string[] = [];
  const scanOf = (digest: Digest): Scanned => {
    did.push(digest);
    const has = digest === made.digest || digest === bad.digest;
    return scanned(platformScan(has ? [finding] : [], { of: digest }));
  };
  const scanner: ImageScanner = {
    prepare: () => void did.push("prepare"),
    sbom: async () => Buffer.of(),
    facts: async () => undefined,
    scan: async (_, __, { digest }) => scanOf(digest),
    scanPublished: async ({ digest }) => scanOf(digest),
    checkFiles: async () => {},
    close: async () => {},
  };
  const parts = {
    surveyed: { catalog: { images }, settingsOf: () => ({ scan: { isWanted: true, rules: usual } }) },
    ...{ registry, records, history: historyOf() },
    identity: { commit: at("main-2"), ref: "refs/heads/main", isRebuild: false, mayGoBack: false },
    naming: {},
    sources: {},
  } as unknown as ScanningSettings;
  return { scanning: scanningBy(scanner, parts), registry, timeline, did };
}

const holdMain = (registry: SimulatedRegistry) => void registry.hold(here, bad, tag("main"));

test("only what is published is scanned", () => {
  const { scanning } = opened();
  expect(["app", "local", "unknown"].map((name) => scanning.isWanted(name))).toEqual([true, false, false]);
});

test("a blocking finding is refused where the published image doesn't have it, and the result has the scan", async () => {
  const { scanning, timeline } = opened((registry) => void registry.hold(here, good, tag("main")));
  const result = await timeline.run(scanning.check(planned, none)(made));
  expect(result).toMatchObject({
    kind: "refused",
    scan: { decision: { kind: "blocked" }, comparedWith: { digest: good.digest } },
  });
});

test("one that the published image has too passes, and is refused once what is published is better", async () => {
  const { scanning, registry, timeline } = opened(holdMain);
  const result = await timeline.run(scanning.check(planned, none)(made));
  expect(result).toMatchObject({
    kind: "passed",
    scan: { decision: { kind: "fails-run" }, comparedWith: { digest: bad.digest } },
  });
  if (result.kind !== "passed" || result.again === undefined) throw new Error("it is not checked again");
  expect(await timeline.run(result.again())).toMatchObject({ kind: "passed" });
  registry.hold(here, good, tag("main"));
  const later = await timeline.run(result.again());
  expect(later).toMatchObject({ kind: "refused", scan: { comparedWith: { digest: good.digest } } });
});

test.each([
  { when: "without a finding", digest: digestOf("clean"), prepare: holdMain },
  { when: "that is refused", digest: made.digest, prepare: () => {} },
])("an image $when is not checked again", async ({ digest, prepare }) => {
  const { scanning, timeline } = opened(prepare);
  expect(await timeline.run(scanning.check(planned, none)({ ...made, digest }))).not.toHaveProperty("again");
});

test("an image is scanned once, however often it is checked", async () => {
  const { scanning, timeline, did } = opened();
  const check = scanning.check(planned, none);
  await timeline.run(Promise.all([check(made), check(made)]));
  expect(did.filter((each) => each === made.digest)).toHaveLength(1);
});

test("what a check waits for may be fetched before, and what is published is nothing new", async () => {
  const { scanning, timeline, did } = opened(holdMain);
  scanning.prefetch(planned);
  await timeline.run(timeline.pass(100));
  expect(did).toEqual(["prepare", bad.digest]);
});
