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
  const rows = plan.images.filter((image) => !folded.includes(image)).map((image) => rowOf(image, common));
  const why = whyNothingIsBuilt(plan, plainLine);
  const lines = [
    paint("bold", planSentence(plan)),
    paint("dim", eventOf(plan)),
    ...(common.length === 0 ? [] : wrap(`Tags of all images: ${plainLine(common.join(", "))}`, width)),
    ...(why === undefined ? [] : wrap(why, width)),
    ...(plan.images.length === 0 && why !== undefined
      ? []
      : ["", ...(width < narrow ? blocks(rows, width, paint) : table(rows, width, paint))]),
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

function rowOf(image: PlannedImage, common: readonly string[]): Row {
  const tags = tagsOf(image)
    .filter((tag) => !common.includes(tag))
    .join(", ");
  const unpublished = image.kind === "build" && image.repositories.length === 0;
  return {
    action: image.kind,
    image: plainLine(image.name),
    why: plainLine(because(image.reasons)),
    tags: unpublished ? "(not published)" : tags === "" && image.kind !== "skip" ? "(no tags)" : plainLine(tags),
    kind: image.kind,
  };
}

function eventOf(plan: Plan): string {
  const base = plan.base === null ? "" : `, compared with ${shortCommit(plan.base)}`;
  return plainLine(`${describeEvent(plan, plainLine)} at ${shortCommit(plan.commit)}${base}`);
}

function table(rows: readonly Row[], width: number, paint: Paint): readonly string[] {
  const fixed = Math.max(6, ...rows.map(({ action }) => columns(action)));
  const image = Math.min(Math.floor(width / 4), Math.max(5, ...rows.map((row) => columns(row.image))));
  const rest = width - fixed - image - 3 * gap.length;
  const why = Math.min(Math.max(3, ...rows.map((row) => columns(row.why))), Math.floor(rest * 0.6));
  const widths = [fixed, image, why, rest - why] as const;
  const heading = line(["ACTION", "IMAGE", "WHY", "TAGS"], widths);
  return [
    paint("dim", heading),
    ...rows.flatMap((row) => {
      const cells = [row.action, middleCut(row.image, image), row.why, row.tags].map((text, index) =>
        wrap(text, widths[index] ?? width),
      );
      const height = Math.max(...cells.map((cell) => cell.length));
      return Array.from({ length: height }, (_, index) => {
        const [action = "", name = "", reason = "", tags = ""] = cells.map((cell, column) =>
          pad(cell[index] ?? "", widths[column] ?? 0),
        );
        if (row.kind === "skip") return paint("dim", [action, name, reason, tags].join(gap));
        return [paint(actionStyles[row.kind], action), paint("bold", name), reason, paint("cyan", tags)].join(gap);
      });
    }),
  ];
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
  const lines = pushTargets(plan).flatMap(({ folder, names }) =>
    wrap(`${plainLine(folder)}/: ${names.map(plainLine).join(", ")}`, width - indent.length),
  );
  return lines.length === 0 ? [] : ["", "Pushes to:", ...lines.map((each) => `${indent}${each}`)];
}

/** Lines of at most `width` characters, broken at spaces; a word that is longer is cut. */
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
    while (characters.length > room) lines.push(characters.splice(0, room).join(""));
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
