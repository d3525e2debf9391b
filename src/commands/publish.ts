/** `command: publish`: plans, builds, gives tags, and says what became of it. */
import { LateProblems, problemsIn, throwProblems, UserError } from "../errors.ts";
import type { Remark } from "../model/remark.ts";
import { renderPlan } from "../report/plan/plan-table.ts";
import { troubledResult } from "../report/plan/plan-troubles.ts";
import type { CommandResult } from "../results/command-result.ts";
import type { ImageResult } from "../results/run-result.ts";
import type { Session } from "../run/session.ts";
import { openBuildCheckout } from "../stages/build/build-checkout.ts";
import { openBuildSession } from "../stages/build/build-session.ts";
import { checkSecretSources } from "../stages/build/secret-sources.ts";
import { bumpAfter, bumpPins, noBump } from "../stages/bump/bump-pins.ts";
import { collectScans } from "../stages/check/collect-scans.ts";
import { reportScans } from "../stages/check/report/scan-report.ts";
import { type Planning, planRun } from "../stages/plan/plan-run.ts";
import { withUnnamedHosts } from "../stages/plan/unnamed-hosts.ts";
import { openPublication, resultsOf } from "../stages/publish/publication.ts";
import type { Results } from "../stages/publish/walk-plan.ts";
import { problemsBeforeBuilding, problemsOf } from "./before-building.ts";
import { endRun, warn } from "./end-run.ts";

/** @throws UserError for what keeps the run from starting; the result reports what fails in it. */
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
  const { plan, planPath } = planning;
  warn(planning.remarks, session);
  const builds = plan.images.some(({ kind }) => kind === "build");
  throwProblems([
    ...(await problemsBeforeBuilding(planning, session)),
    ...(builds ? await problemsOf(() => checkSecretSources(session)) : []),
  ]);
  const { images, remarks } = await execute(planning, session);
  try {
    const scans = collectScans(planning.surveyed.catalog, planning.scans, images);
    const report = await reportScans(scans, planning, session);
    const bumped =
      session.inputs.settings.bump === "off"
        ? noBump
        : await bumpAfter(() => bumpPins(planning, session, images), session.outside.signal);
    const allRemarks = [...planning.remarks, ...remarks];
    const done = { plan, images, remarks: allRemarks, scans, report, bumped, started, planPath };
    return await endRun(done, planning, session);
  } catch (error) {
    throw late(error, session);
  }
}

/** What is thrown after something may have been published. */
function late(error: unknown, { outside }: Session): unknown {
  if (!(error instanceof UserError) || error === outside.signal.reason) return error;
  return new LateProblems(problemsIn<UserError>(error));
}

interface Executed {
  readonly images: readonly ImageResult[];
  readonly remarks: readonly Remark[];
}

async function execute(planning: Planning, session: Session): Promise<Executed> {
  const { plan, registry, credentials } = planning;
  if (plan.images.every((image) => image.kind === "skip"))
    return { images: await settled(planning, new Map()), remarks: [] };
  const [title = "", ...lines] = renderPlan(plan, { colour: false, width: 120 }).split("\n");
  session.outside.log.group(title, lines);
  const publication = openPublication(planning, session);
  if (!plan.images.some((image) => image.kind === "build")) {
    return { images: await settled(planning, resultsOf(publication.promote())), remarks: [] };
  }
  const checkout = await openBuildCheckout(plan, planning.surveyed.inputs, session);
  const opening = withUnnamedHosts(openBuildSession(plan, session, registry, credentials), {
    ...planning,
    push: plan.push,
  });
  const opened = await opening.catch(async (error: unknown) => {
    await checkout.remove();
    throw error;
  });
  const { complete } = opened;
  const dependencies = { ...opened.dependencies, workspace: checkout.workspace };
  const remarks = [...checkout.remarks, ...opened.remarks];
  const close = async () => {
    await checkout.remove();
    return opened.close();
  };
  warn(remarks, session);
  // Not before what may keep the run from starting.
  const promoted = publication.promote();
  try {
    const built = await publication.build(promoted, { dependencies, complete });
    const images = await settled(planning, new Map([...resultsOf(promoted), ...built]));
    const left = await close();
    warn(left, session);
    return { images, remarks: [...remarks, ...left] };
  } catch (error) {
    await close();
    throw late(error, session);
  }
}

function settled({ plan, taken, troubles, scans }: Planning, results: Results): Promise<readonly ImageResult[]> {
  const published = new Map(scans.map((scan) => [scan.name, scan]));
  return Promise.all(
    plan.images.map(async (planned): Promise<ImageResult> => {
      const scan = published.get(planned.name);
      const error = taken.get(planned.name);
      const otherwise: ImageResult =
        error === undefined ? { planned, outcome: "skipped" } : { planned, outcome: "failed", error };
      const result = (await results.get(planned.name)) ?? troubledResult(planned, troubles) ?? otherwise;
      return { ...(scan && { scan }), ...result };
    }),
  );
}
