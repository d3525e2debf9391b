/** What the scans found, in the job's summary: a table of images, and for each, folded, what to do. */

import { code, markdown, prose, sentence } from "../../lib/markdown.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import { familiarRepository } from "../../model/reference.ts";
import type { ImageResult, RunResult } from "../../results/run-result.ts";
import { severityCounts } from "../../scan/across-platforms.ts";
import type { ImageScan, ScanComparison, SeenFinding } from "../../scan/judged.ts";
import type { ScannerFacts } from "../../scan/scanner-facts.ts";
import { type Section, text } from "../summary/sections.ts";
import { imageCode, imageHeading, imageText } from "../summary/shown-name.ts";
import { type FindingCounts, failsRun, findingCounts } from "./finding-counts.ts";
import { findingDetails, goneAndIgnored } from "./finding-details.ts";
import { reportedOf } from "./finding-rows.ts";
import { bringerIn } from "./inherited.ts";
import { systemText, unwatchedBrief } from "./unwatched.ts";

/** Nothing where nothing was scanned. */
export function findingSections({ images, scans, scanner, fixableByRebuild = [] }: RunResult): readonly Section[] {
  const all = [...(scans?.values() ?? [])];
  if (all.length === 0) return [];
  const byName = new Map(images.map((image) => [image.planned.name, image]));
  const [heirs, own] = split(all, (scan) => heirOf(scan, byName.get(scan.name), scans).length > 0);
  const rows = own.filter(hasRow);
  const noted = own.filter((scan) => !hasRow(scan) && noteOf(scan) !== "");
  const clean = own.length - rows.length - noted.length;
  const rebuild = fixableByRebuild.length === 0 ? "" : `**Fixed by a rebuild:** ${names(fixableByRebuild)}`;
  return [
    text("### Findings"),
    ...(rows.length === 0 ? [] : [table(rows, byName)]),
    { head: "", pieces: heirLines(heirs, byName, scans), tail: "", what: "notes on images" },
    { head: "", pieces: noteLines(noted), tail: "", what: "notes on images" },
    text([cleanLine(clean, all.length), rebuild, scannerLine(scanner)].filter((each) => each !== "").join("\n\n")),
    { head: "", pieces: detailed(rows).flatMap((scan) => findingDetails(scan)), tail: "", what: "images' findings" },
    publishedSection(all, byName),
  ];
}

function split<Each>(all: readonly Each[], is: (each: Each) => boolean): readonly [readonly Each[], readonly Each[]] {
  return [all.filter(is), all.filter((each) => !is(each))];
}

function cleanLine(clean: number, all: number): string {
  if (clean === 0) return "";
  if (clean === all) return `No findings in ${count(clean, "image")}.`;
  return clean === 1 ? "The other image has no findings." : `The other ${clean} images have no findings.`;
}

type Scans = NonNullable<RunResult["scans"]>;

/**
 * The images that bring all of an image's findings, which are in their rows; none where it has more of its own, or is blocked though
 * they are not.
 */
function heirOf(scan: ImageScan, image: ImageResult | undefined, scans: Scans | undefined): readonly string[] {
  if (scan.kind === "unscanned" || image?.outcome === "blocked" || goneAndIgnored(scan).length > 0) return [];
  const bringers = reportedOf(scan).map((each) => bringerIn(each, scans));
  const all = [...new Set(bringers.filter((each) => each !== undefined))];
  const failsAlone = image?.outcome !== "skipped-for-parent" && failsRun(scan) && !all.some(failsRun);
  return bringers.includes(undefined) || failsAlone ? [] : all.map(({ name }) => name);
}

/** A line for each image that others have all their findings from. */
function heirLines(
  heirs: readonly ImageScan[],
  images: ReadonlyMap<string, ImageResult>,
  scans: Scans | undefined,
): readonly string[] {
  const groups = Map.groupBy(heirs, (scan) => JSON.stringify(heirOf(scan, images.get(scan.name), scans)));
  return [...groups.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const bringers = heirOf(first, images.get(first.name), scans);
    const marks = [...new Set(some.map((scan) => markOf(scan, images.get(scan.name))))].join("");
    return [
      `\n${marks} The findings of ${names(bringers)} are also in what depends on it: ${names(some.map(({ name }) => name))}`,
    ];
  });
}

/** What was scanned, where that is what is published. */
function publishedSection(scans: readonly ImageScan[], images: ReadonlyMap<string, ImageResult>): Section {
  const lines = scans.flatMap((scan) => {
    const found = scan.kind === "scanned" && scan.comparedWith.kind === "itself" ? scan.comparedWith.found : undefined;
    const repository = images.get(scan.name)?.planned.repositories[0];
    if (found === undefined || repository === undefined) return [];
    return [plainLine(`${familiarRepository(repository)}:${found.tag}@${found.digest}`)];
  });
  if (lines.length === 0) return text("");
  return {
    head: `<details><summary>What was scanned (${lines.length})</summary>\n\n\`\`\`text`,
    pieces: lines,
    tail: "```\n\n</details>",
    what: "references",
  };
}

