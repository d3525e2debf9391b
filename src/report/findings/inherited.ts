/** Findings that an image has only because it is based on another one of the run, which brings them. */
import type { ImageScan, ScannedImage, SeenFinding } from "../../scan/judged.ts";
import { bringerOf } from "../../scan/origin.ts";

/** By name of the image. */
export type FindingsByImage = ReadonlyMap<string, readonly SeenFinding[]>;

/** Whether an image has all of them from others. */
export function isInherited(findings: readonly SeenFinding[], all: FindingsByImage): boolean {
  return findings.length > 0 && ownFindings(findings, all).length === 0;
}

/** What an image brings itself. */
export function ownFindings(findings: readonly SeenFinding[], all: FindingsByImage): readonly SeenFinding[] {
  return findings.filter((each) => bringerAmong(each, all) === undefined);
}

/** The images that bring the findings, each once. */
export function bringersOf(findings: readonly SeenFinding[], all: FindingsByImage): readonly string[] {
  return [...new Set(findings.flatMap((each) => bringerAmong(each, all) ?? []))];
}

function bringerAmong(finding: SeenFinding, all: FindingsByImage): string | undefined {
  return bringerOf(finding, (name) => all.get(name) ?? []);
}

/** The scan of the image of this repository that brings a finding, where it is one of the run and reports it, too. */
export function bringerIn(
  finding: SeenFinding,
  scans: ReadonlyMap<string, ImageScan> | undefined,
): ScannedImage | undefined {
  const scanNamed = (name: string): ScannedImage | undefined => {
    const scan = scans?.get(name);
    return scan?.kind === "scanned" ? scan : undefined;
  };
  const name = bringerOf(finding, (each) => scanNamed(each)?.findings.filter(({ isReported }) => isReported) ?? []);
  return name === undefined ? undefined : scanNamed(name);
}
