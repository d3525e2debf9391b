/** `command: publish`: plans, builds, gives tags, and says what became of it. */
import type { Plan } from "../plan/plan.ts";
import { bumpLines } from "../report/bumps.ts";
import { closingLines, failureNotices } from "../report/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
import { renderPlan } from "../report/plan-table.ts";
import type { ImageResult, Remark, RunResult } from "../report/run-result.ts";
import { renderSummary } from "../report/summary.ts";
import { openBuildSession } from "./build-session.ts";
import { bumpAfter, bumpFailures, bumpPins, noBump } from "./bump-pins.ts";
import { checkPins } from "./check-pins.ts";
import type { CommandResult } from "./command-result.ts";
import { moverOf } from "./converge.ts";
import { type Planning, planRun } from "./plan-run.ts";
import type { Publishing } from "./publish-image.ts";
import { reportScans, scanFailures, tellFindings } from "./scan-report.ts";
import type { Session } from "./session.ts";
import { promoteAll, type Results, walkPlan } from "./walk-plan.ts";

/** @throws UserError for what keeps the run from starting; what fails in it is told in the result. */
export async function publish(session: Session): Promise<CommandResult> {
  const started = session.outside.clock.now().getTime();
  const planning = await planRun(session, { ask: "must" });
  try {
    return await carryOut(planning, session, started);
  } finally {
    await planning.scanning.close();
  }
}

async function carryOut(planning: Planning, session: Session, started: number): Promise<CommandResult> {
  const { clock, log } = session.outside;
  tell(planning.remarks, session);
  await checkPins(session.inputs.settings.checkPins, planning.plan, session.context, session.outside.files);
  const { images, remarks } = await execute(planning, session);
  const report = await reportScans(planning, session);
  const bumped =
    session.inputs.settings.bump === "off"
      ? noBump
      : await bumpAfter(() => bumpPins(planning, session, images), session.outside.signal);
  tell([...report.remarks, ...bumped.remarks], session);
  const result: RunResult = {
    plan: planning.plan,
    images,
    remarks: [...planning.remarks, ...remarks, ...report.remarks, ...bumped.remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: planning.forge,
    scans: planning.scanning.scans,
    bumps: bumped.results,
    ...(report.folder === undefined ? {} : { sarif: report.folder }),
  };
  tellFindings(result, log);
  for (const line of [...closingLines(result), ...bumpLines(bumped.results)]) log.info(line);
  const outputs = outputsOf(result, planning.planPath);
  return {
    outputs: { ...outputs },
    summary: renderSummary(result),
    text: () => "",
    json: imageOutputs(result),
    failures: [...failureNotices(result), ...scanFailures(report), ...bumpFailures(bumped)],
  };
}

interface Executed {
  readonly images: readonly ImageResult[];
  readonly remarks: readonly Remark[];
}

async function execute(planning: Planning, session: Session): Promise<Executed> {
  const { plan, registry, credentials } = planning;
  if (plan.images.every((image) => image.kind === "skip"))
    return { images: await settled(plan, new Map()), remarks: [] };
  const [title = "", ...lines] = renderPlan(plan, { colour: false, width: 120 }).split("\n");
  session.outside.log.group(title, lines);
  const publishing = publishingOf(planning, session);
  if (!plan.images.some((image) => image.kind === "build")) {
    return { images: await settled(plan, promoteAll(planning, session, publishing)), remarks: [] };
  }
  const { dependencies, complete, remarks, close } = await openBuildSession(plan, session, registry, credentials);
  tell(remarks, session);
  // Not before what may keep the run from starting.
  const promotions = promoteAll(planning, session, publishing);
  try {
    const built = await walkPlan(planning, session, publishing, { dependencies, complete });
    const images = await settled(plan, new Map([...promotions, ...built]));
    const left = await close();
    tell(left, session);
    return { images, remarks: [...remarks, ...left] };
  } catch (error) {
    await close();
    throw error;
  }
}

function publishingOf({ registry, history }: Planning, session: Session): Publishing {
  const { clock, signal } = session.outside;
  return {
    registry,
    clock,
    history,
    signal,
    mover: moverOf(session),
    started: session.context.startedAt,
    copy: async (digest, from, to) => {
      await registry.copyImage({ digest, from, to, signal });
    },
  };
}

function settled({ images }: Plan, results: Results): Promise<readonly ImageResult[]> {
  return Promise.all(images.map((planned) => results.get(planned.name) ?? { planned, outcome: "skipped" as const }));
}

function tell(remarks: readonly Remark[], { outside }: Session): void {
  for (const { message, hint } of remarks) outside.log.warning(message, hint);
}
