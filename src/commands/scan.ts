/** `command: scan`: scans what is published now, builds nothing, and reports which images a rebuild would fix. */
import type { Remark } from "../model/remark.ts";
import { skippedResults, troubleRemarks } from "../report/plan/plan-troubles.ts";
import type { CommandResult } from "../results/command-result.ts";
import type { Session } from "../run/session.ts";
import { noBump } from "../stages/bump/bump-pins.ts";
import { collectScans } from "../stages/check/collect-scans.ts";
import { reportScans } from "../stages/check/report/scan-report.ts";
import { isFixedByRebuild, type PublishedScan } from "../stages/check/scanning.ts";
import { nothingPlanned, troublesWithoutPlan } from "../stages/plan/nothing-planned.ts";
import { type Preparation, prepare } from "../stages/plan/preparation.ts";
import { endRun, warn } from "./end-run.ts";

/** @throws UserError for what keeps it from starting; the result reports what can't be scanned. */
export async function scan(session: Session): Promise<CommandResult> {
  const started = session.outside.clock.now().getTime();
  const prepared = await prepare(session, { all: () => true });
  try {
    await prepared.scanning.checkFiles(chosenOf(prepared).map(({ name }) => name));
    return await scanPublished(prepared, session, started);
  } finally {
    await prepared.scanning.close();
  }
}

async function scanPublished(prepared: Preparation, session: Session, started: number): Promise<CommandResult> {
  const { fixableByRebuild, remarks: ofImages, scans: found } = await scanAll(prepared);
  const troubles = troublesWithoutPlan(prepared);
  const remarks = [...prepared.surveyed.remarks, ...ofImages, ...troubleRemarks(troubles)];
  warn(remarks, session);
  const plan = nothingPlanned(prepared, session);
  const images = skippedResults(plan, troubles);
  const scans = collectScans(prepared.surveyed.catalog, found, []);
  const report = await reportScans(scans, prepared, session);
  const done = { plan, images, remarks, fixableByRebuild, scans, report, bumped: noBump, started, planPath: "" };
  return endRun(done, prepared, session);
}

interface Seen {
  /** In the catalog's order. */
  readonly fixableByRebuild: readonly string[];
  readonly remarks: readonly Remark[];
  readonly scans: readonly PublishedScan["scan"][];
}

function chosenOf({ surveyed, scanning }: Preparation): Preparation["surveyed"]["catalog"]["images"] {
  return surveyed.catalog.images.filter(({ name }) => !surveyed.left.has(name) && scanning.isWanted(name));
}

async function scanAll(prepared: Preparation): Promise<Seen> {
  const { scanning } = prepared;
  const seen = await Promise.all(
    chosenOf(prepared).map(async (image): Promise<Seen> => {
      const found = await scanning.published(image);
      if (found !== undefined) {
        const fixableByRebuild = isFixedByRebuild(found) ? [image.name] : [];
        return { fixableByRebuild, remarks: [], scans: [found.scan] };
      }
      const message = `${image.name} is not scanned: nothing of it is published`;
      return { fixableByRebuild: [], remarks: [{ message, hint: "publish it first" }], scans: [] };
    }),
  );
  return {
    fixableByRebuild: seen.flatMap((each) => each.fixableByRebuild),
    remarks: seen.flatMap(({ remarks }) => remarks),
    scans: seen.flatMap(({ scans }) => scans),
  };
}
