/** What becomes of the scans of a run: lines of the log, files for people and tools, and alerts on the repository. */
import type { UserError } from "../../../errors.ts";
import type { Remark } from "../../../model/remark.ts";
import { baseLocation } from "../../../plan/make-plan.ts";
import type { Log } from "../../../ports.ts";
import { findingGroups, findingWarnings } from "../../../report/findings/finding-log.ts";
import { unwatchedRemarks } from "../../../report/findings/unwatched.ts";
import type { OtherFailure, RunResult } from "../../../results/run-result.ts";
import { imageSarif } from "../../../scan/sarif/sarif.ts";
import type { Survey } from "../../analyze/survey.ts";
import type { ScansByImage } from "../collect-scans.ts";
import type { Scanning } from "../scanning.ts";
import { leftOutRemarks, type UploadingRun, uploadAlerts } from "./code-scanning-alerts.ts";
import { writeFindings, writeSboms } from "./scan-files.ts";

export interface ScanReport {
  /** Absolute, with a folder for each image; `undefined` where nothing was scanned or no file is wanted. */
  readonly folder: string | undefined;
  readonly remarks: readonly Remark[];
  /** What fails the run, in addition to the remarks: code scanning accepted the findings and couldn't process them. */
  readonly errors: readonly UserError[];
}

export interface ReportingRun extends UploadingRun {
  /** The run's own, absolute. */
  readonly folder: string;
}

interface Reported {
  readonly surveyed: Survey;
  readonly scanning: Pick<Scanning, "sbom">;
}

/** Logs every reported finding, and what needs attention though it blocks nothing. */
export function logFindings(result: RunResult, log: Log): void {
  for (const { title, lines } of findingGroups(result)) log.group(title, lines);
  for (const { message, hint, title, at } of findingWarnings(result)) log.warning(message, hint, { title, at });
}

export function scanFailures({ errors }: ScanReport): readonly OtherFailure[] {
  return errors.map((error) => ({ clause: "code scanning failed", error }));
}

/** Writes what was found, and uploads it. Never rejects for what is the network's or the forge's fault. */
export async function reportScans(
  all: ScansByImage,
  { surveyed, scanning }: Reported,
  run: ReportingRun,
): Promise<ScanReport> {
  const report = await handOver(all, { surveyed, scanning }, run);
  const images = surveyed.catalog.images.map((image) => ({
    name: image.name,
    parents: image.parents.map(({ parent }) => parent),
    at: baseLocation(image),
  }));
  const unwatched = unwatchedRemarks([...all.values()], images);
  return { ...report, remarks: [...report.remarks, ...unwatched] };
}

async function handOver(all: ScansByImage, { surveyed, scanning }: Reported, run: ReportingRun): Promise<ScanReport> {
  const scans = [...all.values()].filter((scan) => scan.kind === "scanned");
  const { sarif, scan } = run.inputs.settings;
  // Alerts of a deleted image close though nothing else is to be scanned.
  const isNeeded = scans.length > 0 || (scan !== false && surveyed.deletes);
  if (sarif === "off" || !isNeeded) return { folder: undefined, remarks: [], errors: [] };
  const places = new Map(surveyed.catalog.images.map((image) => [image.name, baseLocation(image)]));
  const files = scans.map((scan) => ({
    scan,
    sarif: imageSarif(scan, places.get(scan.name) ?? { file: "Dockerfile" }),
  }));
  const folder = `${run.folder}/scans`;
  await Promise.all(files.map(({ scan, sarif }) => writeFindings(scan, sarif, folder, run.outside.files)));
  const unwritten = await writeSboms(scans, folder, { surveyed, scanning }, run.outside.files);
  const images = files.map(({ sarif }) => sarif);
  const { remarks, errors, uploaded } = await uploadAlerts(images, folder, surveyed, run);
  const leftOut = images.map(({ image, dropped }) => ({ image, dropped: uploaded.get(image) ?? dropped }));
  return {
    folder: files.length === 0 ? undefined : folder,
    remarks: [...unwritten, ...remarks, ...leftOutRemarks(leftOut)],
    errors,
  };
}
