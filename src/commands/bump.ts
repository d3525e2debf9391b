/** `command: bump`: pins follow what is published, without building anything. With `dry-run` it only shows the diff. */
import { count } from "../lib/quantities.ts";
import { bumpLines } from "../report/bumps.ts";
import { reportOf } from "../report/failures.ts";
import { failureNotices } from "../report/log/console.ts";
import { renderDiff } from "../report/log/diff.ts";
import { outputsOf } from "../report/outputs.ts";
import { skippedResults, troubleRemarks } from "../report/plan/plan-troubles.ts";
import { renderSummary } from "../report/summary/summary.ts";
import type { CommandResult, Terminal } from "../results/command-result.ts";
import type { Session } from "../run/session.ts";
import { type BumpReport, bumpFailures, bumpPins } from "../stages/bump/bump-pins.ts";
import { nothingPlanned, troublesWithoutPlan } from "../stages/plan/nothing-planned.ts";
import { prepare } from "../stages/plan/preparation.ts";
import { warn } from "./end-run.ts";

/** @throws UserError for what keeps it from starting; the result reports what a forge refuses. */
export async function bump(session: Session): Promise<CommandResult> {
  const { clock, log } = session.outside;
  const started = clock.now().getTime();
  const prepared = await prepare(session, { all: () => true });
  const report = await bumpPins(prepared, session, []);
  const troubles = troublesWithoutPlan(prepared);
  const remarks = [...troubleRemarks(troubles), ...report.remarks];
  warn(remarks, session);
  const plan = nothingPlanned(prepared, session);
  const result = reportOf({
    plan,
    images: skippedResults(plan, troubles),
    remarks: [...prepared.surveyed.remarks, ...remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: prepared.forge,
    bumps: report.results,
    otherFailures: bumpFailures(report),
  });
  for (const line of bumpLines(report.results)) log.info(line);
  return {
    outputs: { ...outputsOf(result, "") },
    summary: renderSummary(result),
    text: (terminal) => (session.inputs.settings.dryRun ? diffs(report, terminal) : ""),
    json: report.moved.map(({ path, pins }) => ({ path, pins })),
    failures: failureNotices(result),
  };
}

function diffs({ moved }: BumpReport, terminal: Terminal): string {
  const shown = moved.map((file) => `${renderDiff(file, terminal)}\n`);
  const pins = moved.reduce((sum, file) => sum + file.pins.length, 0);
  const end = pins === 0 ? "Nothing to move." : `${count(pins, "pin")} would move, by pull request.`;
  return [...shown, `${end}\n`].join("");
}
