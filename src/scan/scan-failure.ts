/** Why a scan blocks an image or fails the run, and how to fix it, as people read it. What is blocked decides `judge.ts`. Pure. */
import { type SourceLocation, UserError } from "../errors.ts";
import { inBackticks, plainLine } from "../lib/plain-text.ts";
import { count } from "../lib/quantities.ts";
import { findingLine, severityCounts } from "./across-platforms.ts";
import type { ImageScan, Remedy, ScannedImage, SeenFinding } from "./judged.ts";

export interface ScanFailure {
  readonly error: UserError;
  /** All that are blocking, weightiest first; none where the image could not be scanned. */
  readonly findings: readonly SeenFinding[];
  /** Those that decide. */
  readonly because: readonly SeenFinding[];
}

/** `undefined` where the scan neither blocks the image nor fails the run. */
export function scanFailure(scan: ImageScan): ScanFailure | undefined {
  const { decision } = scan;
  if (decision.kind === "passed") return undefined;
  if (scan.kind === "unscanned") return { error: unscanned(scan), findings: [], because: [] };
  const findings = scan.findings.filter(({ isBlocking }) => isBlocking);
  const { because } = decision;
  const [sentence, cause] =
    decision.kind === "blocked"
      ? [blockedSentence(scan, because), doubtOf(scan)]
      : [failsSentence(scan, because), undefined];
  return { error: errorFor(sentence, findings, { at: because[0]?.at, cause }), findings, because };
}

/** The remedy of so many blocking findings, with what else there is to do about any. */
export function orIgnored(remedy: Remedy, findings: number): string {
  return remedy.mentionsIgnoring
    ? remedy.text
    : `${remedy.text}; or ignore ${findings === 1 ? "it" : "them"} in .trivyignore.yaml, with a statement`;
}

function unscanned(scan: Extract<ImageScan, { readonly kind: "unscanned" }>): UserError {
  const isBlocked = scan.decision.kind === "blocked";
  return new UserError(`${nameOf(scan)} could not be scanned${isBlocked ? ", so it is blocked" : ""}`, {
    hint: `${scan.error.hint}${isBlocked ? "; `fail-on: none` lets it pass unscanned" : ""}`,
    cause: scan.error,
  });
}

function blockedSentence(scan: ScannedImage, because: readonly SeenFinding[]): string {
  return `${nameOf(scan)} does not pass the scan policy: it has ${amount(because)}${whyBlocked(scan)}`;
}

function whyBlocked({ rules, comparedWith }: ScannedImage): string {
  if (rules.gate === "strict") return ", and the policy is strict";
  switch (comparedWith.kind) {
    case "published":
      return `, which \`${comparedWith.tag}\` doesn't have`;
    case "unknown":
      return ", and what is published is unknown";
    default:
      return "";
  }
}

function doubtOf({ comparedWith }: ScannedImage): UserError | undefined {
  return comparedWith.kind === "unknown" ? comparedWith.error : undefined;
}

function failsSentence(scan: ScannedImage, because: readonly SeenFinding[]): string {
  const { comparedWith } = scan;
  const name = nameOf(scan);
  if (comparedWith.kind !== "published") return `${name}, as published, has ${amount(because)}`;
  const [already, fixed] = because.length === 1 ? ["has it", "it is"] : ["has them", "they are"];
  return `${name} has ${amount(because)}: \`${comparedWith.tag}\` already ${already}, so the image was published; the run fails until ${fixed} fixed`;
}

function nameOf({ name }: ImageScan): string {
  return inBackticks(plainLine(name));
}

/** `2 blocking findings (2 critical)`. */
function amount(findings: readonly SeenFinding[]): string {
  return `${count(findings.length, "blocking finding")} (${severityCounts(findings)})`;
}

const mostFindings = 20;
const mostRemedies = 3;

interface Details {
  /** `undefined`: at the line that brings the image's base. */
  readonly at: SourceLocation | undefined;
  readonly cause: UserError | undefined;
}

/** The sentence, then a line for each blocking finding. */
function errorFor(sentence: string, findings: readonly SeenFinding[], { at, cause }: Details): UserError {
  const lines = findings.slice(0, mostFindings).map(findingLine);
  const more = findings.length - lines.length;
  return new UserError([sentence, ...lines, ...(more > 0 ? [`and ${count(more, "more finding")}`] : [])].join("\n"), {
    hint: remediesOf(findings),
    cause,
    ...(at === undefined ? {} : { at }),
  });
}

function remediesOf(findings: readonly SeenFinding[]): string {
  const remedies = [...new Map(findings.map(({ remedy }) => [plainLine(remedy.text), remedy]))];
  const others = remedies.length - mostRemedies;
  const shown = remedies.slice(0, mostRemedies);
  const text = [...shown.map(([each]) => each), ...(others > 0 ? [`${others} more under Findings`] : [])].join("; ");
  const mentionsIgnoring = shown.some(([, remedy]) => remedy.mentionsIgnoring);
  return orIgnored({ text, mentionsIgnoring }, findings.length);
}
