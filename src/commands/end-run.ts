/** Ends a run that built or scanned: reports the outcome in the log and as the command's result. */

import type { Remark } from "../model/remark.ts";
import { bumpLines } from "../report/bumps.ts";
import { reportOf } from "../report/failures.ts";
import { closingLines, failureNotices } from "../report/log/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
import { renderSummary } from "../report/summary/summary.ts";
import type { CommandResult } from "../results/command-result.ts";
import type { RunResult } from "../results/run-result.ts";
import type { Session } from "../run/session.ts";
import { type BumpReport, bumpFailures } from "../stages/bump/bump-pins.ts";
import type { ScansByImage } from "../stages/check/collect-scans.ts";
import { logFindings, type ScanReport, scanFailures } from "../stages/check/report/scan-report.ts";
import type { Preparation } from "../stages/plan/preparation.ts";

export interface Done extends Pick<RunResult, "plan" | "images" | "remarks" | "fixableByRebuild"> {
  readonly scans: ScansByImage;
  readonly report: ScanReport;
  readonly bumped: BumpReport;
  /** Milliseconds. */
  readonly started: number;
  /** Where the plan was written; empty: nowhere. */
  readonly planPath: string;
}

/** Warns of what the reports remark; of other remarks has been warned by then. */
export async function endRun(
  { report, bumped, started, planPath, ...did }: Done,
  prepared: Preparation,
  session: Session,
): Promise<CommandResult> {
  const { clock, log } = session.outside;
  const remarks = [...report.remarks, ...bumped.remarks];
  warn(remarks, session);
  const result = reportOf({
    ...did,
    remarks: [...did.remarks, ...remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: prepared.forge,
    scanner: await prepared.scanning.facts(),
    bumps: bumped.results,
    otherFailures: [...scanFailures(report), ...bumpFailures(bumped)],
    ...(report.folder === undefined ? {} : { sarif: report.folder }),
  });
  logFindings(result, log);
  for (const line of [...closingLines(result), ...bumpLines(bumped.results)]) log.info(line);
  return {
    outputs: { ...outputsOf(result, planPath) },
    summary: renderSummary(result),
    text: () => "",
    json: imageOutputs(result),
    failures: failureNotices(result),
  };
}

/** Notes are lines of the log, and no warnings. */
export function warn(remarks: readonly Remark[], { outside }: Session): void {
  for (const { message, hint, at, isNote } of remarks) {
    if (isNote === true) outside.log.info(message);
    else outside.log.warning(message, hint, ...(at === undefined ? [] : [{ at }]));
  }
}
