import type { Platform } from "../../model/platform.ts";
import { severities } from "../../model/severity.ts";
import { identities } from "../identity.ts";
import type { ImageScan, JudgedFinding, JudgedPlatform, ScanRules } from "../judged.ts";

/** What is one finding on all the platforms, and in all the versions, in which an image has it. */
export interface MergedFinding {
  readonly key: string;
  /** The worst of them, and one that is not ignored if there is one. */
  readonly judged: JudgedFinding;
  /** Of a package, sorted; empty for a secret. */
  readonly installed: readonly string[];
}

export interface FindingGroup {
  /** `undefined`: what all platforms have. */
  readonly platform: Platform | undefined;
  readonly platforms: readonly Platform[];
  /** Worst first, then by name: the same order for the same findings. */
  readonly findings: readonly MergedFinding[];
}

/**
 * What all platforms of an image have in common, then for each platform what only some have. Left out is what the user
 * doesn't want to hear of; what the user ignores stays, if `ignored` says so.
 */
export function groupedFindings(
  scan: Extract<ImageScan, { readonly kind: "scanned" }>,
  { ignored }: { readonly ignored: boolean },
): readonly FindingGroup[] {
  const told = scan.platforms.map((each) => ({
    platform: each.platform,
    found: byKey(each, (judged) => isTold(judged, scan.rules, ignored)),
  }));
  const everywhere = (key: string) => told.every(({ found }) => found.has(key));
  const group = (platform: Platform | undefined, from: typeof told, belongs: (key: string) => boolean) => ({
    platform,
    platforms: from.map((each) => each.platform).sort(),
    findings: merged(from.flatMap(({ found }) => [...found].filter(([key]) => belongs(key)))),
  });
  const alone = told.map((each) => group(each.platform, [each], (key) => !everywhere(key)));
  return [
    group(undefined, told, everywhere),
    ...alone.filter(({ findings }) => findings.length > 0).sort((a, b) => compare(a.platform ?? "", b.platform ?? "")),
  ];
}

function isTold({ finding, isReported }: JudgedFinding, rules: ScanRules, ignored: boolean): boolean {
  return isReported || (ignored && finding.ignored !== undefined && rules.severity.has(finding.severity));
}

function byKey(
  { findings }: JudgedPlatform,
  isWanted: (judged: JudgedFinding) => boolean,
): ReadonlyMap<string, readonly JudgedFinding[]> {
  // Of all, so that what a copy is called does not depend on what is ignored.
  const names = identities(findings.map(({ finding }) => finding));
  return Map.groupBy(findings.filter(isWanted), ({ finding }) => names.get(finding) ?? "");
}

function merged(all: readonly (readonly [string, readonly JudgedFinding[]])[]): readonly MergedFinding[] {
  const found: MergedFinding[] = [];
  for (const [key, groups] of Map.groupBy(all, ([key]) => key)) {
    const same = groups.flatMap(([, each]) => each);
    const [judged] = same.toSorted(worstFirst);
    if (judged === undefined) continue;
    const installed = same.flatMap(({ finding }) => (finding.kind === "vulnerability" ? [finding.installed] : []));
    found.push({ key, judged, installed: [...new Set(installed)].sort(compare) });
  }
  return found.sort((a, b) => bySeverity(a.judged, b.judged) || compare(a.key, b.key));
}

/** Findings that are equal otherwise are ordered by their text, so that the order of the platforms changes nothing. */
function worstFirst(a: JudgedFinding, b: JudgedFinding): number {
  return bySeverity(a, b) || compare(JSON.stringify(a), JSON.stringify(b));
}

/** What is ignored comes last. */
function bySeverity({ finding: a }: JudgedFinding, { finding: b }: JudgedFinding): number {
  return (
    Number(a.ignored !== undefined) - Number(b.ignored !== undefined) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
