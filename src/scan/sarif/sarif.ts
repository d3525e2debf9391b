/** An image's scan as SARIF 2.1.0: a file for whoever reads SARIF, and what GitHub's code scanning is given. Pure. */
import type { SourceLocation } from "../../errors.ts";
import type { ScannedImage } from "../judged.ts";
import { type Alert, type AlertGroup, alertGroups } from "./alerts.ts";
import { categoryOf } from "./categories.ts";
import { type Dropped, withinLimits } from "./sarif-limits.ts";
import { logOf, runOf, type SarifLog, type SarifRun } from "./sarif-log.ts";
import { resultOf } from "./sarif-result.ts";
import { ruleId, ruleOf } from "./sarif-rule.ts";

export interface ImageSarif {
  readonly image: string;
  /** All that is reported, and what the user ignores as suppressed. */
  readonly file: SarifLog;
  /** Without what the user ignores: code scanning opens alerts for suppressed results too. */
  readonly upload: SarifLog;
  /** Of the categories of its platforms, those that have nothing of their own. */
  readonly emptyCategories: readonly string[];
  /** What code scanning's limits keep out of `upload`. */
  readonly dropped: readonly Dropped[];
}

/**
 * @param at the line of the image's Dockerfile (or what else it is made from) that brings its base.
 * @returns a run for what all platforms have, also where that is nothing, since it closes the alerts that were; and one for each
 * platform that has more. The same for the same findings, in whatever order they come.
 */
export function imageSarif(scan: ScannedImage, at: SourceLocation): ImageSarif {
  const groups = alertGroups(scan, { ignored: false });
  const log = (of: readonly AlertGroup[]) => logOf(of.map((group) => runOfGroup(scan.name, group, at)));
  const withMore = new Set(groups.map((group) => group.platform));
  const { log: upload, dropped } = withinLimits(log(groups));
  return {
    image: scan.name,
    file: ignoresAny(scan) ? withinLimits(log(alertGroups(scan, { ignored: true }))).log : upload,
    upload,
    emptyCategories: scan.platforms
      .filter(({ platform }) => !withMore.has(platform))
      .map(({ platform }) => categoryOf(scan.name, platform))
      .sort(),
    dropped,
  };
}

function ignoresAny({ platforms }: ScannedImage): boolean {
  return platforms.some(({ findings }) => findings.some(({ finding }) => finding.ignored !== undefined));
}

function runOfGroup(image: string, group: AlertGroup, at: SourceLocation): SarifRun {
  const run = runOf(categoryOf(image, group.platform));
  const byRule = new Map<string, [Alert, ...Alert[]]>();
  for (const found of group.alerts) {
    const id = ruleId(found.judged.finding);
    const others = byRule.get(id);
    if (others === undefined) byRule.set(id, [found]);
    else others.push(found);
  }
  const ids = new Map([...byRule.keys()].map((id, index) => [id, index]));
  const rules = [...byRule].map(([id, found]) => ruleOf(id, found));
  const results = group.alerts.map((found) =>
    resultOf(found, ids.get(ruleId(found.judged.finding)) ?? 0, image, at, group),
  );
  return { ...run, tool: { ...run.tool, driver: { ...run.tool.driver, rules } }, results };
}
