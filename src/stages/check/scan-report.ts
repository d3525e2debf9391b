/** What becomes of the scans of a run: files for people and tools, and alerts on the repository. */

import { explain, UserError } from "../../errors.ts";
import { codeScanning } from "../../forge/github/code-scanning.ts";
import type { Git } from "../../git/git.ts";
import { GitFailure } from "../../git/git-command.ts";
import { inBackticks } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Remark } from "../../model/remark.ts";
import { oneRemark } from "../../model/remark.ts";
import type { Commit, RunContext } from "../../model/run-context.ts";
import { severities } from "../../model/severity.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import { baseLocation } from "../../plan/make-plan.ts";
import type { Log } from "../../ports.ts";
import { findingGroups, findingWarnings } from "../../report/findings/finding-log.ts";
import { unwatchedRemarks } from "../../report/findings/unwatched.ts";
import type { OtherFailure, RunResult } from "../../results/run-result.ts";
import type { Outside } from "../../run/outside.ts";
import type { ScannedImage } from "../../scan/judged.ts";
import { type ImageSarif, imageSarif } from "../../scan/sarif/sarif.ts";
import type { Dropped } from "../../scan/sarif/sarif-limits.ts";
import { sarifText } from "../../scan/sarif/sarif-log.ts";
import { type UploadReport, uploadScans } from "../../scan/upload/upload.ts";
import { type UploadTarget, uploadTarget } from "../../scan/upload/upload-target.ts";
import type { RunInputs } from "../../settings/run-inputs.ts";
import { errorRemarks, type ImageError } from "../analyze/image-errors.ts";
import { everyImage, type SplitCatalog } from "../analyze/parted.ts";
import type { Survey } from "../analyze/survey.ts";
import type { ScansByImage } from "./collect-scans.ts";
import type { Scanning } from "./scanning.ts";

export interface ScanReport {
  /** Absolute, with a folder for each image; `undefined` where nothing was scanned or no file is wanted. */
  readonly folder: string | undefined;
  readonly remarks: readonly Remark[];
  /** What fails the run, in addition to the remarks: code scanning accepted the findings and couldn't process them. */
  readonly errors: readonly UserError[];
}

/** What alerts are about. */
export interface CheckedOut {
  readonly git: Pick<Git, "symbolicRef" | "refsAt">;
  readonly event: RunContext;
  readonly eventCommit: Commit;
  readonly isAtEvent: boolean;
  readonly trust: CheckoutTrust;
}

export interface ReportingRun extends CheckedOut {
  readonly context: RunContext;
  readonly inputs: Pick<RunInputs, "settings">;
  readonly outside: Outside;
  /** The run's own, absolute. */
  readonly folder: string;
}

interface Reported {
  readonly surveyed: Survey;
  readonly scanning: Pick<Scanning, "bill">;
}

/** Logs every reported finding, and what needs attention though it blocks nothing. */
export function tellFindings(result: RunResult, log: Log): void {
  for (const { title, lines } of findingGroups(result)) log.group(title, lines);
  for (const { message, hint, title, at } of findingWarnings(result)) log.warning(message, hint, { title, at });
}

export function scanFailures({ errors }: ScanReport): readonly OtherFailure[] {
  return errors.map((error) => ({ title: "Code scanning failed", error }));
}

/** Of what GitHub's limits keep out of alerts and SARIF files. */
export function leftOutRemarks(
  images: readonly { readonly image: string; readonly dropped: readonly Dropped[] }[],
): readonly Remark[] {
  const found = images.flatMap(({ image, dropped }) => {
    const all = dropped.reduce((sum, { results }) => sum + results, 0);
    const worst = severities.find((severity) => dropped.some((each) => each.worst === severity));
    if (worst === undefined) return [];
    return [{ which: `${count(all, "finding")} of \`${inBackticks(image)}\``, all, worst: worst.toLowerCase() }];
  });
  const hint = "report less with `severity`; the scanner's own reports beside the files have all of it";
  return oneRemark(found, {
    one: ({ which, all, worst }) => ({
      message: `${which} ${all === 1 ? "is" : "are"} left out for code scanning, which takes no more: the least severe, ${worst} at worst`,
      hint,
    }),
    several: (listed, { length }) => ({
      message: `findings of ${length} images are left out for code scanning, which takes no more, the least severe of each: ${listed}`,
      hint,
    }),
    item: ({ which, worst }) => `${which} (${worst} at worst)`,
  });
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
  await Promise.all(files.map(({ scan, sarif }) => writeFiles(scan, sarif, folder, run.outside)));
  const billed = await writeBills(scans, folder, { surveyed, scanning }, run.outside);
  const images = files.map(({ sarif }) => sarif);
  const { remarks, errors, uploaded } = await upload(images, folder, surveyed, run);
  const leftOut = images.map(({ image, dropped }) => ({ image, dropped: uploaded.get(image) ?? dropped }));
  return {
    folder: files.length === 0 ? undefined : folder,
    remarks: [...billed, ...remarks, ...leftOutRemarks(leftOut)],
    errors,
  };
}

