/** What the gate decides: by the image's checks, by what it is based on, and by what others published meanwhile. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import type { Registry } from "../../../../src/oci/registry/registry-client.ts";
import type { Finding } from "../../../../src/scan/finding.ts";
import type { ImageScan, ScanDecision } from "../../../../src/scan/judged.ts";
import { type Check, type CheckResult, refused } from "../../../../src/stages/check/check.ts";
import { type GateResult, type GateResults, gate } from "../../../../src/stages/check/gate.ts";
import { type CheckRules, passBuilt } from "../../../../src/stages/check/image-checks.ts";
import { resultOfScan } from "../../../../src/stages/check/scanning.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { records } from "../../publish/commits.ts";
import { baseLayers, judged, platformScan, published, scanned, scanThat, vulnerability } from "../../scan/findings.ts";

const planned = plannedBuild;
const candidate = {
  digest: digestOf("candidate"),
  layout: undefined,
  platforms: [],
  bases: [],
  baseAnnotations: {},
  seconds: 1,
  steps: { cached: 0, executed: 1 },
};
const { signal } = new AbortController();
const unscanned: CheckRules = {
  ...{ maxSize: undefined, registry: {} as Registry, scan: undefined, records, attested: undefined, signal },
};
const scan = (decision: ScanDecision["kind"]) => scanThat(decision, planned.name);
const rules = (first: ImageScan, then: ImageScan = first): CheckRules => ({
  ...unscanned,
  scan: async () => ({ ...resultOfScan(first), again: async () => resultOfScan(then) }),
});
const failing = (error: Error): CheckRules => ({ ...unscanned, scan: () => Promise.reject(error) });

const fixIt = { hint: "fix it" };
const blocked: GateResult = { kind: "blocked", by: [{ check: "size", error: new UserError("too large", fixIt) }] };
const away = new UserError("ghcr.io is away", fixIt);

interface Case {
  readonly when: string;
  /** Of the images that it is based on, in the order of the data. */
  readonly ancestors?: Readonly<Record<string, GateResult>>;
  readonly rules: CheckRules;
  readonly decision: object;
}

const cases: readonly Case[] = [
  { when: "its scan passes", rules: rules(scan("passed")), decision: { kind: "passed" } },
  { when: "it is not scanned", rules: unscanned, decision: { kind: "passed" } },
  {
    when: "its findings fail the run and block nothing",
    rules: rules(scan("fails-run")),
    decision: { kind: "passed", scan: { decision: { kind: "fails-run" } } },
  },
  {
    when: "it has a new blocking finding",
    rules: rules(scan("blocked")),
    decision: { kind: "blocked", by: [{ check: "scan" }], scan: { decision: { kind: "blocked" } } },
  },
  {
    when: "a parent is blocked, and it passes itself",
    ancestors: { base: blocked },
    rules: rules(scan("passed")),
    decision: { kind: "skipped", parent: "base", scan: { name: planned.name } },
  },
  {
    when: "a grandparent is blocked",
    ancestors: { root: blocked, base: { kind: "skipped", parent: "root" }, other: { kind: "passed" } },
    rules: rules(scan("passed")),
    decision: { kind: "skipped", parent: "root" },
  },
  {
    when: "a parent is blocked, and it is not scanned itself",
    ancestors: { base: blocked },
    rules: unscanned,
    decision: { kind: "skipped", parent: "base" },
  },
  {
    when: "a parent is blocked, and so is it, by a check of its own",
    ancestors: { base: blocked },
    rules: rules(scan("blocked")),
    decision: { kind: "blocked", by: [{ check: "scan" }] },
  },
  {
    when: "what it passed compared with is replaced by something better",
    ancestors: { base: { kind: "passed" } },
    rules: rules(scan("passed"), scan("blocked")),
    decision: { kind: "blocked", by: [{ check: "scan" }] },
  },
  {
    when: "a check can't be carried out",
    rules: failing(away),
    decision: { kind: "failed", error: away },
  },
  {
    when: "a check of a parent can't be carried out",
    ancestors: { base: { kind: "failed", error: away } },
    rules: rules(scan("passed")),
    decision: { kind: "skipped", parent: "base" },
  },
  {
    when: "the run was canceled while a parent was checked",
    ancestors: { base: { kind: "canceled" } },
    rules: rules(scan("passed")),
    decision: { kind: "canceled" },
  },
];

const resultsOf = (ancestors: Case["ancestors"] = {}): GateResults =>
  new Map(Object.entries(ancestors).map(([name, result]) => [name, Promise.resolve(result)]));

test.each(cases)("$when: $decision.kind", async ({ ancestors, rules: by, decision }) => {
  expect(await passBuilt(planned, candidate, resultsOf(ancestors), by)).toMatchObject(decision);
});

