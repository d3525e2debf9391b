/** What a run publishes of what it builds and promotes, by what the checks say. */
import { describe, expect, test } from "@jest/globals";
import { BuildError } from "../../../../src/buildx/diagnosis/build-error.ts";
import { UserError } from "../../../../src/errors.ts";
import { tag } from "../../../../src/model/reference.ts";
import type { ImageResult } from "../../../../src/results/run-result.ts";
import { at, recordOf } from "../../publish/commits.ts";
import { index } from "../../publish/simulation.ts";
import { passes } from "../../scan/findings.ts";
import { at0, broken, type ImageInRun, publishRun, repositoryOf } from "./publish-run.ts";

interface Case {
  readonly when: string;
  readonly images: readonly ImageInRun[];
  /** `outcome`, `blocked by CHECK`, or `skipped for IMAGE`. */
  readonly outcomes: Readonly<Record<string, string>>;
}

const cases: readonly Case[] = [
  {
    when: "everything passes",
    images: [
      { name: "base", scan: "clean" },
      { name: "app", on: ["base"], scan: "clean" },
    ],
    outcomes: { base: "published", app: "published" },
  },
  {
    when: "a parent is blocked, its child passes for itself, and a stranger passes",
    images: [
      { name: "base", scan: "blocked" },
      { name: "app", on: ["base"], scan: "clean" },
      { name: "other", scan: "clean" },
    ],
    outcomes: { base: "blocked by scan", app: "skipped for base", other: "published" },
  },
  {
    when: "a parent is blocked, and nothing that is based on it is scanned",
    images: [
      { name: "base", scan: "blocked" },
      { name: "app", on: ["base"] },
      { name: "tool", on: ["app"] },
    ],
    outcomes: { base: "blocked by scan", app: "skipped for base", tool: "skipped for base" },
  },
  {
    when: "a child is blocked: its parent is published all the same",
    images: [
      { name: "base", scan: "clean" },
      { name: "app", on: ["base"], scan: "blocked" },
    ],
    outcomes: { base: "published", app: "blocked by scan" },
  },
  {
    when: "one of two parents is blocked",
    images: [
      { name: "good", scan: "clean" },
      { name: "bad", scan: "blocked" },
      { name: "app", on: ["good", "bad"], scan: "clean" },
    ],
    outcomes: { good: "published", bad: "blocked by scan", app: "skipped for bad" },
  },
  {
    when: "a promoted image is checked again and passes",
    images: [{ name: "base", kind: "promote", scan: "clean" }],
    outcomes: { base: "promoted" },
  },
  {
    when: "a promoted image is checked again and does not pass: what is built or promoted on it isn't tagged either",
    images: [
      { name: "base", kind: "promote", scan: "blocked" },
      { name: "app", on: ["base"], scan: "clean" },
      { name: "next", kind: "promote", on: ["base"], scan: "clean" },
      { name: "other", kind: "promote", scan: "clean" },
    ],
    outcomes: { base: "blocked by scan", app: "skipped for base", next: "skipped for base", other: "promoted" },
  },
  {
    when: "a build fails: children are not built, strangers are",
    images: [{ name: "base", fails: broken }, { name: "app", on: ["base"] }, { name: "other" }],
    outcomes: { base: "failed", app: "skipped for base", other: "published" },
  },
  {
    when: "a check can't be carried out: that is a failure, and children are built and not tagged",
    images: [
      { name: "base", scanFails: broken },
      { name: "app", on: ["base"], scan: "clean" },
      { name: "other", scan: "clean" },
    ],
    outcomes: { base: "failed", app: "skipped for base", other: "published" },
  },
  {
    when: "a check has a defect of ours: children don't have it, too",
    images: [
      { name: "base", scanFails: new TypeError("undefined is not a function") },
      { name: "app", on: ["base"] },
    ],
    outcomes: { base: "failed", app: "skipped for base" },
  },
  {
    when: "a defect of ours in one image hides nothing of the others",
    images: [{ name: "base", fails: new TypeError("undefined is not a function") }, { name: "other" }],
    outcomes: { base: "failed", other: "published" },
  },
  {
    when: "files of an image are not checked out",
    images: [{ name: "base" }, { name: "app", on: ["base"], isLeftOut: true }],
    outcomes: { base: "published", app: "failed" },
  },
  {
    when: "files of an image are not checked out, and its parent fails: both fail for their own reasons",
    images: [
      { name: "base", fails: broken },
      { name: "app", on: ["base"], isLeftOut: true },
    ],
    outcomes: { base: "failed", app: "failed" },
  },
];

function inWords(result: ImageResult): string {
  if (result.outcome === "blocked") return `blocked by ${result.by.map(({ check }) => check).join(", ")}`;
  return result.outcome === "skipped-for-parent" ? `skipped for ${result.parent}` : result.outcome;
}

test.each(cases)("$when", async ({ images, outcomes }) => {
  const { results, main, digestOf } = await publishRun(images);
  expect(Object.fromEntries([...results].map(([name, result]) => [name, inWords(result)]))).toEqual(outcomes);
  for (const [name, outcome] of Object.entries(outcomes)) {
    const isTagged = outcome === "published" || outcome === "promoted";
    expect([name, main(name)]).toEqual([name, isTagged ? digestOf(name) : undefined]);
  }
});

test("a scan knows everything of this run that an image is based on, directly or not", async () => {
  const { ancestorsOf } = await publishRun([
    { name: "old", kind: "promote", scan: "clean" },
    { name: "base", scan: "clean", on: ["old"] },
    { name: "app", scan: "clean", on: ["base"] },
    { name: "other", scan: "clean" },
  ]);
  expect(Object.fromEntries([...ancestorsOf].map(([name, all]) => [name, [...all].sort()]))).toEqual({
    old: [],
    base: ["old"],
    app: ["base", "old"],
    other: [],
  });
});

