/** How many findings an image has, of which kinds: for the output `images` and for lines. */

import type { severities } from "../../model/severity.ts";
import { severityCounts } from "../../scan/across-platforms.ts";
import type { ImageScan, SeenFinding } from "../../scan/judged.ts";

/** Each finding once, though several platforms have it. All but the last two are of those that are reported. */
export type FindingCounts = Readonly<Record<Lowercase<(typeof severities)[number]> | OtherCount, number>>;

/** `counting`: it fails the run. `fixable`: a newer version of the package fixes it. */
type OtherCount = "counting" | "new" | "known" | "fixable" | "unfixed" | "secrets" | "gone" | "ignored";

/** `null` for an image that could not be scanned: that is not the same as no findings. */
export function findingCounts(scan: ImageScan): FindingCounts | null {
  if (scan.kind === "unscanned") return null;
  const { findings: all } = scan;
  const reported = all.filter(({ isReported }) => isReported);
  const number = (is: (each: SeenFinding) => boolean): number => reported.filter(is).length;
  const of = (severity: (typeof severities)[number]) => number(({ finding }) => finding.severity === severity);
  return {
    critical: of("CRITICAL"),
    high: of("HIGH"),
    medium: of("MEDIUM"),
    low: of("LOW"),
    unknown: of("UNKNOWN"),
    counting: number(({ isBlocking }) => isBlocking),
    new: number(({ standing }) => standing === "new"),
    known: number(({ standing }) => standing === "known"),
    fixable: number(isFixable),
    unfixed: number(({ finding }) => finding.kind === "vulnerability" && finding.fixed === undefined),
    secrets: number(({ finding }) => finding.kind === "secret"),
    gone: scan.gone.length,
    ignored: all.filter(({ finding }) => finding.ignored !== undefined).length,
  };
}

/** Whether the run fails by the scan, be the image blocked or not. */
export function failsRun({ decision }: ImageScan): boolean {
  return decision.kind !== "passed";
}

/** A newer version of the package fixes it. */
export function isFixable({ finding }: SeenFinding): boolean {
  return finding.kind === "vulnerability" && finding.fixed !== undefined;
}

/** `findings: 2 critical, 3 high; 1 new`, `no findings; 1 ignored`, `not scanned`. */
export function findingsBrief(scan: ImageScan): string {
  const counts = findingCounts(scan);
  if (counts === null || scan.kind === "unscanned") return "not scanned";
  const reported = scan.findings.filter(({ isReported }) => isReported);
  const more = [
    ...(counts.new === 0 ? [] : [`${counts.new} new`]),
    ...(counts.ignored === 0 ? [] : [`${counts.ignored} ignored`]),
  ];
  return [reported.length === 0 ? "no findings" : `findings: ${severityCounts(reported)}`, ...more].join("; ");
}
