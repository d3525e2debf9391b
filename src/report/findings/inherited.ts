/** Findings that an image has only because it is based on another one of the run, which brings them. */
import { BlockedByCheck, problemsIn } from "../../errors.ts";
import type { ImageResult } from "../../results/run-result.ts";
import { acrossPlatforms, type SeenFinding } from "../../scan/across-platforms.ts";
import { ScanComplaint } from "../../scan/complaint.ts";
import { findingKey } from "../../scan/finding.ts";
import type { ImageScan, ScannedImage } from "../../scan/judged.ts";

/** By name of the image, what its scan says against it. */
export type Complaints = ReadonlyMap<string, ScanComplaint>;

/** An image that its scan blocks for nothing but what a blocked image below it brings is blocked by that one. */
export function withInheritedBlocks(images: readonly ImageResult[]): readonly ImageResult[] {
  const blocks = blocksIn(images);
  return images.map((image): ImageResult => {
    const [error] = complaintIn(image);
    if (image.outcome !== "failed" || error === undefined || problemsIn(image.error).length > 1) return image;
    const [by] = isInherited(error, blocks) ? bringersOf(error, blocks) : [];
    if (by === undefined) return image;
    const { planned, candidate } = image;
    return { planned, outcome: "blocked", by, ...(candidate === undefined ? {} : { candidate }) };
  });
}

/** What scans say against failed images. */
export function blocksIn(images: readonly ImageResult[]): Complaints {
  return new Map(images.flatMap((image) => complaintIn(image).map((error) => [image.planned.name, error])));
}

/** Whether an image has all that counts from others of the run. */
export function isInherited(error: ScanComplaint, complaints: Complaints): boolean {
  return error.findings.length > 0 && ownFindings(error, complaints).length === 0;
}

/** What an image brings itself. */
export function ownFindings({ findings }: ScanComplaint, complaints: Complaints): readonly SeenFinding[] {
  return findings.filter((each) => bringerOf(each, complaints) === undefined);
}

/** The images that bring what counts, each once. */
export function bringersOf({ findings }: ScanComplaint, complaints: Complaints): readonly string[] {
  return [...new Set(findings.flatMap((each) => bringerOf(each, complaints) ?? []))];
}

function bringerOf({ finding, origin }: SeenFinding, complaints: Complaints): string | undefined {
  if (origin.kind !== "base" || !origin.isOwn) return undefined;
  const below = complaints.get(origin.name)?.findings ?? [];
  return below.some((each) => findingKey(each.finding) === findingKey(finding)) ? origin.name : undefined;
}

/** The scan of the image of this repository that brings a finding, where it is one of the run and has it, too. */
export function bringerIn(
  { finding, origin }: SeenFinding,
  scans: ReadonlyMap<string, ImageScan> | undefined,
): ScannedImage | undefined {
  if (origin.kind !== "base" || !origin.isOwn) return undefined;
  const scan = scans?.get(origin.name);
  if (scan?.kind !== "scanned") return undefined;
  const below = acrossPlatforms(scan).filter(({ isReported }) => isReported);
  return below.some((each) => findingKey(each.finding) === findingKey(finding)) ? scan : undefined;
}

/** Nothing went wrong with it: checks keep it from its tags. */
export function isStopped(image: ImageResult): boolean {
  return image.outcome === "failed" && problemsIn(image.error).every((each) => each instanceof BlockedByCheck);
}

/** At most one: what keeps a failed image from its tags by its scan. */
function complaintIn(image: ImageResult): readonly ScanComplaint[] {
  if (image.outcome !== "failed") return [];
  return problemsIn(image.error).filter((each) => each instanceof ScanComplaint);
}
