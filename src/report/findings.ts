/** What the scans found, in the job's summary: a table of images, and for each, folded, what to do. */

import { code, markdown, prose, sentence } from "../markdown.ts";
import { plainLine, shortened } from "../plain-text.ts";
import { count } from "../quantities.ts";
import { severityCounts } from "../scan/across-platforms.ts";
import type { Comparison, ImageScan } from "../scan/judged.ts";
import { type FindingCounts, findingCounts, makesRed } from "./finding-counts.ts";
import { findingDetails } from "./finding-details.ts";
import { reportedOf } from "./finding-rows.ts";
import type { RunResult } from "./run-result.ts";
import { type Section, text } from "./sections.ts";
import { unwatchedBrief } from "./unwatched.ts";

/** Nothing where nothing was scanned. */
export function findingSections({ images, scans, mended = [] }: RunResult): readonly Section[] {
  const all = [...(scans?.values() ?? [])];
  if (all.length === 0) return [];
  const asPublished = new Set(images.flatMap(({ outcome, planned }) => (outcome === "skipped" ? [planned.name] : [])));
  const clean = all.filter(isClean);
  const others = all.filter((scan) => !isClean(scan));
  const which = others.length === 0 ? count(all.length, "image") : `the other ${count(clean.length, "image")}`;
  const none = clean.length === 0 ? "" : `Nothing to report in ${which}.`;
  const rebuild = mended.length === 0 ? "" : `**A rebuild would mend:** ${names(mended)}`;
  return [
    text("### Findings"),
    ...(others.length === 0 ? [] : [table(others, asPublished)]),
    text([none, rebuild].filter((each) => each !== "").join("\n\n")),
    { head: "", pieces: others.flatMap((scan) => findingDetails(scan)), tail: "", what: "images' findings" },
  ];
}

/** Nothing is reported, nothing went, and nothing could have been missed. */
function isClean(scan: ImageScan): boolean {
  const counts = findingCounts(scan);
  if (scan.kind === "unscanned" || unwatchedBrief(scan) !== undefined) return false;
  return reportedOf(scan).length === 0 && counts?.gone === 0 && counts.ignored === 0;
}

const columns = ["Image", "Findings", "An upgrade mends", "No fix yet", "Compared with what is published"];

function table(scans: readonly ImageScan[], asPublished: ReadonlySet<string>): Section {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return {
    head: [row(columns), row(columns.map(() => "---"))].join("\n"),
    pieces: scans.map((scan) => row(cellsOf(scan, asPublished.has(scan.name)))),
    tail: "",
    what: "images",
  };
}

function cellsOf(scan: ImageScan, isAsPublished: boolean): readonly string[] {
  const name = `${markOf(scan)} **${markdown(shortened(plainLine(scan.name), 100))}**`;
  const counts = findingCounts(scan);
  if (scan.kind === "unscanned" || counts === null) {
    const why = prose(sentence(shortened(plainLine(scan.kind === "unscanned" ? scan.error.message : ""), 300)));
    const then = scan.passes ? "published unseen, as nothing counts" : "held";
    return [name, `not scanned: ${why}`, "", "", isAsPublished ? "it stays published" : then];
  }
  const reported = severityCounts(reportedOf(scan)) || "none";
  const counting = counts.counting === 0 ? "" : `<br>**${counts.counting} count${counts.counting === 1 ? "s" : ""}**`;
  const unwatched = unwatchedBrief(scan);
  return [
    name,
    `${reported}${counting}${unwatched === undefined ? "" : `<br>**${unwatched}**`}`,
    `${counts.fixable}`,
    `${counts.unfixed}`,
    comparedCell(scan.comparedWith, counts),
  ];
}

function markOf(scan: ImageScan): string {
  if (makesRed(scan)) return "❌";
  return scan.kind === "unscanned" ? "⚠️" : "✅";
}

function comparedCell(comparedWith: Comparison, { new: added, known, gone }: FindingCounts): string {
  switch (comparedWith.kind) {
    case "first":
      return "nothing is published yet";
    case "itself":
      return "this is published";
    case "unknown":
      return `not known, so all count as new: ${prose(sentence(shortened(plainLine(comparedWith.error.message), 300)))}`;
    case "published":
      return `${added} new, ${known} known, ${gone} gone<br><sub>${code(shortened(comparedWith.tag, 60))}</sub>`;
  }
}

const mostNames = 60;

function names(images: readonly string[]): string {
  const more = images.length - mostNames;
  const shown = images.slice(0, mostNames).map((each) => code(shortened(each, 100)));
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
