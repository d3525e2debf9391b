/** What a scan has against an image that does not pass, or that passes and fails the run: blocking findings, and how to fix them. Pure. */
import { BlockedByCheck, type SourceLocation, type UserErrorDetails } from "../errors.ts";
import { inBackticks, plainLine } from "../lib/plain-text.ts";
import { count } from "../lib/quantities.ts";
import { acrossPlatforms, findingLine, type SeenFinding, severityCounts } from "./across-platforms.ts";
import type { ImageScan, ScannedImage } from "./judged.ts";

/** What a scan says against an image. */
export class ScanComplaint extends BlockedByCheck {
  override readonly name = "ScanComplaint";
  /** Those that count, weightiest first; none where the image could not be scanned. */
  readonly findings: readonly SeenFinding[];
  /** How many platforms the image has. */
  readonly platforms: number;

  constructor(message: string, { findings, platforms, ...details }: ComplaintParts) {
    super(message, details);
    this.findings = findings;
    this.platforms = platforms;
  }
}

type ComplaintParts = UserErrorDetails & Pick<ScanComplaint, "findings" | "platforms">;

/** Why an image may have no tags; `undefined`: it may. */
export function heldBy(scan: ImageScan): ScanComplaint | undefined {
  if (scan.passes) return undefined;
  if (scan.kind === "unscanned") {
    const isPublished = scan.isPublished === true;
    return new ScanComplaint(
      `${nameOf(scan)} could not be scanned${isPublished ? "" : ", and what is unknown does not pass"}`,
      {
        hint: `${scan.error.hint}${isPublished ? "" : "; `fail-on: none` lets it pass unscanned"}`,
        cause: scan.error,
        findings: [],
        platforms: 0,
      },
    );
  }
  const counting = countingOf(scan);
  const isStrict = scan.rules.gate === "strict";
  const holding = isStrict ? counting : counting.filter(({ standing }) => standing === "new");
  const { comparedWith } = scan;
  const why = isStrict ? ", and the policy is strict" : newness(scan);
  return complaint(`${nameOf(scan)} does not pass the scan policy: it has ${amount(holding)}${why}`, counting, {
    all: scan.platforms.length,
    at: holding[0]?.at,
    ...(comparedWith.kind === "unknown" ? { cause: comparedWith.error } : {}),
  });
}

/** A remedy of a blocking finding, with what else there is to do about any. */
export function orIgnored(remedy: string): string {
  return remedy.includes(".trivyignore.yaml")
    ? remedy
    : `${remedy}; or state in .trivyignore.yaml why it does no harm, and until when`;
}

/** Why the run fails though the image passes; `undefined`: it doesn't, or the image does not pass. */
export function redBy(scan: ImageScan): ScanComplaint | undefined {
  if (scan.kind === "unscanned" || !scan.passes || !scan.isRed) return undefined;
  const counting = countingOf(scan);
  const all = scan.platforms.length;
  const name = nameOf(scan);
  const { comparedWith } = scan;
  if (comparedWith.kind !== "published")
    return complaint(`${name}, as published, has ${amount(counting)}`, counting, { all, at: counting[0]?.at });
  const [already, fixed] = counting.length === 1 ? ["has it", "it is"] : ["has them", "they are"];
  const sentence = `${name} has ${amount(counting)}: \`${comparedWith.tag}\` already ${already}, so the image was published; the run fails until ${fixed} fixed`;
  return complaint(sentence, counting, { all, at: counting[0]?.at });
}

function nameOf({ name }: ImageScan): string {
  return inBackticks(plainLine(name));
}

function countingOf(scan: ScannedImage): readonly SeenFinding[] {
  return acrossPlatforms(scan).filter(({ counts }) => counts);
}

function newness({ comparedWith }: ScannedImage): string {
  switch (comparedWith.kind) {
    case "published":
      return `, which \`${comparedWith.tag}\` doesn't have`;
    case "unknown":
      return ", and what is published is unknown";
    default:
      return "";
  }
}

/** `2 blocking findings (2 critical)`. */
function amount(findings: readonly SeenFinding[]): string {
  return `${count(findings.length, "blocking finding")} (${severityCounts(findings)})`;
}

const mostFindings = 20;
const mostRemedies = 3;

interface ComplaintDetails {
  /** How many platforms there are. */
  readonly all: number;
  /** `undefined`: at the line that brings the image's base. */
  readonly at: SourceLocation | undefined;
  readonly cause?: unknown;
}

/** The sentence, then a line for each blocking finding. */
function complaint(
  sentence: string,
  counting: readonly SeenFinding[],
  { all, at, cause }: ComplaintDetails,
): ScanComplaint {
  const lines = counting.slice(0, mostFindings).map((each) => findingLine(each, all));
  const more = counting.length - lines.length;
  const remedies = [...new Set(counting.map(({ remedy }) => plainLine(remedy)))];
  const others = remedies.length - mostRemedies;
  const shown = [...remedies.slice(0, mostRemedies), ...(others > 0 ? [`${others} more under Findings`] : [])];
  return new ScanComplaint(
    [sentence, ...lines, ...(more > 0 ? [`and ${count(more, "more finding")}`] : [])].join("\n"),
    {
      hint: orIgnored(shown.join("; ")),
      cause,
      findings: counting,
      platforms: all,
      ...(at === undefined ? {} : { at }),
    },
  );
}
