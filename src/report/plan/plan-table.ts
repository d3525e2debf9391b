/** A plan for the person at a terminal or in front of a log. */

import { inertLine, plainLine } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import { actionStyles, type Paint, painter } from "../log/paint.ts";
import { whyNothingIsBuilt } from "../nothing.ts";
import { middleCut, shortCommit, shortTag } from "../summary/abbreviation.ts";
import { commonTags } from "../summary/common-tags.ts";
import { describeEvent } from "../summary/event.ts";
import { leftImages } from "../summary/untouched.ts";
import { because } from "./because.ts";
import { planSentence } from "./plan-summary.ts";
import { pushTargets } from "./push-targets.ts";

export interface PlanStyle {
  /** Colours and weights as escape sequences; a log that escapes what it is given must not be handed these. */
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/**
 * A table of image, action, reasons and tags, wrapped to the width; below 72 columns a block for each image instead.
 * More than a few images that nothing is done for are named in a paragraph for each reason. No line break at the end.
 */
export function renderPlan(plan: Plan, { colour, width }: PlanStyle): string {
  const paint = painter(colour);
  const skipped = plan.images.filter((image) => image.kind === "skip");
  const folded: readonly PlannedImage[] = skipped.length > mostSkippedRows ? skipped : [];
  const common = commonTags(plan.images.filter(isTagged).map(tagsOf));
  const rows = plan.images.filter((image) => !folded.includes(image)).map((image) => rowOf(image, common, plan.push));
  const why = whyNothingIsBuilt(plan, plainLine);
  const lines = [
    paint("bold", planSentence(plan)),
    paint("dim", eventOf(plan)),
    ...(common.length === 0 ? [] : wrap(`Tags of all images: ${plainLine(common.join(", "))}`, width)),
    ...(why === undefined ? [] : wrap(why, width)),
    ...(plan.images.length === 0 && why !== undefined
      ? []
      : ["", ...(width < narrow ? blocks(rows, width, paint) : table(rows, tagTitle(common), width, paint))]),
    ...foldedLines(folded, width).map((line) => paint("dim", line)),
    ...pushLines(plan, width),
  ];
  return lines.map((line) => inertLine(line.trimEnd())).join("\n");
}

const narrow = 72;
const mostSkippedRows = 12;
const mostFoldedNames = 60;
const gap = "  ";
const indent = "    ";

interface Row {
  readonly action: string;
  readonly image: string;
  readonly why: string;
  readonly tags: string;
  readonly kind: PlannedImage["kind"];
}

function isTagged(image: PlannedImage): boolean {
  return image.kind !== "skip" && image.repositories.length > 0;
}

function tagsOf(image: PlannedImage): readonly string[] {
  return image.kind === "skip" ? [] : image.tags.map(({ tag }) => shortTag(tag));
}

function rowOf(image: PlannedImage, common: readonly string[], push: boolean): Row {
  return {
    action: image.kind,
    image: plainLine(image.name),
    why: plainLine(because(image.reasons)),
    tags: tagText(image, common, push),
    kind: image.kind,
  };
}

/** Leaves out the tags that are shown once for all images. A run that pushes nothing has no tags to show. */
function tagText(image: PlannedImage, common: readonly string[], push: boolean): string {
  if (image.kind === "skip") return "";
  if (image.repositories.length === 0) return "(not published)";
  const tags = tagsOf(image);
  if (tags.length === 0) return push ? "(no tags)" : "";
  return plainLine(tags.filter((tag) => !common.includes(tag)).join(", "));
}

function tagTitle(common: readonly string[]): string {
  return common.length === 0 ? "TAGS" : "OTHER TAGS";
}

function eventOf(plan: Plan): string {
  const base = plan.base === null ? "" : `, compared with ${shortCommit(plan.base)}`;
  return plainLine(`${describeEvent(plan, plainLine)} at ${shortCommit(plan.commit)}${base}`);
}

/** Without a column of tags where all of them are shown once for all images. */
function table(rows: readonly Row[], title: string, width: number, paint: Paint): readonly string[] {
  const withTags = rows.some(({ tags }) => tags !== "");
  const fixed = Math.max(6, ...rows.map(({ action }) => columns(action)));
  const image = Math.min(Math.floor(width / 4), Math.max(5, ...rows.map((row) => columns(row.image))));
  const rest = width - fixed - image - (withTags ? 3 : 2) * gap.length;
  const why = Math.min(Math.max(3, ...rows.map((row) => columns(row.why))), withTags ? Math.floor(rest * 0.6) : rest);
  const widths = [fixed, image, why, ...(withTags ? [rest - why] : [])];
  const heading = line(["ACTION", "IMAGE", "WHY", title].slice(0, widths.length), widths);
  return [
    paint("dim", heading),
    ...rows.flatMap((row) => {
      const cells = [row.action, middleCut(row.image, image), row.why, row.tags]
        .slice(0, widths.length)
        .map((text, column) => wrap(text, widths[column] ?? width));
      const styles = [actionStyles[row.kind], "bold", undefined, "cyan"] as const;
      return Array.from({ length: Math.max(...cells.map((cell) => cell.length)) }, (_, index) => {
        const parts = cells.map((cell, column) => pad(cell[index] ?? "", widths[column] ?? 0));
        if (row.kind === "skip") return paint("dim", parts.join(gap));
        return parts.map((part, column) => styled(part, styles[column], paint)).join(gap);
      });
    }),
  ];
}

function styled(text: string, style: Parameters<Paint>[0] | undefined, paint: Paint): string {
  return style === undefined ? text : paint(style, text);
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells.map((cell, index) => pad(cell, widths[index] ?? 0)).join(gap);
}

function blocks(rows: readonly Row[], width: number, paint: Paint): readonly string[] {
  return rows.flatMap((row) => {
    const details = [row.why, ...(row.tags === "" ? [] : [row.tags])].flatMap((text) =>
      wrap(text, width - indent.length),
    );
    const image = middleCut(row.image, width - row.action.length - 1);
    const head = `${paint(actionStyles[row.kind], row.action)} ${paint(row.kind === "skip" ? "dim" : "bold", image)}`;
    return [head, ...details.map((detail) => `${indent}${paint("dim", detail)}`)];
  });
}

function foldedLines(images: readonly PlannedImage[], width: number): readonly string[] {
  const { untouched, explained } = leftImages(images);
  return [["", untouched] as const, ...explained].flatMap(([why, some]) => {
    if (some.length === 0) return [];
    const names = some.slice(0, mostFoldedNames).map(({ name }) => plainLine(name));
    const more = some.length - names.length;
    const reason = why === "" ? "" : ` (${plainLine(why)})`;
    const skipped = `${count(some.length, "image")} skipped${reason}: ${names.join(", ")}`;
    return ["", ...wrap(`${skipped}${more > 0 ? ` and ${more} more` : ""}`, width)];
  });
}

function pushLines(plan: Plan, width: number): readonly string[] {
  const lines = pushTargets(plan).flatMap(({ at, names }) =>
    wrap(`${plainLine(at)}${names.length === 0 ? "" : `: ${names.map(plainLine).join(", ")}`}`, width - indent.length),
  );
  return lines.length === 0 ? [] : ["", "Pushes to:", ...lines.map((each) => `${indent}${each}`)];
}

/** Lines of at most `width` characters, broken at spaces; a word that is longer is broken after a slash, or cut. */
function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(8, width);
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ")) {
    const joined = current === "" ? word : `${current} ${word}`;
    if (columns(joined) <= room) {
      current = joined;
      continue;
    }
    if (current !== "") lines.push(current);
    const characters = [...word];
    while (characters.length > room) {
      const slash = characters.lastIndexOf("/", room - 1);
      lines.push(characters.splice(0, slash > 0 ? slash + 1 : room).join(""));
    }
    current = characters.join("");
  }
  return [...lines, current];
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/** Characters, not UTF-16 units; wide ones count as one, since names and tags are ASCII but for the exception. */
function columns(text: string): number {
  return [...text].length;
}
