/** Builders of findings, and of what a scanner tells of an image. */
import { digestOf } from "../../../src/model/digest.ts";
import { type Platform, platform } from "../../../src/model/platform.ts";
import type { Secret, Vulnerability } from "../../../src/scan/finding.ts";
import { type Judging, judgeScan, type Published } from "../../../src/scan/judge.ts";
import type { ImageScan, ScanDecision, ScannedImage, ScanRules } from "../../../src/scan/judged.ts";
import type { BaseLayers } from "../../../src/scan/origin.ts";
import { scanRules } from "../../../src/scan/scan-rules.ts";
import type { PlatformScan, Scanned } from "../../../src/scan/scanner.ts";

export const amd64 = platform("linux/amd64");
export const arm64 = platform("linux/arm64");

/** What holds where nobody says anything. */
export const usual: ScanRules = scanRules([]);

/** A critical one in openssl that has a fix, unless told otherwise. */
export function vulnerability(id: string, settings: Partial<Vulnerability> = {}): Vulnerability {
  return {
    kind: "vulnerability",
    id,
    severity: "CRITICAL",
    title: `${id} is about openssl`,
    layer: undefined,
    ignored: undefined,
    package: "openssl",
    installed: "3.3.1",
    fixed: "3.3.9",
    of: "os",
    path: undefined,
    url: `https://avd.aquasec.com/nvd/${id.toLowerCase()}`,
    ...settings,
  };
}

export function secret(path: string, settings: Partial<Secret> = {}): Secret {
  const id = "aws-access-key-id";
  return {
    kind: "secret",
    id,
    path,
    severity: "CRITICAL",
    title: "AWS Access Key ID",
    layer: undefined,
    ignored: undefined,
    line: 3,
    ...settings,
  };
}

/** With layers of these names: `a` of the step `RUN a`. */
export function platformScan(
  findings: PlatformScan["findings"],
  settings: Partial<PlatformScan> & { readonly of?: string; readonly layerNames?: readonly string[] } = {},
): PlatformScan {
  const { of = "candidate", layerNames = [], ...others } = settings;
  const on: Platform = others.platform ?? amd64;
  return {
    platform: on,
    digest: digestOf(`${of} ${on}`),
    os: "debian 13.1",
    findings,
    layers: layerNames.map((name) => ({ diffId: name, createdBy: `RUN /bin/sh -c ${name} # buildkit` })),
    report: `/tmp/reports/${of}-${on.replaceAll("/", "-")}.json`,
    ...others,
  };
}

export function scanned(...platforms: readonly PlatformScan[]): Scanned {
  return { kind: "scanned", platforms };
}

/** What `latest` names. */
export function published(...platforms: readonly PlatformScan[]): Published {
  return { kind: "published", tag: "latest", digest: digestOf("published"), platforms };
}

export function baseLayers(name: string, layers: readonly string[], settings: Partial<BaseLayers> = {}): BaseLayers {
  return {
    name,
    isOwn: false,
    diffIds: new Map([amd64, arm64].map((each) => [each, layers])),
    hasMoved: false,
    isPinned: false,
    ...settings,
  };
}

/** The image `web` by the usual rules, with nothing published, unless told otherwise. */
export function judged(given: Scanned, settings: Partial<Judging> = {}): ImageScan {
  return judgeScan(given, { name: "web", rules: usual, published: { kind: "first" }, bases: [], ...settings });
}

/** A scan that came to this, without a finding in it. */
export function scanThat(
  decision: ScanDecision["kind"],
  name: string,
  comparedWith: ScannedImage["comparedWith"] = { kind: "first" },
): ScannedImage {
  const decided = decision === "passed" ? { kind: decision } : { kind: decision, because: [] };
  return {
    kind: "scanned",
    name,
    rules: usual,
    platforms: [],
    findings: [],
    gone: [],
    comparedWith,
    decision: decided,
  };
}

/** Whether tags may go to it. */
export function passes({ decision }: ImageScan): boolean {
  return decision.kind !== "blocked";
}
