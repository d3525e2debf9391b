/** What failed, in the job's summary: an overview where there is much of it, then what happened, why and how to fix it, once each. */
import { code, codeBlock, markdown, prose, sentence } from "../../lib/markdown.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Plan } from "../../plan/plan.ts";
import type { OtherFailure, RunResult } from "../../results/run-result.ts";
import { findingLine } from "../../scan/across-platforms.ts";
import { orIgnored } from "../../scan/complaint.ts";
import { errorParagraphs, errorText } from "../error-text.ts";
import { type Failure, failuresOf } from "../failures.ts";
import { findingsInWords } from "../findings/finding-words.ts";
import { byRemedy, equalFailures, type FailureGroup, type RemedyGroup, waitingFor } from "./failure-groups.ts";
import { imageCode, imageHeading } from "./image-name.ts";
import { fileLink, pageLink } from "./links.ts";
import { type Section, text } from "./sections.ts";

/** With more failures, the sections start with an overview. */
const fewFailures = 3;
const mostRemedies = 10;
const mostFindings = 20;
const mostNames = 60;
const mostInHeading = 3;

export function failureSections(result: RunResult): readonly Section[] {
  const failures = failuresOf(result);
  const groups = equalFailures(
    failures.filter(({ findings }) => findings.length === 0),
    result.plan.images,
  );
  const remedies = byRemedy(failures);
  const shown = remedies.slice(0, mostRemedies);
  const left = remedies.length - shown.length;
  return [
    groups.length > fewFailures ? overview(groups, result) : text(""),
    pieces(groups.map((group) => failureBlock(group, result))),
    pieces(shown.map((group, index) => remedyBlock(group, shown.slice(0, index), result))),
    text(left > 0 ? `_${count(left, "more way")} to fix findings: see Findings below._` : ""),
    pieces((result.otherFailures ?? []).map((failure) => otherBlock(failure, result))),
  ];
}

function pieces(blocks: readonly string[]): Section {
  return { head: "", pieces: blocks.map((block) => `${block}\n`), tail: "", what: "failures" };
}

/** A row for each failure, whatever room is left for what comes below. */
function overview(groups: readonly FailureGroup[], { plan, forge }: RunResult): Section {
  const rows = groups.map(({ first, others }) => {
    const images = headingNames([first, ...others]);
    const what = prose(shortened(inOneLine(first), 200));
    return `| ${images} | ${what} | ${first.at === undefined ? "" : fileLink(forge, plan.commit, first.at)} |`;
  });
  const heading = imageHeading(
    groups.map(({ first }) => first.image),
    "Failed",
  );
  return { head: `| ${heading} | Cause | Place |\n| --- | --- | --- |`, pieces: rows, tail: "", what: "failures" };
}

function failureBlock({ first, others }: FailureGroup, { plan, forge }: RunResult): string {
  const linked = ({ at }: Failure) => (at === undefined ? "" : fileLink(forge, plan.commit, at));
  const same = others.map((each) => `${imageCode(each.image)}${each.at === undefined ? "" : ` (${linked(each)})`}`);
  const { excerpt, output } = first;
  return [
    `### ${first.isBlocked ? "🛑" : "❌"} ${headingNames([first, ...others])}`,
    ...errorParagraphs(first, linked(first), [
      ...excerpt,
      ...(excerpt.length > 0 && output.length > 0 ? [""] : []),
      ...output,
    ]),
    ...listed("The same happened to", same),
    ...listed("Tags that are in place", first.put.map(imageCode)),
    ...listed("Tags that are missing", first.missing.map(imageCode)),
    ...waitingLines([first, ...others], plan),
    ...(first.built === undefined || first.kind !== "failed"
      ? []
      : [`Its build was good (${code(first.built)}); what came after it failed.`]),
  ].join("\n\n");
}

function otherBlock({ title, error }: OtherFailure, { plan, forge }: RunResult): string {
  const told = errorText(error);
  const place = told.at === undefined ? "" : fileLink(forge, plan.commit, told.at);
  return [`### ❌ ${title}`, ...errorParagraphs(told, place, told.quoted)].join("\n\n");
}

