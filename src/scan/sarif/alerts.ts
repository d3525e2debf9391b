/** Which alerts an image has: those of all its platforms, then those that only some have. Pure. */
import type { Platform } from "../../model/platform.ts";
import { severities } from "../../model/severity.ts";
import { type MergedFinding, mergeFindings, type NamedFinding, namedFindings } from "../across-platforms.ts";
import type { JudgedFinding, ScannedImage, ScanRules } from "../judged.ts";

/** What is one finding on all the platforms, and in all the versions, in which an image has it. */
export interface Alert {
  readonly key: string;
  /** The worst of them, and one that is not ignored if there is one. */
  readonly judged: JudgedFinding;
  /** Of a package, sorted; empty for a secret. */
  readonly installed: readonly string[];
}

export interface AlertGroup {
  /** `undefined`: what all platforms have. */
  readonly platform: Platform | undefined;
  readonly platforms: readonly Platform[];
  /** Worst first, then by name: the same order for the same findings. */
  readonly alerts: readonly Alert[];
}

/**
 * What all platforms of an image have in common, then for each platform what only some have. Left out is what the user
 * doesn't want reported; what the user ignores stays, if `ignored` is set.
 */
export function alertGroups(scan: ScannedImage, { ignored }: { readonly ignored: boolean }): readonly AlertGroup[] {
  const all = scan.platforms.map(({ platform }) => platform).sort(compare);
  // Named before they are filtered, so that what a copy is called does not depend on what is ignored.
  const found = namedFindings(scan.platforms).filter(({ judged }) => isWanted(judged, scan.rules, ignored));
  const platformsOf = new Map(
    [...Map.groupBy(found, ({ name }) => name)].map(([name, same]) => [
      name,
      new Set(same.map((each) => each.platform)),
    ]),
  );
  const isCommon = ({ name }: NamedFinding) => platformsOf.get(name)?.size === all.length;
  const [common, others] = [found.filter(isCommon), found.filter((each) => !isCommon(each))];
  const alone = all.map((platform) => ({
    platform,
    platforms: [platform],
    alerts: alertsOf(others.filter((each) => each.platform === platform)),
  }));
  return [
    { platform: undefined, platforms: all, alerts: alertsOf(common) },
    ...alone.filter(({ alerts }) => alerts.length > 0),
  ];
}

function isWanted({ finding, isReported }: JudgedFinding, rules: ScanRules, ignored: boolean): boolean {
  return isReported || (ignored && finding.ignored !== undefined && rules.severity.has(finding.severity));
}

function alertsOf(found: readonly NamedFinding[]): readonly Alert[] {
  return mergeFindings(found, worstFirst)
    .toSorted((a, b) => bySeverity(a.judged, b.judged) || compare(a.name, b.name))
    .map(alertOf);
}

function alertOf({ name, judged, all }: MergedFinding): Alert {
  const installed = all.flatMap(({ judged: { finding } }) =>
    finding.kind === "vulnerability" ? [finding.installed] : [],
  );
  return { key: name, judged, installed: [...new Set(installed)].sort(compare) };
}

/** Findings that are equal otherwise are ordered by their text, so that the order of the platforms changes nothing. */
function worstFirst(same: readonly JudgedFinding[]): readonly JudgedFinding[] {
  return same.toSorted((a, b) => bySeverity(a, b) || compare(JSON.stringify(a), JSON.stringify(b)));
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
