/** `command: plan`: shows what the event would do, and why, and what would keep it from that; changes nothing. */
import type { UserError } from "../errors.ts";
import type { Remark } from "../model/remark.ts";
import { reportOf } from "../report/failures.ts";
import { matrixRemarks } from "../report/job-matrix.ts";
import { failureNotices } from "../report/log/console.ts";
import { outputsOf } from "../report/outputs.ts";
import { renderExplanation } from "../report/plan/explain-image.ts";
import { renderPlanSummary } from "../report/plan/plan-summary.ts";
import { renderPlan } from "../report/plan/plan-table.ts";
import { isTreeWorthwhile, renderPlanTree } from "../report/plan/plan-tree.ts";
import { skippedResults } from "../report/plan/plan-troubles.ts";
import type { CommandResult, Terminal } from "../results/command-result.ts";
import type { OtherFailure, RunResult } from "../results/run-result.ts";
import type { Session } from "../run/session.ts";
import { explainImage } from "../stages/plan/explain.ts";
import { type Planning, planRun } from "../stages/plan/plan-run.ts";
import { problemsBeforeBuilding } from "./before-building.ts";
import { warn } from "./end-run.ts";

/** What a person at a terminal wants to see of a plan. */
export interface PlanView {
  /** The name of the image to explain in full. */
  readonly explain?: string | undefined;
  /** Show the dependency graph; `undefined`: only if it is small and has dependencies. */
  readonly graph?: boolean | undefined;
  /** The event is simulated: no service is queried for what the checkout doesn't show. */
  readonly simulated?: boolean;
}

export async function plan(
  session: Session,
  { explain, graph, simulated = false }: PlanView = {},
): Promise<CommandResult> {
  const planning = await planRun(session, { ask: simulated ? "nobody" : "may", about: explain });
  // A problem of the explained image is reported only once.
  const explanation = explain === undefined ? undefined : await explainImage(planning, explain, session);
  const remarks = [...planning.remarks, ...matrixRemarks(planning.plan.images)];
  warn(remarks, session);
  const unready = (await problemsBeforeBuilding(planning, session)).map(wouldFail);
  const result = resultOf(planning, remarks, unready);
  const shared = {
    outputs: { ...outputsOf(planning.plan, planning.planPath) },
    summary: renderPlanSummary(planning.plan, planning.forge, result),
  };
  if (explanation === undefined) {
    const text = (terminal: Terminal): string => planText(planning, terminal, graph);
    return { ...shared, text, json: planning.plan, failures: failureNotices(reportOf(result)) };
  }
  const text = (terminal: Terminal): string => `${renderExplanation(explanation, terminal)}\n`;
  return { ...shared, text, json: explanation, failures: failureNotices(reportOf({ ...result, images: [] })) };
}

/** A problem for which `publish` would not start, after the plan that it keeps from being carried out. */
function wouldFail(error: UserError): OtherFailure {
  return { clause: "publishing would fail", error };
}

/** What the run would fail by before it builds anything. */
function resultOf(
  { plan, troubles, forge }: Planning,
  remarks: readonly Remark[],
  otherFailures: readonly OtherFailure[],
): RunResult {
  return { plan, images: skippedResults(plan, troubles), remarks, seconds: 0, forge, otherFailures };
}

function planText({ plan: planned, surveyed }: Planning, terminal: Terminal, graph: boolean | undefined): string {
  const parents = new Map(
    surveyed.catalog.images.map((image) => [image.name, image.parents.map((each) => each.parent)]),
  );
  const table = renderPlan(planned, terminal);
  if (!(graph ?? isTreeWorthwhile(planned, parents))) return `${table}\n`;
  return `${table}\n\n${renderPlanTree(planned, parents, terminal)}\n`;
}
