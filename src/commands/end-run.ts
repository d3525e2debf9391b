/** The end of a run that did something: what was found is reported, and all of it told. */
import { closingLines, failureNotices } from "../report/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
import type { Remark, RunResult } from "../report/run-result.ts";
import { renderSummary } from "../report/summary.ts";
import type { CommandResult } from "./command-result.ts";
import type { Preparation } from "./preparation.ts";
import { reportScans, scanFailures, tellFindings } from "./scan-report.ts";
import type { Session } from "./session.ts";

export interface Done extends Pick<RunResult, "plan" | "images" | "remarks" | "mended"> {
  /** Milliseconds. */
  readonly started: number;
  /** Where the plan was written; empty: nowhere. */
  readonly planPath: string;
}

/** Remarks on what was done have been warned of by then. */
export async function endRun(done: Done, prepared: Preparation, session: Session): Promise<CommandResult> {
  const { clock, log } = session.outside;
  const { started, planPath, ...did } = done;
  const report = await reportScans(prepared, session);
  warn(report.remarks, session);
  const result: RunResult = {
    ...did,
    remarks: [...did.remarks, ...report.remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: prepared.forge,
    scans: prepared.scanning.scans,
    ...(report.folder === undefined ? {} : { sarif: report.folder }),
  };
  tellFindings(result, log);
  for (const line of closingLines(result)) log.info(line);
  return {
    outputs: { ...outputsOf(result, planPath) },
    summary: renderSummary(result),
    text: () => "",
    json: imageOutputs(result),
    failures: [...failureNotices(result), ...scanFailures(report)],
  };
}

export function warn(remarks: readonly Remark[], { outside }: Session): void {
  for (const { message, hint } of remarks) outside.log.warning(message, hint);
}