/** @param before those that are shown above: what waits for an image, and the sentence on it, stand once. */
function remedyBlock({ remedy, of }: RemedyGroup, before: readonly RemedyGroup[], { plan, forge }: RunResult): string {
  const isBlocked = of.some(({ failure }) => failure.isBlocked);
  const told = new Set(before.flatMap((group) => group.of.map(({ failure }) => failure)));
  const fresh = of.flatMap(({ failure }) => (told.has(failure) ? [] : [failure]));
  const placed = ({ failure, findings }: RemedyGroup["of"][number]) => {
    const at = findings[0]?.at ?? failure.at;
    return at === undefined ? "" : ` (${fileLink(forge, plan.commit, at)})`;
  };
  const all = findingsInWords(of.flatMap(({ findings }) => findings));
  const causes = [...new Set(fresh.flatMap((failure) => failure.causes))];
  return [
    `### ${isBlocked ? "🛑" : "❌"} ${headingNames(of.map(({ failure }) => failure))}: ${markdown(all)}`,
    ...whereOf(of, placed),
    ...causes.map((cause) => `Cause: ${prose(cause)}`),
    findingList(of),
    `**How to fix:** ${prose(sentence(shortened(orIgnored(plainLine(remedy)), 1000)))}`,
    ...waitingLines(fresh, plan),
    ...listed("Also in images that depend on it", fresh.flatMap((failure) => failure.heirs).map(imageCode)),
  ].join("\n\n");
}

/** Of one image whose findings are all here, the sentence; of others their places, and how many of their findings these are. */
function whereOf(of: RemedyGroup["of"], placed: (each: RemedyGroup["of"][number]) => string): readonly string[] {
  const [only, ...others] = of;
  if (only !== undefined && others.length === 0 && only.findings.length === only.failure.findings.length) {
    return [`${prose(only.failure.what)}${placed(only)}`];
  }
  const part = ({ failure, findings }: RemedyGroup["of"][number]): string =>
    findings.length === failure.findings.length
      ? ""
      : `, ${findings.length} of its ${count(failure.findings.length, "blocking finding")}`;
  return listed(
    "In",
    of.map((each) => `${imageCode(each.failure.image)}${placed(each)}${part(each)}`),
  );
}

/** Each finding once, though several images have it, and where more is to be read of it. */
function findingList(of: RemedyGroup["of"]): string {
  const lines = of.flatMap(({ failure, findings }) =>
    findings.map(({ finding, ...each }) => ({
      line: findingLine({ finding, ...each }, failure.platforms),
      page: pageLink(code(finding.id), finding.kind === "vulnerability" ? finding.url : undefined),
    })),
  );
  const unique = [...new Map(lines.map((each) => [each.line, each])).values()];
  const more = unique.length - mostFindings;
  const shown = unique.slice(0, mostFindings);
  const block = [...shown.map(({ line }) => line), ...(more > 0 ? [`and ${count(more, "more finding")}`] : [])];
  const pages = [...new Set(shown.flatMap(({ page }) => (page.startsWith("[") ? [page] : [])))];
  return [codeBlock(block, "text"), ...(pages.length === 0 ? [] : [`Details: ${pages.join(", ")}`])].join("\n\n");
}

function waitingLines(failures: readonly Failure[], plan: Plan): readonly string[] {
  return waitingFor(failures, plan, imageCode).flatMap(({ title, images }) => listed(title, images.map(imageCode)));
}

function listed(title: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length - mostNames;
  return [`**${title}:** ${[...names.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(", ")}`];
}

function headingNames(failures: readonly Failure[]): string {
  const names = [...new Set(failures.map(({ image }) => image))];
  const more = names.length - mostInHeading;
  return `${names.slice(0, mostInHeading).map(imageCode).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The sentence for a line that names the image already, and the last words of what failed. */
function inOneLine({ what, image, lastWords }: Failure): string {
  const start = `${image} could not be built: `;
  const sentence = what.startsWith(start) ? what.slice(start.length) : what;
  return lastWords === undefined || sentence.endsWith(lastWords) ? sentence : `${sentence}: ${lastWords}`;
}