/** Findings are reported, or it was not scanned. */
function hasRow(scan: ImageScan): boolean {
  return scan.kind === "unscanned" || reportedOf(scan).length > 0;
}

/** Those that have more than the images below them, which are in the table too, bring. */
function detailed(scans: readonly ImageScan[]): readonly ImageScan[] {
  const seen = new Set(scans.flatMap((scan) => (scan.kind === "scanned" ? [scan.name] : [])));
  const isInherited = ({ origin }: SeenFinding): boolean =>
    origin.kind === "base" && origin.isOwn && seen.has(origin.name);
  return scans.filter(
    (scan) => scan.kind === "scanned" && !(reportedOf(scan).every(isInherited) && goneAndIgnored(scan).length === 0),
  );
}

/** Images of which the same is to be known share a line. */
function noteLines(scans: readonly ImageScan[]): readonly string[] {
  const groups = Map.groupBy(scans, noteOf);
  return Array.from(groups, ([note, some]) => `- ${names(some.map(({ name }) => name))}: no findings; ${note}`);
}

/** What there is to know of an image without findings: what is fixed, what is ignored, what nobody could see; empty for nothing. */
function noteOf(scan: ImageScan): string {
  if (scan.kind === "unscanned") return "";
  const unwatched = unwatchedBrief(scan);
  const system = [...new Set(scan.platforms.flatMap((each) => systemText(each) ?? []))].join(", ");
  const notes = [
    ...(unwatched === undefined ? [] : [`**${unwatched}** (${markdown(shortened(system, 200))})`]),
    ...goneAndIgnored(scan),
  ];
  return notes.join("; ");
}

function scannerLine(scanner: ScannerFacts | undefined): string {
  if (scanner === undefined) return "";
  const database =
    scanner.database === undefined
      ? ""
      : `, with the vulnerability database of ${new Date(scanner.database).toISOString().slice(0, 10)}`;
  return `<sub>Scanned by ${markdown(shortened(scanner.name, 60))}${database}.</sub>`;
}

function table(scans: readonly ImageScan[], images: ReadonlyMap<string, ImageResult>): Section {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const columns = [
    imageHeading(scans.map(({ name }) => `✅ ${name}`)),
    ...["Findings", "Fix available", "No fix yet", "Compared with what is published"],
  ];
  return {
    head: [row(columns), row(columns.map(() => "---"))].join("\n"),
    pieces: scans.map((scan) => row(cellsOf(scan, images.get(scan.name)))),
    tail: "",
    what: "images",
  };
}

function cellsOf(scan: ImageScan, image: ImageResult | undefined): readonly string[] {
  const name = `${markOf(scan, image)} **${imageText(scan.name)}**`;
  const counts = findingCounts(scan);
  if (scan.kind === "unscanned" || counts === null) {
    const why = prose(sentence(shortened(plainLine(scan.kind === "unscanned" ? scan.error.message : ""), 300)));
    const then = scan.decision.kind === "passed" ? "published unscanned, as nothing blocks" : "not tagged";
    return [name, `not scanned: ${why}`, "", "", image?.outcome === "skipped" ? "it stays published" : then];
  }
  const blocking = counts.counting === 0 ? "" : `<br>**${counts.counting} blocking**`;
  const unwatched = unwatchedBrief(scan);
  return [
    name,
    `${severityCounts(reportedOf(scan))}${blocking}${unwatched === undefined ? "" : `<br>**${unwatched}**`}`,
    counts.fixable === 0 ? "" : `${counts.fixable}`,
    counts.unfixed === 0 ? "" : `${counts.unfixed}`,
    comparedCell(scan.comparedWith, counts),
  ];
}

function markOf(scan: ImageScan, image: ImageResult | undefined): string {
  if (image?.outcome === "blocked") return "🛑";
  if (image?.outcome === "skipped-for-parent") return "⛔";
  if (failsRun(scan)) return "❌";
  return scan.kind === "unscanned" ? "⚠️" : "✅";
}

function comparedCell(comparedWith: ScanComparison, { new: added, known, gone }: FindingCounts): string {
  switch (comparedWith.kind) {
    case "first":
      return "nothing is published yet";
    case "itself":
      return "this is published";
    case "unknown":
      return `unknown, so all are taken as new: ${prose(sentence(shortened(plainLine(comparedWith.error.message), 300)))}`;
    case "published":
      return `${numbers({ new: added, existing: known, fixed: gone })}<br><sub>${code(shortened(comparedWith.tag, 60))}</sub>`;
  }
}

/** `2 new, 1 existing`: those that there are. */
function numbers(counts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(counts).flatMap(([what, number]) => (number === 0 ? [] : [`${number} ${what}`]));
  return shown.join(", ");
}

const mostNames = 60;

function names(images: readonly string[]): string {
  const more = images.length - mostNames;
  const shown = images.slice(0, mostNames).map(imageCode);
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
