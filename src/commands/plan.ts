/** `command: plan`: says what the event would do, and why; changes nothing. */
import { outputsOf } from "../report/outputs.ts";
import { renderPlanSummary } from "../report/plan-summary.ts";
import { renderPlan } from "../report/plan-table.ts";
import type { CommandResult } from "./command-result.ts";
import { planRun } from "./plan-run.ts";
import type { Session } from "./session.ts";

export async function plan(session: Session): Promise<CommandResult> {
  const { log } = session.outside;
  const planning = await planRun(session, { askRegistry: false });
  for (const { message, hint } of planning.remarks) log.warning(message, hint);
  return {
    outputs: { ...outputsOf(planning.plan, planning.planPath) },
    summary: renderPlanSummary(planning.plan, planning.forge),
    text: (terminal) => `${renderPlan(planning.plan, terminal)}\n`,
    json: planning.plan,
    failures: [],
  };
}
