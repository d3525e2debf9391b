/** One image's findings in Markdown, folded: how to fix them, what has no fix, secrets, what is fixed. */

import { code, markdown, prose } from "../../lib/markdown.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import { severityCounts } from "../../scan/across-platforms.ts";
import type { Finding } from "../../scan/finding.ts";
import type { ImageScan, ScannedImage } from "../../scan/judged.ts";
import { pageLink } from "../summary/forge-links.ts";
import { imageText } from "../summary/shown-name.ts";
import { describeOrigin, type FindingRow, fixableRows, reportedOf, secretRows, unfixedRows } from "./finding-rows.ts";
import { systemText } from "./unwatched.ts";

const mostRows = 30;
const mostIds = 6;
const mostNames = 20;

/** One piece, bounded whatever was found; none where it was not scanned. */
export function findingDetails(scan: ImageScan): readonly string[] {
  if (scan.kind === "unscanned") return [];
  const parts = [
    rowTable("Fixed by an upgrade", ["How to fix", "Fixes", "Packages"], fixableRows(scan), fixableCells),
    rowTable("No fix yet", ["Package", "Findings", "Brought by"], unfixedRows(scan), unfixedCells),
    rowTable("Secrets in layers", ["Secret", "Where", "How to fix"], secretRows(scan), secretCells),
    ...goneAndIgnored(scan),
  ].filter((each) => each !== "");
  const platforms = scan.platforms.map((each) => {
    const system = systemText(each);
    return system === undefined ? each.platform : `${each.platform} (${system})`;
  });
  return [
    [
      `<details><summary><b>${imageText(scan.name)}</b>: ${severityCounts(reportedOf(scan))}</summary>`,
      ...parts,
      `<sub>${markdown(shortened(platforms.join(", "), 400))}</sub>`,
      "</details>\n",
    ].join("\n\n"),
  ];
}

/** What is fixed since the image that is published, and what somebody said to ignore. */
export function goneAndIgnored(scan: ScannedImage): readonly string[] {
  return [goneLine(scan), ignoredLine(scan)].filter((each) => each !== "");
}

function rowTable(
  title: string,
  columns: readonly string[],
  rows: readonly FindingRow[],
  cells: (row: FindingRow) => readonly string[],
): string {
  if (rows.length === 0) return "";
  const line = (each: readonly string[]): string => `| ${each.join(" | ")} |`;
  const more = rows.length - mostRows;
  return [
    `**${title}**\n`,
    line(columns),
    line(columns.map(() => "---")),
    ...rows.slice(0, mostRows).map((row) => line(cells(row))),
    ...(more > 0 ? [`\n_${more} more; the log has them all._`] : []),
  ].join("\n");
}

function fixableCells(row: FindingRow): readonly string[] {
  return [prose(shortened(plainLine(row.remedy.text), 400)), fixesCell(row), packagesCell(row)];
}

function unfixedCells(row: FindingRow): readonly string[] {
  return [packagesCell(row), fixesCell(row), prose(shortened(plainLine(describeOrigin(row.origin)), 200))];
}

function secretCells(row: FindingRow): readonly string[] {
  return [fixesCell(row), packagesCell(row), prose(shortened(plainLine(row.remedy.text), 400))];
}

/** `**2 critical**, 1 new: CVE-2026-1, CVE-2026-2`. */
function fixesCell({ findings, platforms }: FindingRow): string {
  const added = findings.filter(({ standing }) => standing === "new").length;
  const isBlocking = findings.some((each) => each.isBlocking);
  const numbers = severityCounts(findings);
  const ids = listed(findings, mostIds, ({ finding }) => idOf(finding));
  const where = platforms.length === 0 ? "" : `<br><sub>${markdown(platforms.join(", "))} only</sub>`;
  return `${isBlocking ? `**${numbers}**` : numbers}${added === 0 ? "" : `, ${added} new`}: ${ids}${where}`;
}

function idOf(finding: Finding): string {
  return pageLink(code(shortened(finding.id, 60)), finding.kind === "vulnerability" ? finding.url : undefined);
}

function packagesCell({ packages }: FindingRow): string {
  return listed(packages, mostIds, (each) => code(shortened(each, 160)));
}

function goneLine({ gone }: ScannedImage): string {
  if (gone.length === 0) return "";
  const nameOf = (each: Finding) =>
    `${idOf(each)} in ${code(shortened(each.kind === "secret" ? each.path : each.package, 100))}`;
  return `**Fixed since what is published:** ${listed(gone, mostNames, nameOf)}`;
}

function ignoredLine(scan: ScannedImage): string {
  const ignored = scan.platforms.flatMap(({ findings }) =>
    findings.flatMap(({ finding }) => (finding.ignored === undefined ? [] : [{ finding, by: finding.ignored }])),
  );
  if (ignored.length === 0) return "";
  const lines = new Set(
    ignored.map(({ finding, by: { source, statement } }) => {
      const why = statement === undefined ? "" : `, ${shortened(statement, 100)}`;
      return `${idOf(finding)} (${markdown(`${shortened(source, 100)}${why}`)})`;
    }),
  );
  return `**Ignored:** ${listed([...lines], mostNames, (each) => each)}`;
}

function listed<Each>(all: readonly Each[], most: number, show: (each: Each) => string): string {
  const more = all.length - most;
  return `${all.slice(0, most).map(show).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
