/** `command: scan`: looks at what is published now, builds nothing, and says which images a rebuild would mend. */
import { UserError } from "../errors.ts";
import { closingLines, failureNotices } from "../report/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
import type { Remark, RunResult } from "../report/run-result.ts";
import { renderSummary } from "../report/summary.ts";
import type { CommandResult } from "./command-result.ts";
import { nothingPlanned } from "./nothing-planned.ts";
import { type Preparation, prepare } from "./preparation.ts";
import { reportScans, scanFailures, tellFindings } from "./scan-report.ts";
import type { Session } from "./session.ts";

/** @throws UserError for what keeps it from starting; what can't be scanned is told in the result. */
export async function scan(session: Session): Promise<CommandResult> {
  const started = session.outside.clock.now().getTime();
  const prepared = await prepare(session, { all: () => true });
  try {
    return await scanPublished(prepared, session, started);
  } finally {
    await prepared.scanning.close();
  }
}

async function scanPublished(prepared: Preparation, session: Session, started: number): Promise<CommandResult> {
  const { clock, log } = session.outside;
  const { mended, remarks } = await scanAll(prepared);
  const report = await reportScans(prepared, session);
  for (const { message, hint } of [...remarks, ...report.remarks]) log.warning(message, hint);
  const plan = nothingPlanned(prepared, session);
  const result: RunResult = {
    plan,
    images: plan.images.map((planned) => ({ planned, outcome: "skipped" })),
    remarks: [...prepared.surveyed.remarks, ...remarks, ...report.remarks],
    seconds: (clock.now().getTime() - started) / 1000,
    forge: prepared.forge,
    scans: prepared.scanning.scans,
    mended,
    ...(report.folder === undefined ? {} : { sarif: report.folder }),
  };
  tellFindings(result, log);
  for (const line of closingLines(result)) log.info(line);
  return {
    outputs: { ...outputsOf(result, "") },
    summary: renderSummary(result),
    text: () => "",
    json: imageOutputs(result),
    failures: [...failureNotices(result), ...scanFailures(report)],
  };
}

interface Seen {
  /** In the catalog's order. */
  readonly mended: readonly string[];
  readonly remarks: readonly Remark[];
}

async function scanAll({ surveyed, scanning }: Preparation): Promise<Seen> {
  const chosen = surveyed.catalog.images.filter(({ name }) => !surveyed.left.has(name) && scanning.isWanted(name));
  const seen = await Promise.all(
    chosen.map(async (image): Promise<Seen> => {
      try {
        const found = await scanning.published(image);
        if (found !== undefined) return { mended: found.isMended ? [image.name] : [], remarks: [] };
        const message = `${image.name} is not scanned: nothing of it is published`;
        return { mended: [], remarks: [{ message, hint: "publish it first" }] };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return {
          mended: [],
          remarks: [{ message: `${image.name} is not scanned: ${error.message}`, hint: error.hint }],
        };
      }
    }),
  );
  return { mended: seen.flatMap(({ mended }) => mended), remarks: seen.flatMap(({ remarks }) => remarks) };
}
