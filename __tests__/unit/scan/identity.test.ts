/** Findings at places that have versions in their paths: what is the same one from release to release, and what is a copy more. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../src/scan/finding.ts";
import type { ScannedImage } from "../../../src/scan/judged.ts";
import { imageSarif } from "../../../src/scan/sarif/sarif.ts";
import { arm64, judged, passes, platformScan, published, scanned, secret, usual, vulnerability } from "./findings.ts";

const log4j = (path: string, id = "CVE-2026-1"): Finding =>
  vulnerability(id, { of: "language", package: "org.apache.logging.log4j:log4j-core", path });

function comparedScan(now: readonly Finding[], before: readonly Finding[]): ScannedImage {
  const scan = judged(scanned(platformScan(now)), { published: published(platformScan(before, { of: "published" })) });
  if (scan.kind === "unscanned") throw scan.error;
  return scan;
}

const standings = (scan: ScannedImage): Readonly<Record<string, string>> =>
  Object.fromEntries(scan.findings.map(({ finding, standing }) => [finding.path, standing]));

describe("compared with what is published", () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ["a release", ["app/shop-1.2.3.jar"], ["app/shop-1.3.0.jar"], []],
    ["a second copy", ["app/1.2.3/a.jar"], ["app/1.2.3/a.jar", "app/1.3.0/a.jar"], ["app/1.3.0/a.jar"]],
    ["a second copy beside a moved one", ["a-1.0.jar"], ["a-2.0.jar", "a-2.1.jar"], ["a-2.1.jar"]],
    ["two copies that both moved", ["a-1.0.jar", "a-1.1.jar"], ["a-2.0.jar", "a-2.1.jar"], []],
    ["three of which one stayed", ["a-1.0.jar", "a-1.1.jar"], ["a-1.1.jar", "a-1.2.jar", "a-1.3.jar"], ["a-1.3.jar"]],
    ["another file", ["app/shop-1.2.3.jar"], ["app/store-1.2.3.jar"], ["app/store-1.2.3.jar"]],
    ["another folder", ["app/shop-1.2.3.jar"], ["lib/shop-1.2.3.jar"], ["lib/shop-1.2.3.jar"]],
  ])("%s", (_, before, now, added) => {
    const scan = comparedScan(
      now.map((path) => log4j(path)),
      before.map((path) => log4j(path)),
    );
    expect(standings(scan)).toEqual(
      Object.fromEntries(now.map((path) => [path, added.includes(path) ? "new" : "known"])),
    );
    expect(passes(scan)).toBe(added.length === 0);
  });

  test("another flaw in the same jar is new", () => {
    const now = [log4j("shop-1.3.0.jar"), log4j("shop-1.3.0.jar", "CVE-2026-2")];
    expect(passes(comparedScan(now, [log4j("shop-1.2.3.jar")]))).toBe(false);
  });

  test("a secret in a folder of the release is the same one", () => {
    const scan = judged(scanned(platformScan([secret("opt/app/1.3.0/.env")])), {
      published: published(platformScan([secret("opt/app/1.2.3/.env")], { of: "published" })),
    });
    expect(scan).toMatchObject({ platforms: [{ findings: [{ standing: "known" }], gone: [] }] });
  });

  test.each<[string, readonly Finding[], readonly Finding[], readonly boolean[]]>([
    ["another tenant's", [secret("opt/tenants/1001/cfg")], [secret("opt/tenants/1002/cfg")], [true]],
    ["another host's", [secret("opt/hosts/10.0.0.1/cfg")], [secret("opt/hosts/10.0.0.2/cfg")], [true]],
    ["a second one in a file", [secret("a")], [secret("a"), secret("a", { line: 9 })], [false, true]],
    ["one on another line", [secret("a")], [secret("a", { line: 9 })], [false]],
    ["one of two that went", [secret("a"), secret("a", { line: 9 })], [secret("a", { line: 9 })], [false]],
    [
      "a second one in a file of the next release",
      [secret("app-1.2.3/a")],
      [secret("app-1.3.0/a"), secret("app-1.3.0/a", { line: 9 })],
      [false, true],
    ],
  ])("a secret is new: %s", (_, before, now, isNew) => {
    const scan = judged(scanned(platformScan(now)), {
      published: published(platformScan(before, { of: "published" })),
      rules: { ...usual, failOnSecrets: true },
    });
    if (scan.kind === "unscanned") throw scan.error;
    const [found = []] = scan.platforms.map(({ findings }) => findings);
    const sorted = found.toSorted((a, b) => now.indexOf(a.finding) - now.indexOf(b.finding));
    expect(sorted.map(({ standing }) => standing === "new")).toEqual(isNew);
    expect(passes(scan)).toBe(!isNew.includes(true));
  });

  test("of two copies one that went is fixed, and what moved is not", () => {
    const before = [log4j("a-1.0.jar"), log4j("a-1.1.jar")];
    const scan = comparedScan([log4j("a-2.0.jar")], before);
    expect(scan.gone).toHaveLength(1);
    expect(comparedScan(before, before).gone).toEqual([]);
    expect(comparedScan([], before).gone).toHaveLength(2);
  });

  test("copies of which one went on one platform, and both on another, are two that are fixed", () => {
    const before = [log4j("a-1.0.jar"), log4j("a-1.1.jar")];
    const scan = judged(scanned(platformScan([log4j("a-2.0.jar")]), platformScan([], { platform: arm64 })), {
      published: published(
        platformScan(before, { of: "published" }),
        platformScan([...before].reverse(), { of: "published", platform: arm64 }),
      ),
    });
    if (scan.kind === "unscanned") throw scan.error;
    expect(scan.gone).toHaveLength(2);
  });

  test("one that went on two platforms from places that differ in versions is one that is fixed", () => {
    const onEach = [log4j("a-1.0.jar"), log4j("a-1.1.jar")];
    const [on64 = [], onArm = []] = onEach.map((each) => [each]);
    const scan = judged(scanned(platformScan([]), platformScan([], { platform: arm64 })), {
      published: published(
        platformScan(on64, { of: "published" }),
        platformScan(onArm, { of: "published", platform: arm64 }),
      ),
    });
    if (scan.kind === "unscanned") throw scan.error;
    expect(scan.gone).toHaveLength(1);
  });
});

const hashesOf = (...found: readonly (readonly Finding[])[]): readonly string[] => {
  const [amd64 = [], onArm] = found;
  const others = onArm === undefined ? [] : [platformScan(onArm, { platform: arm64 })];
  const scan = judged(scanned(platformScan(amd64), ...others));
  if (scan.kind === "unscanned") throw scan.error;
  const { runs } = imageSarif(scan, { file: "Dockerfile", line: 1 }).upload;
  return runs.flatMap(({ results }) => results.map((each) => each.partialFingerprints.primaryLocationLineHash));
};

describe("fingerprints of alerts", () => {
  /** As every release had them until paths with versions were compared without them. */
  const unchanged = (finding: Finding): string => {
    const what = finding.kind === "vulnerability" ? [finding.package] : [];
    const key = [finding.kind, finding.id, ...what, finding.path ?? ""].join("\0");
    return createHash("sha256")
      .update(JSON.stringify(["web", key]))
      .digest("hex");
  };

  test.each<[string, Finding]>([
    ["the operating system's", vulnerability("CVE-2026-1")],
    ["a lock file's", log4j("app/package-lock.json")],
    ["a program's", log4j("usr/local/bin/app")],
    ["a name with digits", log4j("app/log4j2.jar")],
    ["lib64", log4j("usr/lib64/a.jar")],
    ["python3", log4j("usr/lib/python3/dist-packages/a/METADATA")],
    ["a secret's", secret("app/.env")],
    ["a secret's of a tenant", secret("opt/tenants/1001/cfg")],
    ["a secret's of a host", secret("opt/hosts/10.0.0.1/cfg")],
    ["a secret's in the configuration", secret("(image configuration)")],
  ])("stay without a version: %s", (_, finding) => {
    expect(hashesOf([{ ...finding, severity: "CRITICAL" }])).toEqual([unchanged(finding)]);
  });

  test("are the same in each release", () => {
    const before = hashesOf([log4j("app/shop-1.2.3.jar")]);
    expect(hashesOf([log4j("app/shop-1.3.0.jar")])).toEqual(before);
    expect(before).not.toEqual([unchanged(log4j("app/shop-1.2.3.jar"))]);
  });

  test("of two copies are two, in whatever order, and stay when the copies move", () => {
    const before = hashesOf([log4j("a-1.0.jar"), log4j("a-1.1.jar")]);
    expect(new Set(before).size).toBe(2);
    expect(hashesOf([log4j("a-2.1.jar"), log4j("a-2.0.jar")])).toEqual(before);
    expect(hashesOf([log4j("a-9.0.jar")])).toEqual(before.slice(0, 1));
  });

  test("of a copy stay when another one is ignored", () => {
    const [, second] = hashesOf([log4j("a-1.0.jar"), log4j("a-1.1.jar")]);
    const ignored = { ...log4j("a-1.0.jar"), ignored: { source: ".trivyignore", statement: undefined } };
    expect(hashesOf([ignored, log4j("a-1.1.jar")])).toEqual([second]);
  });

  test("are one on two platforms", () => {
    const copies = [log4j("a-1.0.jar"), log4j("a-1.1.jar")];
    expect(hashesOf(copies, copies)).toHaveLength(2);
  });
});
