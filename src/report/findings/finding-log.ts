/** What the scans found, for the log: every finding on a line of its own, and a warning where a new one asks for attention. */
import type { SourceLocation } from "../../errors.ts";
import { inertLine, plainLine } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { RunResult } from "../../results/run-result.ts";
import { findingLine, severityCounts } from "../../scan/across-platforms.ts";
import type { ImageScan, ScannedImage } from "../../scan/judged.ts";
import { findingsBrief } from "./finding-counts.ts";
import { reportedOf } from "./finding-rows.ts";
import { bringerIn } from "./inherited.ts";

/** A block of lines, folded. */
export interface LogBlock {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface FindingWarning {
  readonly title: string;
  readonly message: string;
  readonly hint: string;
  readonly at: SourceLocation;
}

const mostLines = 2000;

/**
 * For each image with findings all that are reported, each with its remedy, but for those that another image brings, which has them in
 * its own group. Plain text that nothing obeys.
 */
export function findingGroups({ scans }: RunResult): readonly LogBlock[] {
  return [...(scans?.values() ?? [])].flatMap((scan): readonly LogBlock[] => {
    if (scan.kind === "unscanned") return [];
    const reported = reportedOf(scan).filter((each) => bringerIn(each, scans) === undefined);
    const more = reported.length - mostLines;
    const lines = reported.slice(0, mostLines).map((each) => `${findingLine(each)} → ${plainLine(each.remedy.text)}`);
    const rest = more > 0 ? [`and ${more} more, in ${scan.platforms.map(({ report }) => report).join(", ")}`] : [];
    if (reported.length === 0) return [];
    const title = inertLine(plainLine(`${scan.name} · ${findingsBrief(scan)}`));
    return [{ title, lines: [...lines, ...rest].map(plainLine).map(inertLine) }];
  });
}

/** GitHub shows ten warnings of a step. */
const mostWarnings = 8;

/**
 * For images that are good all the same: what nobody looked at, and new findings that hold nothing, at the line that brings
 * them. A few, the rest in one.
 */
export function findingWarnings({ images, scans }: RunResult): readonly FindingWarning[] {
  const warnings = images.flatMap(({ planned }): readonly FindingWarning[] => {
    const scan = scans?.get(planned.name);
    const warning = scan && warningOf(scan);
    return warning === undefined ? [] : [{ title: plainLine(planned.name), at: planned.at, ...warning }];
  });
  const [first, ...others] = warnings.slice(mostWarnings);
  if (first === undefined) return warnings;
  const rest = {
    ...first,
    title: "More findings",
    message: `${count(others.length + 1, "more image")} with new findings`,
  };
  return [...warnings.slice(0, mostWarnings), { ...rest, hint: "see the summary of the run" }];
}

type Warned = Pick<FindingWarning, "message" | "hint"> & Partial<Pick<FindingWarning, "at">>;

function warningOf(scan: ImageScan): Warned | undefined {
  if (scan.decision.kind === "blocked") return undefined;
  if (scan.kind === "scanned") return newFindings(scan);
  if (scan.decision.kind !== "passed") return undefined;
  const message = `${plainLine(scan.name)} was not scanned, and nothing is blocked for that: ${plainLine(scan.error.message)}`;
  return { message, hint: plainLine(scan.error.hint) };
}

/** In the first image of all no finding is reported as new. */
function newFindings(scan: ScannedImage): Warned | undefined {
  const added = reportedOf(scan).filter(({ standing, isBlocking }) => standing === "new" && !isBlocking);
  const [first] = added;
  if (first === undefined || scan.comparedWith.kind !== "published") return undefined;
  const few = added.slice(0, 5).map(findingLine);
  const message = `${plainLine(scan.name)} has ${count(added.length, "new finding")} (${severityCounts(added)})`;
  return {
    message: [`${message}:`, ...few].join("\n"),
    hint: plainLine(first.remedy.text),
    ...(first.at && { at: first.at }),
  };
}
