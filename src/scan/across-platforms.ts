/** An image's findings, each once though several platforms have it. Pure. */

import { plainLine, shortened } from "../lib/plain-text.ts";
import type { Platform } from "../model/platform.ts";
import { severities } from "../model/severity.ts";
import { type Finding, placedKey } from "./finding.ts";
import { identities } from "./identity.ts";
import { ignorePath } from "./ignore-path.ts";
import type { JudgedFinding, ScannedImage } from "./judged.ts";

export interface SeenFinding extends JudgedFinding {
  readonly platforms: readonly Platform[];
}

/** Of all platforms, weightiest first; new, counting and reported where it is so on one of them. */
export function acrossPlatforms(scan: ScannedImage): readonly SeenFinding[] {
  const known = merged.get(scan);
  if (known !== undefined) return known;
  const all = merge(scan);
  merged.set(scan, all);
  return all;
}

/** Each report of an image needs this, and an image may have thousands of findings. */
const merged = new WeakMap<ScannedImage, readonly SeenFinding[]>();

function merge({ platforms }: ScannedImage): readonly SeenFinding[] {
  const seen = platforms.flatMap(({ platform, findings }) => {
    const names = identities(findings.map(({ finding }) => finding));
    return findings.map((each) => ({ name: names.get(each.finding), seen: { ...each, platforms: [platform] } }));
  });
  const groups = Map.groupBy(seen, ({ name }) => name);
  const each = [...groups.values()].flatMap((group): readonly SeenFinding[] => {
    const some = group.map(({ seen }) => seen);
    const [first] = byWeight(some);
    if (first === undefined) return [];
    // One that counts is not new because another platform newly has it where it does not count.
    const isNew = some.some((one) => one.standing === "new" && one.counts === first.counts);
    const isReported = some.some((one) => one.isReported);
    return [
      {
        ...first,
        standing: isNew ? "new" : "known",
        isReported,
        platforms: [...new Set(some.flatMap((one) => one.platforms))],
      },
    ];
  });
  return byWeight(each);
}

/** What the published image has on some platform, and this one lacks there; each once. */
export function goneAcrossPlatforms({ platforms }: ScannedImage): readonly Finding[] {
  const named = platforms.flatMap(({ gone }) =>
    [...identities(gone)].map(([finding, name]) => [name, finding] as const),
  );
  return [...new Map(named).values()];
}

/** Counting before others, then the worst first, then new ones, then by what they are. */
export function byWeight<Each extends JudgedFinding>(findings: readonly Each[]): readonly Each[] {
  if (findings.length < 2) return findings;
  const keyed = findings.map((each) => {
    const { finding, counts, standing } = each;
    const weight = [counts ? 0 : 1, severities.indexOf(finding.severity), standing === "new" ? 0 : 1].join("");
    const version = finding.kind === "vulnerability" ? finding.installed : `${finding.line ?? ""}`;
    return { each, key: `${weight}${placedKey(finding)}\0${version}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ each }) => each);
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
  const place = ignorePath(finding);
  const facts =
    finding.kind === "secret"
      ? [`${id} in ${place}${finding.line === undefined ? "" : `:${finding.line}`}`]
      : [
          `${id} in ${finding.package} ${finding.installed}${place === undefined ? "" : ` of ${place}`}`,
          finding.fixed === undefined ? "no fix yet" : `fixed in ${finding.fixed}`,
        ];
  const known = standing === "known" ? "existing" : standing;
  const text = `${severity} ${[...facts, known].join(", ")}${where}${title === "" ? "" : `: ${title}`}`;
  return shortened(plainLine(text), 240);
}
