/** Groups findings into rows: one row for each remedy, and one for each package without a fix. */

import { inBackticks } from "../../lib/plain-text.ts";
import type { Platform } from "../../model/platform.ts";
import { ignorePath } from "../../scan/ignore-path.ts";
import type { FindingOrigin, Remedy, ScannedImage, SeenFinding } from "../../scan/judged.ts";
import { isFixable } from "./finding-counts.ts";

/** Of one remedy, or of one package without one; weightiest first. */
export interface FindingRow {
  readonly findings: readonly SeenFinding[];
  readonly remedy: Remedy;
  readonly origin: FindingOrigin;
  /** `openssl 3.3.1`, each once. */
  readonly packages: readonly string[];
  /** Empty where all of the image's have it. */
  readonly platforms: readonly Platform[];
}

/** What is to be read of an image's findings, weightiest first. */
export function reportedOf(scan: ScannedImage): readonly SeenFinding[] {
  return scan.findings.filter(({ isReported }) => isReported);
}

/** A row for each remedy. */
export function fixableRows(scan: ScannedImage): readonly FindingRow[] {
  return rows(scan, reportedOf(scan).filter(isFixable), ({ remedy }) => remedy.text);
}

/** A row for each package without a fix, by what brought it. */
export function unfixedRows(scan: ScannedImage): readonly FindingRow[] {
  const unfixed = reportedOf(scan).filter((each) => each.finding.kind === "vulnerability" && !isFixable(each));
  return rows(scan, unfixed, (each) => JSON.stringify([packageOf(each), each.origin]));
}

/** A row for each secret. */
export function secretRows(scan: ScannedImage): readonly FindingRow[] {
  const secrets = reportedOf(scan).filter(({ finding }) => finding.kind === "secret");
  return rows(scan, secrets, (each) => packageOf(each));
}

/** What brought it, as a clause: `base debian:13`. */
export function describeOrigin(origin: FindingOrigin): string {
  switch (origin.kind) {
    case "base":
      return origin.isOwn ? `${inBackticks(origin.name)}, of this repository` : `base ${inBackticks(origin.name)}`;
    case "step":
      return `\`${inBackticks(origin.step)}\``;
    case "unknown":
      return "not known";
  }
}

function rows(
  { platforms }: ScannedImage,
  findings: readonly SeenFinding[],
  keyOf: (finding: SeenFinding) => string,
): readonly FindingRow[] {
  return [...Map.groupBy(findings, keyOf).values()].flatMap((some): readonly FindingRow[] => {
    const [first] = some;
    if (first === undefined) return [];
    const on = new Set(some.flatMap((each) => each.platforms));
    return [
      {
        findings: some,
        remedy: first.remedy,
        origin: first.origin,
        packages: [...new Set(some.map(packageOf))],
        platforms: on.size === platforms.length ? [] : [...on],
      },
    ];
  });
}

/** A secret's is where it lies. */
function packageOf({ finding }: SeenFinding): string {
  const place = ignorePath(finding);
  if (finding.kind === "secret") return `${place}${finding.line === undefined ? "" : `:${finding.line}`}`;
  return `${finding.package} ${finding.installed}${place === undefined ? "" : ` (${place})`}`;
}