test("a check that ends as the run is canceled is no failure", async () => {
  const canceled = new AbortController();
  canceled.abort(new UserError("the run was canceled", fixIt));
  const by = { ...failing(canceled.signal.reason), signal: canceled.signal };
  expect(await passBuilt(planned, candidate, new Map(), by)).toEqual({ kind: "canceled" });
});

describe("findings that come from an image below", () => {
  const openssl = vulnerability("CVE-2026-1", { layer: "of base" });
  const zlib = vulnerability("CVE-2026-2", { package: "zlib", layer: "of base" });
  const curl = vulnerability("CVE-2026-3", { package: "curl", layer: "of mid" });
  const own = vulnerability("CVE-2026-4", { package: "tar", layer: "of app" });

  /** Its layers are those of base and mid, and one of its own. */
  const scanOf = (name: string, findings: readonly Finding[], existing?: readonly Finding[]): ImageScan =>
    judged(scanned(platformScan(findings, { layerNames: ["of base", "of mid", `of ${name}`] })), {
      name,
      ...(existing === undefined ? {} : { published: published(platformScan(existing)) }),
      bases: [
        ...(name === "base" ? [] : [baseLayers("base", ["of base"], { isOwn: true })]),
        ...(name === "app" ? [baseLayers("mid", ["of base", "of mid"], { isOwn: true })] : []),
      ],
    });
  const size: Check = async () => refused("size", new UserError("too large", fixIt));
  const check = (scan: ImageScan, ...more: readonly Check[]): CheckRules => ({
    ...unscanned,
    scan: async (candidate): Promise<CheckResult> => {
      const results = await Promise.all([async () => resultOfScan(scan), ...more].map((each) => each(candidate)));
      const [first, ...others] = results.flatMap((each) => (each.kind === "refused" ? each.by : []));
      return first === undefined ? { kind: "passed", scan } : { kind: "refused", by: [first, ...others], scan };
    },
  });
  const passing = (name: string, by: CheckRules, ancestors: GateResults = new Map()) =>
    passBuilt({ ...planned, name }, candidate, ancestors, by);

  interface InheritedCase {
    readonly when: string;
    readonly base: readonly Finding[];
    readonly mid?: readonly Finding[];
    readonly app: readonly Finding[];
    readonly appIsTooLarge?: boolean;
    readonly decision: object;
  }

  test.each<InheritedCase>([
    { when: "all of them", base: [openssl, zlib], app: [openssl, zlib], decision: { kind: "skipped", parent: "base" } },
    {
      when: "all of them, of an image two below",
      base: [openssl],
      mid: [openssl],
      app: [openssl],
      decision: { kind: "skipped", parent: "base" },
    },
    {
      when: "all of them, of two images",
      base: [openssl],
      mid: [openssl, curl],
      app: [openssl, curl],
      decision: { kind: "skipped", parent: "base" },
    },
    {
      when: "all but one",
      base: [openssl],
      app: [openssl, own],
      decision: { kind: "blocked", by: [{ check: "scan", findings: [{}, {}] }] },
    },
    {
      when: "all of them, in an image that is too large",
      base: [openssl],
      app: [openssl],
      appIsTooLarge: true,
      decision: { kind: "blocked", by: [{ check: "size" }] },
    },
    {
      when: "one that the image below hasn't, as it was rebuilt",
      base: [zlib],
      app: [openssl],
      decision: { kind: "blocked", by: [{ check: "scan" }] },
    },
  ])("$when", async ({ base, mid = [], app, appIsTooLarge = false, decision }) => {
    const root = passing("base", check(scanOf("base", base)));
    const middle = passing("mid", check(scanOf("mid", mid)), new Map([["base", root]]));
    const above: GateResults = new Map([
      ["base", root],
      ["mid", middle],
    ]);
    const result = await passing("app", check(scanOf("app", app), ...(appIsTooLarge ? [size] : [])), above);
    expect(result).toMatchObject({ ...decision, scan: { name: "app" } });
    if (result.kind === "blocked") expect(result.by).toHaveLength(1);
  });

  test("are what blocks it, beside an existing finding of its own that doesn't", async () => {
    const root = passing("base", check(scanOf("base", [openssl])));
    const result = await passing("app", check(scanOf("app", [openssl, own], [own])), new Map([["base", root]]));
    expect(result).toMatchObject({ kind: "skipped", parent: "base" });
  });

  test("are its own where the image below is not of this run", async () => {
    const result = await gate(Promise.resolve(resultOfScan(scanOf("app", [openssl]))), new Map(), signal);
    expect(result).toMatchObject({ kind: "blocked", by: [{ check: "scan" }] });
  });
});