/** Whether the run knows all images, and may report one as removed: another step may publish what this one doesn't know. */
export function isWhole({ inputs, context }: Pick<ReportingRun, "inputs" | "context">): boolean {
  const { only, variant, path, bakeTarget, config, context: ofOne, file, target, buildContexts } = inputs.settings;
  const lists = [only, path, bakeTarget, buildContexts].every(({ length }) => length === 0);
  const single = [variant, config, ofOne, file, target].every((each) => each === undefined);
  return lists && single && context.trigger.kind !== "pull-request";
}

/** Nobody knows which images are in a file that can't be read. */
export function knowsAll({ troubled }: SplitCatalog): boolean {
  return troubled.every(({ kind }) => kind === "image");
}

async function writeFiles(
  scan: ScannedImage,
  { file }: ImageSarif,
  folder: string,
  { files }: Pick<Outside, "files">,
): Promise<void> {
  const own = folderOf(scan, folder);
  await files.makeDirectory(own);
  await files.write(`${own}/findings.sarif`, sarifText(file));
  await Promise.all(
    scan.platforms.map(async ({ platform, report }) => {
      const bytes = await files.read(report);
      if (bytes !== undefined) await files.write(`${own}/trivy-${platform.replaceAll("/", "-")}.json`, bytes);
    }),
  );
}

/** Bills of materials of the images that want them. @returns remarks on images of which there is none */
async function writeBills(
  scans: readonly ScannedImage[],
  folder: string,
  { scanning, surveyed }: Reported,
  { files }: Pick<Outside, "files">,
): Promise<readonly Remark[]> {
  const wanting = new Set(
    surveyed.catalog.images.flatMap((image) =>
      surveyed.settingsOf(image.publicName, image).scan.cyclonedx ? [image.name] : [],
    ),
  );
  const written = scans
    .filter(({ name }) => wanting.has(name))
    .map(async (scan): Promise<readonly ImageError[]> => {
      try {
        for (const { platform, report } of scan.platforms) {
          const path = `${folderOf(scan, folder)}/cyclonedx-${platform.replaceAll("/", "-")}.json`;
          await files.write(path, await scanning.bill(report));
        }
        return [];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [{ image: scan.name, error }];
      }
    });
  const unwritten = (await Promise.all(written)).flat();
  return errorRemarks(
    unwritten,
    ({ image, error }) => `${image} has no bill of materials: ${explain(error)}`,
    (many) => `${many} images have no bill of materials`,
  );
}

function folderOf({ name }: ScannedImage, folder: string): string {
  return `${folder}/${encodeURIComponent(name)}`;
}

interface Uploaded extends Pick<ScanReport, "remarks" | "errors"> {
  /** What was left out of each image that was uploaded. */
  readonly uploaded: ReadonlyMap<string, readonly Dropped[]>;
}

async function upload(
  images: readonly ImageSarif[],
  folder: string,
  surveyed: Survey,
  run: ReportingRun,
): Promise<Uploaded> {
  const { context, inputs, outside } = run;
  const { token, sarif } = inputs.settings;
  const nothing: Uploaded = { remarks: [], errors: [], uploaded: new Map() };
  if (sarif !== "upload" || token === undefined) return nothing;
  const target = await targetOf(run);
  if (target.kind === "none") {
    const message = `findings are not uploaded to code scanning, because ${target.because}; they are in ${folder}`;
    if (target.hint === undefined) outside.log.info(message);
    return target.hint === undefined ? nothing : { ...nothing, remarks: [{ message, hint: target.hint }] };
  }
  const { owner, repo, apiUrl } = context;
  const catalog = isWhole(run) && knowsAll(surveyed) ? everyImage(surveyed).map(({ name }) => name) : undefined;
  const report = await uploadScans(
    { images, target, catalog, context, folder },
    {
      ...outside,
      codeScanning: codeScanning({ ...outside, apiUrl, token, owner, repo }),
    },
  );
  for (const line of uploadLines(report)) outside.log.info(line);
  const remarks = report.warnings.map((error) => ({ message: explain(error), hint: error.hint }));
  const uploaded = report.images.flatMap(({ image, outcome }) =>
    "dropped" in outcome ? [[image, outcome.dropped] as const] : [],
  );
  return { remarks, errors: report.errors, uploaded: new Map(uploaded) };
}

function uploadLines({ images, closed }: UploadReport): readonly string[] {
  const lines = images.flatMap(({ image, outcome }) => {
    if (outcome.kind === "pending") return [`${image}: findings are uploaded, and GitHub is still processing them`];
    return outcome.kind === "uploaded" ? [`${image}: findings are alerts now`] : [];
  });
  return closed.length === 0 ? lines : [...lines, `alerts of deleted images close: ${closed.join(", ")}`];
}

/** Which ref of the repository has the alerts of what is checked out. */
export async function targetOf(run: CheckedOut): Promise<UploadTarget> {
  const { git, eventCommit, isAtEvent, trust } = run;
  const { commit: head } = run.event;
  // A tag's event may name the tag's own object. Names that an untrusted checkout brings are not the repository's.
  const event = { ...run.event, commit: isAtEvent || trust.kind === "untrusted" ? head : eventCommit };
  try {
    const [branch, refs] = await Promise.all([git.symbolicRef("HEAD"), git.refsAt(head)]);
    return uploadTarget(event, { head, branch, refs });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return uploadTarget(event, { head, branch: undefined, refs: [] });
  }
}