test.each([
  { when: "has no attestation", listed: false },
  { when: "has an attestation that GitHub knows nothing of", listed: undefined },
])(
  "a promoted image that $when is blocked by that check, and what is based on it is not tagged",
  async ({ listed }) => {
    const { results } = await publishRun(
      [
        { name: "base", kind: "promote" },
        { name: "app", on: ["base"] },
      ],
      { attested: async () => listed },
    );
    expect([...results.values()].map(inWords)).toEqual(["blocked by attestation", "skipped for base"]);
  },
);

test("a blocked image is under no tag at all, nor is its child: not under that of its sources either", async () => {
  const { registry } = await publishRun([
    { name: "base", scan: "blocked" },
    { name: "app", on: ["base"], scan: "clean" },
  ]);
  expect(registry.requests.filter((each) => each.startsWith("PUT"))).toEqual([]);
});

test("a result has the scan, whether or not the image passes, and none where it isn't scanned", async () => {
  const { results } = await publishRun([
    { name: "base", scan: "blocked" },
    { name: "app", on: ["base"], scan: "clean" },
    { name: "other", kind: "promote", scan: "clean" },
    { name: "bare" },
  ]);
  const scans = [...results].map(([name, { scan }]) => [name, scan && [scan.name, passes(scan)]]);
  expect(Object.fromEntries(scans)).toEqual({
    base: ["base", false],
    app: ["app", true],
    other: ["other", true],
    bare: undefined,
  });
});

test("a child is built on the candidates of its parents that are built, and what a check waits for is fetched first", async () => {
  const { givenTo, did } = await publishRun([
    { name: "old", kind: "promote" },
    { name: "base", scan: "clean" },
    { name: "app", on: ["base", "old"] },
  ]);
  expect(givenTo.get("app")).toEqual(["base"]);
  expect(did.filter((each) => !each.startsWith("complete"))).toEqual(["prefetch base", "build base", "build app"]);
  expect(did.filter((each) => each.startsWith("complete")).sort()).toEqual(["complete app", "complete base"]);
});

test("what a failed build wrote is in the result, with the reason apart from the image's name", async () => {
  const fails = new BuildError("base", "RUN make ended with exit code 2", {
    ...{ category: "command", hint: "fix the command", at: { file: "Dockerfile", line: 3 } },
    ...{ output: ["make: no rule"], quoted: ["make: no rule"], excerpt: ["3 | >>> RUN make"] },
  });
  const { results } = await publishRun([{ name: "base", fails }]);
  expect(results.get("base")).toMatchObject({
    outcome: "failed",
    error: { message: "base could not be built: RUN make ended with exit code 2\n  make: no rule" },
    reason: "RUN make ended with exit code 2",
    output: ["make: no rule"],
    excerpt: ["3 | >>> RUN make"],
  });
});

test("what a defect ends is reported as a defect, with its cause", async () => {
  const cause = new TypeError("undefined is not a function");
  const { results } = await publishRun([{ name: "base", fails: cause }]);
  expect(results.get("base")).toMatchObject({ error: { message: expect.stringMatching(/defect/), cause } });
});

test("a canceled run has canceled images, and failed ones only where they failed", async () => {
  const canceled = new AbortController();
  canceled.abort(new UserError("the run was canceled", { hint: "run it again" }));
  const { results } = await publishRun([{ name: "base" }, { name: "app", on: ["base"] }], { signal: canceled.signal });
  expect([...results.values()].map(({ outcome }) => outcome)).toEqual(["cancelled", "cancelled"]);
});

test("a build that fails while the run is canceled has failed, and is not shown as canceled", async () => {
  const canceling = new AbortController();
  const { results } = await publishRun([{ name: "base", fails: broken }], {
    signal: canceling.signal,
    onBuild: () => canceling.abort(new UserError("the run was canceled", { hint: "run it again" })),
  });
  expect(results.get("base")).toMatchObject({ outcome: "failed", error: broken });
});

describe("what another run made of the same sources", () => {
  const theirs = (started: string) =>
    index({ content: "theirs", platforms: [], record: recordOf(at("main-1"), { started }) });
  const run = (started: string, scan?: "blocked") => {
    const found = theirs(started);
    return publishRun([{ name: "app", scan: "clean" }], {
      prepare: (registry) => void registry.hold(repositoryOf("app"), found, tag("src-aaaaaaaaaaaaaaaa")),
      scanOf: (digest) => (digest === found.digest ? scan : undefined),
    });
  };

  test("while this one was building is published in place of what was built, with its own scan", async () => {
    const { main, results } = await run("2026-07-01T12:00:00Z");
    const { digest } = theirs("2026-07-01T12:00:00Z");
    expect(main("app")).toBe(digest);
    expect(results.get("app")).toMatchObject({ outcome: "published", isFound: true });
    expect(results.get("app")?.scan).toMatchObject({ comparedWith: { digest } });
  });

  test("and that does not pass is left, and what was built is published with the scan that it passed", async () => {
    const { main, results, digestOf } = await run("2026-07-01T12:00:00Z", "blocked");
    expect(main("app")).toBe(digestOf("app"));
    expect(results.get("app")?.scan).toMatchObject({
      decision: { kind: "passed" },
      comparedWith: { digest: digestOf("app") },
    });
  });

  test("before this run started doesn't replace a fresh build", async () => {
    expect(at0.toISOString()).toBe("2026-07-01T12:00:00.000Z");
    const { main, digestOf, results } = await run("2026-07-01T11:59:59Z");
    expect(main("app")).toBe(digestOf("app"));
    expect(results.get("app")).not.toHaveProperty("isFound");
  });
});
