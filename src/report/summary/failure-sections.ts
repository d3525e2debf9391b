/** What failed, in the job's summary: an overview where there is much of it, then what happened, why and how to fix it, once each. */
import { capitalized, code, codeBlock, markdown, prose, sentence } from "../../lib/markdown.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Plan } from "../../plan/plan.ts";
import type { OtherFailure } from "../../results/run-result.ts";
import { findingLine } from "../../scan/across-platforms.ts";
import { orIgnored } from "../../scan/scan-failure.ts";
import { errorParagraphs, errorText } from "../error-text.ts";
import type { RunReport } from "../failures.ts";
import { findingsInWords } from "../findings/finding-words.ts";
import { findingsOf, heirsOf, type ImageFailure, inOneLine, missingOf, outputOf, putOf } from "../image-failure.ts";
import { byRemedy, equalFailures, type FailureGroup, type RemedyGroup, waitingFor } from "./failure-groups.ts";
import { fileLink, pageLink } from "./forge-links.ts";
import { type Section, text } from "./sections.ts";
import { imageCode, imageHeading } from "./shown-name.ts";

/** With more failures, the sections start with an overview. */
const fewFailures = 3;
const mostRemedies = 10;
const mostFindings = 20;
const mostNames = 60;
const mostInHeading = 3;

export function failureSections(result: RunReport): readonly Section[] {
  const { failures } = result;
  const groups = equalFailures(
    failures.filter((failure) => findingsOf(failure).length === 0),
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
function overview(groups: readonly FailureGroup[], { plan, forge }: RunReport): Section {
  const rows = groups.map(({ first, others }) => {
    const images = headingNames([first, ...others]);
    const what = prose(shortened(inOneLine(first), 200));
    return `| ${images} | ${what} | ${first.text.at === undefined ? "" : fileLink(forge, plan.commit, first.text.at)} |`;
  });
  const heading = imageHeading(
    groups.map(({ first }) => first.image),
    groups.every(({ first }) => first.kind === "blocked") ? "Blocked" : "Failed",
  );
  return { head: `| ${heading} | Cause | Place |\n| --- | --- | --- |`, pieces: rows, tail: "", what: "failures" };
}

function failureBlock({ first, others }: FailureGroup, { plan, forge }: RunReport): string {
  const linked = ({ text: { at } }: ImageFailure) => (at === undefined ? "" : fileLink(forge, plan.commit, at));
  const same = others.map(
    (each) => `${imageCode(each.image)}${each.text.at === undefined ? "" : ` (${linked(each)})`}`,
  );
  const excerpt = first.kind === "build" ? first.excerpt : [];
  const output = outputOf(first);
  return [
    `### ${first.kind === "blocked" ? "🛑" : "❌"} ${headingNames([first, ...others])}`,
    ...errorParagraphs(first.text, linked(first), [
      ...excerpt,
      ...(excerpt.length > 0 && output.length > 0 ? [""] : []),
      ...output,
    ]),
    ...listed("The same happened to", same),
    ...listed("Tags that are in place", putOf(first).map(imageCode)),
    ...listed("Tags that are missing", missingOf(first).map(imageCode)),
    ...waitingLines([first, ...others], plan),
    ...(first.kind === "publish" && first.built !== undefined
      ? [`Its build was good (${code(first.built)}); what came after it failed.`]
      : []),
  ].join("\n\n");
}

function otherBlock({ clause, error }: OtherFailure, { plan, forge }: RunReport): string {
  const text = errorText(error);
  const place = text.at === undefined ? "" : fileLink(forge, plan.commit, text.at);
  return [`### ❌ ${capitalized(clause)}`, ...errorParagraphs(text, place, text.quoted)].join("\n\n");
}

/** @param before those that are shown above: what waits for an image, and the sentence on it, stand once. */
function remedyBlock({ remedy, of }: RemedyGroup, before: readonly RemedyGroup[], { plan, forge }: RunReport): string {
  const isBlocked = of.some(({ failure }) => failure.kind === "blocked");
  const shown = new Set(before.flatMap((group) => group.of.map(({ failure }) => failure)));
  const fresh = of.flatMap(({ failure }) => (shown.has(failure) ? [] : [failure]));
  const placed = ({ failure, findings }: RemedyGroup["of"][number]) => {
    const at = findings[0]?.at ?? failure.text.at;
    return at === undefined ? "" : ` (${fileLink(forge, plan.commit, at)})`;
  };
  const all = of.flatMap(({ findings }) => findings);
  const causes = [...new Set(fresh.flatMap((failure) => failure.text.causes))];
  return [
    `### ${isBlocked ? "🛑" : "❌"} ${headingNames(of.map(({ failure }) => failure))}: ${markdown(findingsInWords(all))}`,
    ...whereOf(of, placed),
    ...causes.map((cause) => `Cause: ${prose(cause)}`),
    findingList(of),
    `**How to fix:** ${prose(sentence(shortened(plainLine(orIgnored(remedy, all.length)), 1000)))}`,
    ...waitingLines(fresh, plan),
    ...listed("Also in images that depend on it", fresh.flatMap(heirsOf).map(imageCode)),
  ].join("\n\n");
}

/** Of one image whose findings are all here, the sentence; of others their places, and how many of their findings these are. */
function whereOf(of: RemedyGroup["of"], placed: (each: RemedyGroup["of"][number]) => string): readonly string[] {
  const [only, ...others] = of;
  if (only !== undefined && others.length === 0 && only.findings.length === findingsOf(only.failure).length) {
    return [`${prose(only.failure.text.what)}${placed(only)}`];
  }
  const part = ({ failure, findings }: RemedyGroup["of"][number]): string => {
    const all = findingsOf(failure).length;
    return findings.length === all ? "" : `, ${findings.length} of its ${count(all, "blocking finding")}`;
  };
  return listed(
    "In",
    of.map((each) => `${imageCode(each.failure.image)}${placed(each)}${part(each)}`),
  );
}

/** Each finding once, though several images have it, and where more is to be read of it. */
function findingList(of: RemedyGroup["of"]): string {
  const lines = of.flatMap(({ findings }) =>
    findings.map((each) => ({
      line: findingLine(each),
      page: pageLink(code(each.finding.id), each.finding.kind === "vulnerability" ? each.finding.url : undefined),
    })),
  );
  const unique = [...new Map(lines.map((each) => [each.line, each])).values()];
  const more = unique.length - mostFindings;
  const shown = unique.slice(0, mostFindings);
  const block = [...shown.map(({ line }) => line), ...(more > 0 ? [`and ${count(more, "more finding")}`] : [])];
  const pages = [...new Set(shown.flatMap(({ page }) => (page.startsWith("[") ? [page] : [])))];
  return [codeBlock(block, "text"), ...(pages.length === 0 ? [] : [`Details: ${pages.join(", ")}`])].join("\n\n");
}

function waitingLines(failures: readonly ImageFailure[], plan: Plan): readonly string[] {
  return waitingFor(failures, plan, imageCode).flatMap(({ title, images }) => listed(title, images.map(imageCode)));
}

function listed(title: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length - mostNames;
  return [`**${title}:** ${[...names.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(", ")}`];
}

function headingNames(failures: readonly ImageFailure[]): string {
  const names = [...new Set(failures.map(({ image }) => image))];
  const more = names.length - mostInHeading;
  return `${names.slice(0, mostInHeading).map(imageCode).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
