/** What brought a finding, and what a person is told to do about it. */
import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../src/scan/finding.ts";
import type { BaseLayers } from "../../../src/scan/origin.ts";
import { stepOf } from "../../../src/scan/origin.ts";
import { fixedByRebuild } from "../../../src/scan/remedy.ts";
import { amd64, baseLayers, judged, platformScan, scanned, secret, vulnerability } from "./findings.ts";

const layerNames = ["debian", "apt-get install openssl", "COPY . /app"];
const debian = baseLayers("debian:13", layerNames.slice(0, 1));
const base = baseLayers("base", layerNames.slice(0, 2), { isOwn: true });
const nodejs = baseLayers("nodejs", layerNames, { isOwn: true });

function scanOf(findings: readonly Finding[], bases: readonly BaseLayers[] = []) {
  return judged(scanned(platformScan(findings, { layerNames })), { bases });
}

function told(finding: Finding, bases: readonly BaseLayers[]) {
  const scan = scanOf([finding], bases);
  return scan.kind === "scanned" ? scan.platforms[0]?.findings[0] : undefined;
}

const [ofDebian, ofStep, ofCopy] = layerNames.map((layer) => vulnerability("CVE-2026-1", { layer }));

describe("what brought a finding", () => {
  test.each<[string, Finding | undefined, readonly BaseLayers[], object]>([
    ["the base", ofDebian, [debian], { kind: "base", name: "debian:13", isOwn: false }],
    ["a step of its own", ofStep, [debian], { kind: "step", step: "RUN apt-get install openssl" }],
    ["an image of this repository", ofStep, [base, debian], { kind: "base", name: "base", isOwn: true }],
    ["the lowest of several of them", ofStep, [nodejs, base], { kind: "base", name: "base", isOwn: true }],
    ["what that one is built on", ofDebian, [base, debian], { kind: "base", name: "debian:13", isOwn: false }],
    [
      "a step, though it could be a base with other layers",
      ofDebian,
      [baseLayers("debian:12", ["other"])],
      { kind: "step" },
    ],
    ["a base on another platform alone tells nothing", ofDebian, [{ ...debian, diffIds: new Map() }], { kind: "step" }],
    [
      "an image of this repository that adds nothing",
      ofDebian,
      [{ ...debian, name: "base", isOwn: true }, debian],
      {
        name: "debian:13",
      },
    ],
    ["nobody knows without a layer", vulnerability("CVE-2026-1"), [debian], { kind: "unknown" }],
    [
      "nobody knows a layer that is none of the image",
      vulnerability("X", { layer: "sha256:?" }),
      [],
      { kind: "unknown" },
    ],
  ])("%s", (_, finding, bases, origin) => {
    expect(finding && told(finding, bases)?.origin).toMatchObject(origin);
  });

  test("bases that share the layers of one platform alone", () => {
    const arm = baseLayers("debian:13", ["debian"], { diffIds: new Map([[amd64, ["debian"]]]) });
    expect(ofDebian && told(ofDebian, [arm])?.origin).toMatchObject({ name: "debian:13" });
  });
});

describe("a step as the Dockerfile has it", () => {
  test.each([
    ["RUN /bin/sh -c apk add openssl # buildkit", "RUN apk add openssl"],
    ["RUN /bin/bash -euc apk   add\t\topenssl # buildkit", "RUN apk add openssl"],
    ["/bin/sh -c apk add openssl", "RUN apk add openssl"],
    ["/bin/sh -c #(nop) COPY file:ab in /app ", "COPY file:ab in /app"],
    ["COPY . /app # buildkit", "COPY . /app"],
    ['ENTRYPOINT ["/bin/sh -c"]', 'ENTRYPOINT ["/bin/sh -c"]'],
    ["\u001b[31m::error::x\n", "::error::x"],
    ["", ""],
  ])("%s", (createdBy, step) => {
    expect(stepOf(createdBy)).toBe(step);
  });

  test("is short, whatever the image says", () => {
    expect(stepOf(`RUN ${"|1 ".repeat(100_000)}`).length).toBeLessThanOrEqual(120);
  });
});

