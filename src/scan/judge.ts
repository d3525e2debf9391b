/** The scan policy: which findings are blocking, which are new, and whether the candidate may have tags. Pure. */
import type { SourceLocation, UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { Platform } from "../model/platform.ts";
import { acrossPlatforms, byWeight, goneAcrossPlatforms } from "./across-platforms.ts";
import { type Finding, isInConfiguration } from "./finding.ts";
import { compared } from "./identity.ts";
import type { ImageScan, JudgedFinding, JudgedPlatform, ScanDecision, ScanRules, SeenFinding } from "./judged.ts";
import { layerPlaces, type OwnStep } from "./layer-places.ts";
import { type BaseLayers, copiedFrom, originOf } from "./origin.ts";
import { highestFixes, remedyOf } from "./remedy.ts";
import type { PlatformScan, Scanned } from "./scanner.ts";

/** What is published now, with what the same scanner finds in it. */
export type Published =
  | {
      readonly kind: "published";
      readonly tag: string;
      readonly digest: Digest;
      readonly platforms: readonly PlatformScan[];
    }
  | { readonly kind: "first" }
  /** What was scanned is what is published: `command: scan`. */
  | { readonly kind: "itself"; readonly found?: { readonly tag: string; readonly digest: Digest } }
  /** It could not be looked up, or not be scanned. */
  | { readonly kind: "unknown"; readonly error: UserError };

export interface Judging {
  readonly name: string;
  readonly rules: ScanRules;
  readonly published: Published;
  /** What the image is based on, directly or through another base; in any order. */
  readonly bases: readonly BaseLayers[];
  /** What its Dockerfile adds to its base on a platform, lowest first. */
  readonly stepsOn?: (platform: Platform) => readonly OwnStep[];
  /** Where it sets variables, build arguments and labels, by their names. */
  readonly settingsOn?: (platform: Platform) => ReadonlyMap<string, SourceLocation>;
}

/**
 * Judges each finding, and the candidate. With `no-worse` a blocking finding blocks a candidate if it is new. One that
 * the published image has too, though perhaps without a fix then, fails the run and blocks nothing: the image that would
 * stay published isn't better. A candidate that could not be scanned passes only where no finding can be blocking.
 */
export function judgeScan(scanned: Scanned, judging: Judging): ImageScan {
  const { name, rules, published, bases, stepsOn = () => [], settingsOn = () => new Map() } = judging;
  if (scanned.kind === "unscanned") {
    return { kind: "unscanned", name, rules, error: scanned.error, decision: decideUnseen(rules, published) };
  }
  const fixes = highestFixes(
    scanned.platforms.flatMap(({ findings }) => findings.filter((each) => reports(each, rules))),
  );
  const before =
    published.kind === "itself" ? scanned.platforms : published.kind === "published" ? published.platforms : [];
  const platforms = scanned.platforms.map((scan) => {
    const known = before.find((each) => each.platform === scan.platform);
    const steps = layerPlaces(scan.layers, stepsOn(scan.platform));
    const settings = scan.findings.some(isInConfiguration) ? settingsOn(scan.platform) : new Map();
    return judgePlatform(scan, known, rules, (finding) => {
      const found = originOf(finding, scan, bases);
      const step = found.kind === "step" ? steps.get(finding.layer ?? "") : undefined;
      const origin = found.kind === "step" && step !== undefined ? copiedFrom(found, step) : found;
      const remedy = remedyOf(finding, origin, { bases, fixes: reports(finding, rules) ? fixes : new Map() });
      const at = finding.kind === "secret" && finding.setting !== undefined ? settings.get(finding.setting) : step?.at;
      return { origin, remedy, ...(at && { at }) };
    });
  });
  const findings = acrossPlatforms(platforms);
  const comparedWith =
    published.kind === "published" ? { kind: published.kind, tag: published.tag, digest: published.digest } : published;
  return {
    kind: "scanned",
    name,
    rules,
    platforms,
    findings,
    gone: goneAcrossPlatforms(platforms),
    comparedWith,
    decision: decide(
      findings.filter(({ isBlocking }) => isBlocking),
      rules,
      published,
    ),
  };
}

function decide(blocking: readonly SeenFinding[], rules: ScanRules, published: Published): ScanDecision {
  if (blocking.length === 0) return { kind: "passed" };
  if (published.kind === "itself") return { kind: "fails-run", because: blocking };
  const because = rules.gate === "strict" ? blocking : blocking.filter(({ standing }) => standing === "new");
  return because.length === 0 ? { kind: "fails-run", because: blocking } : { kind: "blocked", because };
}

function decideUnseen({ failOn, failOnSecrets }: ScanRules, published: Published): ScanDecision {
  if (failOn.size === 0 && !failOnSecrets) return { kind: "passed" };
  return { kind: published.kind === "itself" ? "fails-run" : "blocked", because: [] };
}

function judgePlatform(
  scan: PlatformScan,
  before: PlatformScan | undefined,
  rules: ScanRules,
  explained: (finding: Finding) => Pick<JudgedFinding, "origin" | "remedy" | "at">,
): JudgedPlatform {
  const { platform, digest, os, unwatched, report } = scan;
  // The same bytes have the same findings, whatever the second scan came to.
  const isSame = before?.digest === digest;
  const { known, gone } = compared(scan.findings, before?.findings ?? []);
  const findings = scan.findings.map((finding): JudgedFinding => {
    const standing = isSame || known.has(finding) ? "known" : "new";
    const isReported = reports(finding, rules);
    return { finding, standing, isBlocking: isBlockedBy(finding, rules), isReported, ...explained(finding) };
  });
  const system = { os, ...(unwatched === undefined ? {} : { unwatched }) };
  return {
    platform,
    digest,
    ...system,
    findings: byWeight(findings),
    gone: isSame ? [] : gone.filter((each) => reports(each, rules)),
    report,
  };
}

function isBlockedBy(finding: Finding, { failOn, failOnSecrets, ignoreUnfixed }: ScanRules): boolean {
  if (finding.ignored !== undefined) return false;
  if (finding.kind === "secret") return failOnSecrets;
  return failOn.has(finding.severity) && (finding.fixed !== undefined || !ignoreUnfixed);
}

/** Blocking findings are reported whatever the rules hide: they are why the run failed. */
function reports(finding: Finding, rules: ScanRules): boolean {
  if (finding.ignored !== undefined) return false;
  return rules.severity.has(finding.severity) || isBlockedBy(finding, rules);
}
