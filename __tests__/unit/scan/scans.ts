/** Scans as a scanner and the policy would have made them. */

import { digest } from "../../../src/model/digest.ts";
import { platform } from "../../../src/model/platform.ts";
import { commit, gitRef, type RunContext } from "../../../src/model/run-context.ts";
import type { Severity } from "../../../src/model/severity.ts";
import { acrossPlatforms } from "../../../src/scan/across-platforms.ts";
import type { Secret, Vulnerability } from "../../../src/scan/finding.ts";
import type { ImageScan, JudgedFinding, ScanRules } from "../../../src/scan/judged.ts";

export type ScannedImage = Extract<ImageScan, { readonly kind: "scanned" }>;

export function vulnerability(id: string, changes: Partial<Vulnerability> = {}): Vulnerability {
  return {
    kind: "vulnerability",
    id,
    package: "openssl",
    installed: "3.3.8",
    fixed: "3.3.9",
    of: "os",
    path: undefined,
    url: `https://example.org/${id}`,
    severity: "CRITICAL",
    title: `what ${id} is`,
    layer: undefined,
    ignored: undefined,
    ...changes,
  };
}

export function secret(changes: Partial<Secret> = {}): Secret {
  return {
    kind: "secret",
    id: "aws-access-key-id",
    path: "app/.env",
    line: 3,
    severity: "CRITICAL",
    title: "AWS Access Key ID",
    layer: undefined,
    ignored: undefined,
    ...changes,
  };
}

/** Reported, whatever its severity. */
export function judged(finding: Vulnerability | Secret, changes: Partial<JudgedFinding> = {}): JudgedFinding {
  const isReported = finding.ignored === undefined;
  const origin = { kind: "unknown" } as const;
  const remedy = remedyThat("upgrade it");
  return { finding, standing: "new", isBlocking: isReported, isReported, origin, remedy, ...changes };
}

export function remedyThat(text: string): JudgedFinding["remedy"] {
  return { text, mentionsIgnoring: false };
}

const everything: ScanRules = {
  severity: new Set<Severity>(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]),
  failOn: new Set<Severity>(["CRITICAL"]),
  failOnSecrets: true,
  ignoreUnfixed: true,
  gate: "no-worse",
};

type Found = Vulnerability | Secret | JudgedFinding;

/** @param platforms what was found on each. */
export function scanOf(name: string, platforms: Readonly<Record<string, readonly Found[]>>): ScannedImage {
  const all = Object.entries(platforms).map(([text, found]) => ({
    platform: platform(text),
    digest: digest(`sha256:${"0".repeat(64)}`),
    os: "debian 13.1",
    findings: found.map((each) => ("finding" in each ? each : judged(each))),
    gone: [],
    report: "/tmp/report.json",
  }));
  return {
    ...{ kind: "scanned", name, rules: everything, platforms: all, findings: acrossPlatforms(all), gone: [] },
    ...{ comparedWith: { kind: "first" }, decision: { kind: "passed" } },
  };
}

export const commits = {
  event: commit("e".repeat(40)),
  head: commit("a".repeat(40)),
  other: commit("b".repeat(40)),
} as const;

/** A push to main on GitHub. */
export function contextOf(changes: Partial<RunContext> = {}, ref = "refs/heads/main"): RunContext {
  return {
    trigger: { kind: "push", before: undefined, forced: false },
    eventName: "push",
    ref: gitRef(ref),
    commit: commits.event,
    owner: "o",
    repo: "r",
    defaultBranch: "main",
    isPrivate: false,
    description: undefined,
    license: undefined,
    serverUrl: "https://github.com",
    apiUrl: "https://api.github.com",
    actor: "mona",
    runUrl: undefined,
    startedAt: new Date("2026-11-21T12:00:00Z"),
    workspace: "/home/runner/work/r/r",
    temp: "/tmp/run",
    ...changes,
  };
}
