/** The job's summary: GitHub flavoured Markdown for people, failures first. */

import { codeBlock, markdown } from "../../lib/markdown.ts";
import { familiarRepository } from "../../model/reference.ts";
import type { ImageResult, RunResult } from "../../results/run-result.ts";
import { bumpSection } from "../bumps.ts";
import { findingSections } from "../findings/findings.ts";
import { isStopped } from "../findings/inherited.ts";
import { noteSection, warningSection } from "../remark-sections.ts";
import { heldRemarks, quietNotes } from "../tag-remarks.ts";
import { eventLine } from "./event.ts";
import { failureSections } from "./failure-sections.ts";
import { graphSection, type NodeState } from "./graph.ts";
import { headline } from "./headline.ts";
import { imageCode } from "./image-name.ts";
import { imageTable, type Made } from "./image-table.ts";
import { chunks, joinSections, type Section, text } from "./sections.ts";
import { ownTags, tagResults } from "./tag-notes.ts";
import { leftSections } from "./untouched.ts";

function stateOf(image: ImageResult): NodeState {
  return isStopped(image) ? "stopped" : image.outcome;
}

/** Always fewer bytes than GitHub takes for one step. */
export function renderSummary(result: RunResult): string {
  const { mark, sentence: how, advice } = headline(result, imageCode, markdown);
  const made = result.images.filter(
    (image) => image.outcome === "published" || image.outcome === "promoted" || image.outcome === "built",
  );
  const opening = [
    `## ${mark} ${how}`,
    eventLine(result.plan, result.forge),
    ...(advice === undefined ? [] : [advice]),
  ];
  return joinSections([
    text(opening.join("\n\n")),
    ...failureSections(result),
    unfinishedSection(result.images),
    warningSection([...result.remarks, ...heldRemarks(result.images)]),
    ...(made.length === 0 ? [] : [titled(madeTitle(made), imageTable(made))]),
    ...findingSections(result),
    bumpSection(result.bumps ?? []),
    noteSection(result.remarks, quietNotes(result.images)),
    graphSection(result.images.map((image) => ({ planned: image.planned, state: stateOf(image) }))),
    pullSection(made),
    referenceSection(result.images),
    ...leftSections(
      result.images.flatMap((image) =>
        image.outcome === "skipped" && !result.scans?.has(image.planned.name) ? [image.planned] : [],
      ),
    ),
  ]);
}

function titled(title: string, section: Section): Section {
  return { ...section, head: `### ${title}\n\n${section.head}` };
}

const mostPulls = 8;

function unfinishedSection(images: readonly ImageResult[]): Section {
  const names = images.flatMap((image) => (image.outcome === "cancelled" ? [imageCode(image.planned.name)] : []));
  if (names.length === 0) return text("");
  return {
    head: "### ⏹️ Not finished",
    pieces: chunks(names, 20).map((some) => `\n${some.join(", ")}`),
    tail: "",
    what: "lines",
  };
}

function madeTitle(made: readonly Made[]): string {
  return made.some((image) => image.outcome !== "built") ? "Published" : "Built";
}

/** One command an image, with the tag that people would type. */
function pullSection(made: readonly Made[]): Section {
  const commands = made.flatMap((image) => {
    const [first] = ownTags(image);
    return first === undefined ? [] : [`docker pull ${familiarRepository(first.repository)}:${first.tag}`];
  });
  if (commands.length === 0) return text("");
  const left = commands.length - mostPulls;
  const note = left > 0 ? `\n\n_${left} more: see the references below._` : "";
  return text(`### Pull\n\n${codeBlock(commands.slice(0, mostPulls), "sh")}${note}`);
}

/** Every tag that was put or found right with its digest, to be copied whole. */
function referenceSection(images: readonly ImageResult[]): Section {
  const references = images.flatMap((image) =>
    tagResults(image)
      .filter(({ outcome }) => outcome !== "held")
      .map(({ repository, tag, digest }) => `${familiarRepository(repository)}:${tag}@${digest}`),
  );
  if (references.length === 0) return text("");
  return {
    head: `<details><summary>Every tag with its digest (${references.length})</summary>\n\n\`\`\`text`,
    pieces: references,
    tail: "```\n\n</details>",
    what: "references",
  };
}