describe("what to do", () => {
  const language = { of: "language", package: "lodash", fixed: "4.17.21", path: "app/package-lock.json" } as const;
  test.each<[string, Finding | undefined, readonly BaseLayers[], string]>([
    ["a base that has moved", ofDebian, [{ ...debian, hasMoved: true }], "base debian:13 has a newer digest: rebuild"],
    [
      "a base that has moved, and is pinned",
      ofDebian,
      [{ ...debian, hasMoved: true, isPinned: true }],
      "base debian:13 has a newer digest: pin that",
    ],
    [
      "a base that has not",
      ofDebian,
      [debian],
      "base debian:13 brings openssl: upgrade openssl to 3.3.9 in a step of your own, or take a newer base",
    ],
    ["a step", ofStep, [debian], "upgrade openssl to 3.3.9 in the step `RUN apt-get install openssl`"],
    ["an image of this repository", ofStep, [base], "upgrade openssl to 3.3.9 in base, which this image is based on"],
    [
      "a locked package",
      ofCopy && { ...ofCopy, ...language },
      [],
      "upgrade lodash to 4.17.21 (app/package-lock.json, from the step `RUN COPY . /app`)",
    ],
    ["nothing known of it", vulnerability("CVE-2026-1"), [], "upgrade openssl to 3.3.9"],
    ["fixes of several lines", vulnerability("X", { fixed: "3.0.5, 3.3.9" }), [], "upgrade openssl to 3.0.5 or 3.3.9"],
    [
      "no fix",
      vulnerability("X", { fixed: undefined, layer: "debian" }),
      [debian],
      "remove openssl if nothing needs it, or ignore it in .trivyignore.yaml, with a statement",
    ],
    [
      "a secret",
      secret("app/.env", { layer: "COPY . /app" }),
      [],
      "revoke it and keep it out of the step `RUN COPY . /app`: what a later layer removes stays readable",
    ],
  ])("%s", (_, finding, bases, remedy) => {
    expect(finding && told(finding, bases)?.remedy.text).toBe(remedy);
  });

  test("forty findings of one package have one remedy: the version that mends all", () => {
    const forty = Array.from({ length: 40 }, (_, n) => vulnerability(`CVE-2026-${n}`, { fixed: `1.0.${n}` }));
    const low = vulnerability("CVE-2026-99", { fixed: "9.9", severity: "LOW" });
    const scan = scanOf([...forty, low]);
    const findings = scan.kind === "scanned" ? (scan.platforms[0]?.findings ?? []) : [];
    const remedies = (isReported: boolean) =>
      new Set(findings.filter((each) => each.isReported === isReported).map(({ remedy }) => remedy.text));
    expect([...remedies(true)]).toEqual(["upgrade openssl to 1.0.39"]);
    expect([...remedies(false)]).toEqual(["upgrade openssl to 9.9"]);
  });
});

describe("what a rebuild would mend", () => {
  const low = { severity: "LOW" } as const;
  test.each<[string, readonly (Finding | undefined)[], readonly BaseLayers[], number]>([
    ["a package that a step installs", [ofStep], [debian], 1],
    ["one that an image of this repository installs", [ofStep], [base], 1],
    ["one whose origin nobody knows", [vulnerability("X")], [debian], 1],
    ["not one of a base that has not moved", [ofDebian], [debian], 0],
    ["not what has no fix", [ofStep && { ...ofStep, fixed: undefined }], [], 0],
    ["not a locked package", [ofStep && { ...ofStep, of: "language", path: "go.sum" }], [], 0],
    ["not what is not reported", [ofStep && { ...ofStep, ...low }], [], 0],
    ["not a secret", [secret("x", { layer: "debian" })], [], 0],
    ["of several what it mends alone", [ofStep, ofDebian, ofCopy && { ...ofCopy, of: "language" }], [debian], 1],
  ])("%s", (_, findings, bases, count) => {
    const given = findings.flatMap((each) => each ?? []);
    expect(fixedByRebuild(scanOf(given, bases))).toHaveLength(count);
  });
});
