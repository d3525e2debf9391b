/** `command: scan`: looks at what is published now, builds nothing, and says which images a rebuild would mend. */
import { makePlan } from "../plan/make-plan.ts";
import { closingLines, failureNotices } from "../report/console.ts";
import { imageOutputs, outputsOf } from "../report/outputs.ts";
import type { Remark, RunResult } from "../report/run-result.ts";
import { renderSummary } from "../report/summary.ts";
import { mendedByRebuild } from "../scan/remedy.ts";
import type { CommandResult } from "./command-result.ts";
import { type Preparation, prepare } from "./preparation.ts";
import { reportScans, scanFailures, tellFindings } from "./scan-report.ts";
import type { PublishedScan } from "./scanning.ts";
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
      const found = await scanning.published(image);
      if (found !== undefined) return { mended: isMended(found) ? [image.name] : [], remarks: [] };
      const message = `${image.name} is not scanned: nothing of it is published`;
      return { mended: [], remarks: [{ message, hint: "publish it first" }] };
    }),
  );
  return { mended: seen.flatMap(({ mended }) => mended), remarks: seen.flatMap(({ remarks }) => remarks) };
}

function isMended({ scan, moved }: PublishedScan): boolean {
  return moved.length > 0 || mendedByRebuild(scan).length > 0;
}

function nothingPlanned({ surveyed, push }: Preparation, { context }: Session) {
  return makePlan({
    event: context.eventName,
    ref: context.ref.full,
    commit: context.commit,
    base: undefined,
    catalog: surveyed.catalog,
    affected: new Map(),
    left: surveyed.left,
    published: new Map(),
    hashes: surveyed.hashes,
    push,
    fresh: false,
    movingTagsOnly: false,
    details: () => {
      throw new Error("nothing is planned");
    },
  });
}
