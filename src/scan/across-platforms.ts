/** An image's findings, each once though several platforms have it. Pure. */

import { plainLine, shortened } from "../lib/plain-text.ts";
import type { Platform } from "../model/platform.ts";
import { severities } from "../model/severity.ts";
import { type Finding, placedKey } from "./finding.ts";
import { identities } from "./identity.ts";
import { ignorePath } from "./ignore-path.ts";
import type { JudgedFinding, JudgedPlatform, SeenFinding } from "./judged.ts";

/** A finding of one platform. Others of the same name are the same finding. */
export interface NamedFinding {
  readonly name: string;
  readonly platform: Platform;
  readonly judged: JudgedFinding;
}

export interface MergedFinding {
  readonly name: string;
  /** The first in the order. */
  readonly judged: JudgedFinding;
  readonly all: readonly NamedFinding[];
}

/** All findings of all platforms. */
export function namedFindings(platforms: readonly JudgedPlatform[]): readonly NamedFinding[] {
  return platforms.flatMap(({ platform, findings }) => {
    const names = identities(findings.map(({ finding }) => finding));
    return findings.map((judged) => ({ name: names.get(judged.finding) ?? "", platform, judged }));
  });
}

/** Those of one name as one. @param inOrder puts those that differ between platforms in order: the first stands for all */
export function mergeFindings(
  found: readonly NamedFinding[],
  inOrder: (same: readonly JudgedFinding[]) => readonly JudgedFinding[],
): readonly MergedFinding[] {
  return [...Map.groupBy(found, ({ name }) => name)].flatMap(([name, all]) => {
    const [judged] = inOrder(all.map((each) => each.judged));
    return judged === undefined ? [] : [{ name, judged, all }];
  });
}

/** Weightiest first; new and reported where it is so on one of the platforms. */
export function acrossPlatforms(platforms: readonly JudgedPlatform[]): readonly SeenFinding[] {
  const merged = mergeFindings(namedFindings(platforms), byWeight);
  const each = merged.map(({ judged: first, all }): SeenFinding => {
    // A blocking one is not new because another platform newly has it where it isn't blocking.
    const isNew = all.some(({ judged }) => judged.standing === "new" && judged.isBlocking === first.isBlocking);
    const on = [...new Set(all.map(({ platform }) => platform))];
    return {
      ...first,
      standing: isNew ? "new" : "known",
      isReported: all.some(({ judged }) => judged.isReported),
      platforms: on,
      isEverywhere: on.length === platforms.length,
    };
  });
  return byWeight(each);
}

/** What the published image has on some platform, and this one lacks there; each once. */
export function goneAcrossPlatforms(platforms: readonly JudgedPlatform[]): readonly Finding[] {
  const named = platforms.flatMap(({ gone }) =>
    [...identities(gone)].map(([finding, name]) => [name, finding] as const),
  );
  return [...new Map(named).values()];
}

/** Blocking ones before others, then the worst first, then new ones, then by what they are. */
export function byWeight<Each extends JudgedFinding>(findings: readonly Each[]): readonly Each[] {
  if (findings.length < 2) return findings;
  const keyed = findings.map((each) => {
    const { finding, isBlocking, standing } = each;
    const weight = [isBlocking ? 0 : 1, severities.indexOf(finding.severity), standing === "new" ? 0 : 1].join("");
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
export function findingLine({ finding, standing, platforms, isEverywhere }: SeenFinding): string {
  const { severity, id, title } = finding;
  const where = isEverywhere ? "" : ` (${platforms.join(", ")})`;
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
