/** An image's findings, each once though several platforms have it, as people are told of them. Pure. */
import type { Platform } from "../oci/platform.ts";
import { plainLine, shortened } from "../plain-text.ts";
import { type Finding, findingKey, type Severity, severities } from "./finding.ts";
import type { JudgedFinding, ScannedImage } from "./judged.ts";

export interface SeenFinding extends JudgedFinding {
  readonly platforms: readonly Platform[];
}

/** Of all platforms, weightiest first; new, counting and reported where it is so on one of them. */
export function acrossPlatforms({ platforms }: ScannedImage): readonly SeenFinding[] {
  const seen = platforms.flatMap(({ platform, findings }) => findings.map((judged) => ({ platform, judged })));
  const groups = Map.groupBy(seen, ({ judged }) => findingKey(judged.finding));
  return [...groups.values()]
    .flatMap((some): readonly SeenFinding[] => {
      const all = some.map(({ judged }) => judged).sort(byWeight);
      const [first] = all;
      if (first === undefined) return [];
      const standing = all.some((each) => each.standing === "new") ? "new" : "known";
      const isReported = all.some((each) => each.isReported);
      return [{ ...first, standing, isReported, platforms: [...new Set(some.map(({ platform }) => platform))] }];
    })
    .sort(byWeight);
}

/** What the published image has on some platform, and this one lacks there; each once. */
export function goneAcrossPlatforms({ platforms }: ScannedImage): readonly Finding[] {
  return [...new Map(platforms.flatMap(({ gone }) => gone).map((each) => [findingKey(each), each])).values()];
}

/** Counting before others, then the worst first, then new ones, then by what they are. */
export function byWeight(a: JudgedFinding, b: JudgedFinding): number {
  return (
    Number(b.counts) - Number(a.counts) ||
    weight(a.finding.severity) - weight(b.finding.severity) ||
    Number(a.standing === "known") - Number(b.standing === "known") ||
    (findingKey(a.finding) < findingKey(b.finding) ? -1 : 1)
  );
}

/** `2 critical, 3 high`; empty for none. */
export function severityCounts(findings: readonly JudgedFinding[]): string {
  const numbers = severities.map((severity) => ({
    severity,
    number: findings.filter(({ finding }) => finding.severity === severity).length,
  }));
  return numbers
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) => `${number} ${severity.toLowerCase()}`)
    .join(", ");
}

/** A finding on a line: `CRITICAL CVE-2026-1 in openssl 3.3.1, fixed in 3.3.9, new (linux/arm64): its title`. */
export function findingLine({ finding, standing, platforms }: SeenFinding, allPlatforms: number): string {
  const { severity, id, title } = finding;
  const where = platforms.length === allPlatforms ? "" : ` (${platforms.join(", ")})`;
  const facts =
    finding.kind === "secret"
      ? [`${id} in ${finding.path}${finding.line === undefined ? "" : `:${finding.line}`}`]
      : [
          `${id} in ${finding.package} ${finding.installed}${finding.path === undefined ? "" : ` of ${finding.path}`}`,
          finding.fixed === undefined ? "no fix yet" : `fixed in ${finding.fixed}`,
        ];
  const text = `${severity} ${[...facts, standing].join(", ")}${where}${title === "" ? "" : `: ${title}`}`;
  return shortened(plainLine(text), 240);
}

function weight(severity: Severity): number {
  return severities.indexOf(severity);
}
