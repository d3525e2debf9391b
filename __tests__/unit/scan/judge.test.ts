/** Which candidates may have tags, and which runs are red. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../src/errors.ts";
import { digestOf } from "../../../src/model/digest.ts";
import { severities } from "../../../src/model/severity.ts";
import type { Finding } from "../../../src/scan/finding.ts";
import type { Published } from "../../../src/scan/judge.ts";
import type { ImageScan, ScanRules } from "../../../src/scan/judged.ts";
import {
  amd64,
  arm64,
  judged,
  passes,
  platformScan,
  published,
  scanned,
  secret,
  usual,
  vulnerability,
} from "./findings.ts";

const critical = vulnerability("CVE-2026-1");
const unfixed = vulnerability("CVE-2026-2", { fixed: undefined });
const high = vulnerability("CVE-2026-3", { severity: "HIGH" });
const ignored = { ...critical, ignored: { source: ".trivyignore", statement: undefined } };
const away: Published = { kind: "unknown", error: new UserError("ghcr.io is away", { hint: "run again" }) };

const latest = (...findings: readonly Finding[]): Published => published(platformScan(findings, { of: "published" }));

const passing = { decision: { kind: "passed" } };
const failing = { decision: { kind: "fails-run" } };
const blocked = { decision: { kind: "blocked" } };
const strict: Partial<ScanRules> = { gate: "strict" };

describe("what passes, and what is red", () => {
  test.each<[string, readonly Finding[], Published, Partial<ScanRules>, object]>([
    ["nothing found", [], { kind: "first" }, {}, passing],
    ["a fixable critical in a first image", [critical], { kind: "first" }, {}, blocked],
    ["a fixable critical that the published image lacks", [critical], latest(), {}, blocked],
    ["a fixable critical that the published image has too", [critical], latest(critical), {}, failing],
    ["the same, with a strict gate", [critical], latest(critical), strict, blocked],
    ["a known critical beside a new one", [critical, vulnerability("CVE-2026-9")], latest(critical), {}, blocked],
    ["a strict gate and nothing found", [], latest(critical), strict, passing],
    ["a strict gate and only what does not count", [high, unfixed], latest(), strict, passing],
    ["a critical without a fix", [unfixed], latest(), {}, passing],
    ["a critical without a fix that is to count", [unfixed], latest(), { ignoreUnfixed: false }, blocked],
    ["a high is reported and holds nothing", [high], latest(), {}, passing],
    ["a high where it counts", [high], latest(), { failOn: new Set(["HIGH"] as const) }, blocked],
    ["a critical where only high counts", [critical], latest(), { failOn: new Set(["HIGH"] as const) }, passing],
    ["nothing counts with fail-on none", [critical], latest(), { failOn: new Set() }, passing],
    [
      "nothing counts with fail-on none, also strictly",
      [critical],
      latest(),
      { failOn: new Set(), ...strict },
      passing,
    ],
    ["an ignored critical", [ignored], latest(), strict, passing],
    ["a critical that was ignored in the published image", [critical], latest(ignored), {}, failing],
    ["what is published, scanned again", [critical], { kind: "itself" }, strict, failing],
    ["nobody can tell what is published", [critical], away, {}, blocked],
    ["nobody can tell what is published, and nothing counts", [high], away, {}, passing],
    [
      "an unknown severity counts only where it is named",
      [{ ...critical, severity: "UNKNOWN" }],
      latest(),
      {},
      passing,
    ],
    [
      "an unknown severity where it is named",
      [{ ...critical, severity: "UNKNOWN" }],
      latest(),
      { failOn: new Set(["UNKNOWN"] as const) },
      blocked,
    ],
    ["a secret counts for nothing, though it is critical", [secret("/app/.env")], latest(), strict, passing],
    ["a secret where secrets count", [secret("/app/.env")], latest(), { failOnSecrets: true }, blocked],
    [
      "a secret of low severity where secrets count",
      [secret("/app/.env", { severity: "LOW" })],
      latest(),
      { failOnSecrets: true, failOn: new Set() },
      blocked,
    ],
    [
      "a secret that is published already",
      [secret("/.env")],
      latest(secret("/.env")),
      { failOnSecrets: true },
      failing,
    ],
    [
      "the same flaw in a second package is new",
      [critical, { ...critical, package: "libssl3" }],
      latest(critical),
      {},
      blocked,
    ],
    [
      "the same package at a second place is new",
      [
        { ...critical, path: "a/package-lock.json" },
        { ...critical, path: "b/package-lock.json" },
      ],
      latest({ ...critical, path: "a/package-lock.json" }),
      {},
      blocked,
    ],
    [
      "another version with the same flaw is known",
      [{ ...critical, installed: "3.3.2" }],
      latest(critical),
      {},
      failing,
    ],
    [
      // What would stay published has the flaw as well.
      "a flaw of the published image whose fix came only now makes the run red and holds nothing",
      [critical],
      latest({ ...critical, fixed: undefined }),
      {},
      failing,
    ],
  ])("%s", (_, findings, now, rules, outcome) => {
    const scan = judged(scanned(platformScan(findings)), { published: now, rules: { ...usual, ...rules } });
    expect(scan).toMatchObject(outcome);
  });

  test.each<[string, Partial<ScanRules>, boolean]>([
    ["what could not be scanned is held", {}, false],
    ["also where secrets alone count", { failOn: new Set(), failOnSecrets: true }, false],
    ["but not where nothing counts", { failOn: new Set() }, true],
  ])("%s", (_, rules, isPassed) => {
    const error = new UserError("there is no database", { hint: "run again" });
    const scan = judged({ kind: "unscanned", error }, { rules: { ...usual, ...rules }, published: latest(critical) });
    expect(scan).toMatchObject({ kind: "unscanned", error, decision: { kind: isPassed ? "passed" : "blocked" } });
  });
});

describe("platform by platform", () => {
  const onArm = platformScan([critical], { platform: arm64 });

  test("what only another platform of the published image has is new", () => {
    const now = published(platformScan([critical], { of: "p" }), platformScan([], { of: "p", platform: arm64 }));
    expect(judged(scanned(platformScan([]), onArm), { published: now })).toMatchObject(blocked);
  });

  test("a platform that the published image lacks is new with all its findings", () => {
    expect(judged(scanned(platformScan([critical]), onArm), { published: latest(critical) })).toMatchObject(blocked);
  });

  test("a platform that is no longer built holds nothing", () => {
    const now = published(platformScan([], { of: "p" }), platformScan([critical], { of: "p", platform: arm64 }));
    expect(judged(scanned(platformScan([])), { published: now })).toMatchObject(passing);
  });
});

describe("what is told of each finding", () => {
  const first = (scan: ImageScan) => (scan.kind === "scanned" ? scan.platforms[0] : undefined);

  test("counting ones come first, then the worst, then new ones", () => {
    const low = vulnerability("CVE-2026-4", { severity: "LOW" });
    const scan = judged(
      scanned(platformScan([low, high, { ...high, id: "CVE-2026-5" }, unfixed, secret("/x"), critical])),
      {
        published: latest(high, unfixed),
      },
    );
    expect(
      first(scan)?.findings.map(({ finding, standing, isBlocking, isReported }) => [
        finding.id,
        standing,
        isBlocking,
        isReported,
      ]),
    ).toEqual([
      ["CVE-2026-1", "new", true, true],
      ["aws-access-key-id", "new", false, true],
      ["CVE-2026-2", "known", false, true],
      ["CVE-2026-5", "new", false, true],
      ["CVE-2026-3", "known", false, true],
      ["CVE-2026-4", "new", false, false],
    ]);
  });

  test("what counts is reported, though its severity is not", () => {
    const rules: ScanRules = { ...usual, severity: new Set(["CRITICAL"]), failOn: new Set(["HIGH"]) };
    expect(first(judged(scanned(platformScan([high])), { rules }))?.findings[0]).toMatchObject({ isReported: true });
  });

  test("what is gone is what the published image would have reported, and this one lacks", () => {
    const low = vulnerability("CVE-2026-4", { severity: "LOW" });
    const scan = judged(scanned(platformScan([{ ...high, ...ignored, id: high.id }])), {
      published: latest(critical, high, low),
    });
    expect(first(scan)?.gone.map(({ id }) => id)).toEqual(["CVE-2026-1"]);
  });

  test("the comparison is told", () => {
    expect(judged(scanned(platformScan([])), { published: latest() })).toMatchObject({
      comparedWith: { kind: "published", tag: "latest", digest: digestOf("published") },
    });
  });
});

describe("whatever is found", () => {
  const findings = fc.array(
    fc
      .record({
        id: fc.constantFrom("CVE-1", "CVE-2", "CVE-3"),
        package: fc.constantFrom("a", "b"),
        severity: fc.constantFrom(...severities),
        fixed: fc.constantFrom(undefined, "2"),
        isIgnored: fc.boolean(),
        isSecret: fc.boolean(),
      })
      .map(({ isIgnored, isSecret, fixed, ...facts }): Finding => {
        const mark = { ignored: isIgnored ? { source: "x", statement: undefined } : undefined };
        const { severity } = facts;
        return isSecret
          ? secret(facts.package, { severity, ...mark })
          : vulnerability(facts.id, { ...facts, fixed, ...mark });
      }),
    { maxLength: 8 },
  );
  const rules: fc.Arbitrary<ScanRules> = fc.record({
    severity: fc.subarray([...severities]).map((some) => new Set(some)),
    failOn: fc.subarray([...severities]).map((some) => new Set(some)),
    failOnSecrets: fc.boolean(),
    ignoreUnfixed: fc.boolean(),
    gate: fc.constantFrom("no-worse" as const, "strict" as const),
  });
  const isFree = (now: readonly Finding[], was: readonly Finding[], by: ScanRules) =>
    passes(judged(scanned(platformScan(now)), { rules: by, published: latest(...was) }));

  test("no-worse never holds the bytes that are published, also if the second scan found less", () => {
    fc.assert(
      fc.property(findings, findings, rules, (now, was, by) => {
        const same = platformScan(now);
        const again = published({ ...same, findings: was });
        const scan = judged(scanned(same), { rules: { ...by, gate: "no-worse" }, published: again });
        expect(passes(scan)).toBe(true);
      }),
    );
  });

  test("no-worse never holds what has the same findings", () => {
    fc.assert(
      fc.property(findings, rules, (each, by) => expect(isFree(each, each, { ...by, gate: "no-worse" })).toBe(true)),
    );
  });

  test("what passes strictly passes no-worse too, and is not red", () => {
    fc.assert(
      fc.property(findings, findings, rules, (now, was, by) => {
        const scan = judged(scanned(platformScan(now)), {
          rules: { ...by, gate: "strict" },
          published: latest(...was),
        });
        expect(scan.decision.kind).not.toBe("fails-run");
        if (passes(scan)) expect(isFree(now, was, { ...by, gate: "no-worse" })).toBe(true);
      }),
    );
  });

  test("ignoring more never holds more", () => {
    fc.assert(
      fc.property(findings, findings, rules, fc.nat(7), (now, was, by, which) => {
        const source = { ignored: { source: "x", statement: undefined } };
        const more = now.map((each, index) => (index === which ? { ...each, ...source } : each));
        if (isFree(now, was, by)) expect(isFree(more, was, by)).toBe(true);
      }),
    );
  });

  test("the order in which a scanner tells findings and platforms changes nothing but the order of platforms", () => {
    fc.assert(
      fc.property(fc.uniqueArray(findings, { maxLength: 1 }), rules, ([now = []], by) => {
        const one = judged(scanned(platformScan(now), platformScan(now, { platform: arm64 })), { rules: by });
        const other = judged(scanned(platformScan(now.toReversed(), { platform: arm64 }), platformScan(now)), {
          rules: by,
        });
        expect(other.decision.kind).toBe(one.decision.kind);
        const ids = (scan: ImageScan) =>
          scan.kind !== "scanned"
            ? []
            : (scan.platforms.find((each) => each.platform === amd64)?.findings ?? []).map((each) => [
                each.finding.severity,
                each.isBlocking,
              ]);
        expect(ids(other)).toEqual(ids(one));
      }),
    );
  });
});

test("what counts on one platform is not new because another newly has it without a fix", () => {
  const now = published(platformScan([critical], { of: "p" }), platformScan([], { of: "p", platform: arm64 }));
  const onArm = platformScan([{ ...critical, fixed: undefined }], { platform: arm64 });
  const scan = judged(scanned(platformScan([critical]), onArm), { published: now });
  expect(scan).toMatchObject(failing);
  const told = scan.kind === "scanned" ? scan.findings : [];
  expect(told).toMatchObject([{ isBlocking: true, standing: "known", platforms: [amd64, arm64] }]);
});
