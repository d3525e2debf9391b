/** The job's summary: GitHub flavoured Markdown for people, failures first. */

import { code, codeBlock, markdown, prose, sentence } from "../markdown.ts";
import { familiarRepository } from "../oci/reference.ts";
import { shortened } from "../plain-text.ts";
import { bumpSection } from "./bumps.ts";
import { eventLine } from "./event.ts";
import { type Failure, failuresOf } from "./failures.ts";
import { findingSections } from "./findings.ts";
import { graphSection } from "./graph.ts";
import { headline } from "./headline.ts";
import { imageTable, type Made } from "./image-table.ts";
import { fileLink } from "./links.ts";
import type { ImageResult, Remark, RunResult } from "./run-result.ts";
import { chunks, joinSections, type Section, text } from "./sections.ts";
import { ownTags, tagResults } from "./tag-notes.ts";
import { heldRemarks, quietNotes } from "./tag-remarks.ts";
import { leftSections } from "./untouched.ts";

/** Always fewer bytes than GitHub takes for one step. */
export function renderSummary(result: RunResult): string {
  const { mark, sentence: how, advice } = headline(result, name, markdown);
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
    failureSection(result),
    unfinishedSection(result.images),
    remarkSection([...result.remarks, ...heldRemarks(result.images)]),
    ...(made.length === 0 ? [] : [titled(madeTitle(made), imageTable(made))]),
    ...findingSections(result),
    bumpSection(result.bumps ?? []),
    noteSection(result.images),
    graphSection(result.images.map((image) => ({ planned: image.planned, state: image.outcome }))),
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
const mostNames = 60;

function failureSection(result: RunResult): Section {
  const pieces = failuresOf(result).map((failure) => `${failureBlock(failure, result)}\n`);
  return { head: "", pieces, tail: "", what: "failures" };
}

function failureBlock(failure: Failure, { plan, forge }: RunResult): string {
  const causes = failure.causes.map((cause) => `Because: ${prose(cause)}`);
  const blocked = namesOf(failure.blocked);
  return [
    `### ❌ ${name(failure.image)}`,
    `${prose(failure.what)}${failure.at === undefined ? "" : ` (${fileLink(forge, plan.commit, failure.at)})`}`,
    ...causes,
    ...(failure.output.length === 0 ? [] : [codeBlock(failure.output, "text")]),
    `**What to do:** ${prose(sentence(failure.hint))}`,
    ...(failure.put.length === 0 ? [] : [`**Tags that are in place:** ${namesOf(failure.put)}`]),
    ...(failure.missing.length === 0 ? [] : [`**Tags that are missing:** ${namesOf(failure.missing)}`]),
    ...(blocked === "" ? [] : [`**Not built because of it:** ${blocked}`]),
    ...(failure.built === undefined ? [] : [`Its build was good (${code(failure.built)}); what came after it failed.`]),
  ].join("\n\n");
}

function namesOf(images: readonly string[]): string {
  const more = images.length - mostNames;
  return [...images.slice(0, mostNames).map(name), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function name(image: string): string {
  return code(shortened(image, 100));
}

function unfinishedSection(images: readonly ImageResult[]): Section {
  const names = images.flatMap((image) => (image.outcome === "cancelled" ? [name(image.planned.name)] : []));
  if (names.length === 0) return text("");
  return {
    head: "### ⏹️ Not finished",
    pieces: chunks(names, 20).map((some) => `\n${some.join(", ")}`),
    tail: "",
    what: "lines",
  };
}

function remarkSection(remarks: readonly Remark[]): Section {
  if (remarks.length === 0) return text("");
  const pieces = remarks.map(({ message, hint }) => `- ${remarkText(message)} _What to do:_ ${remarkText(hint)}`);
  return { head: "### ⚠️ Worth knowing\n", pieces, tail: "", what: "remarks" };
}

function remarkText(given: string): string {
  return prose(sentence(shortened(given, 1000)));
}

/** What nobody has to do anything about, folded. */
function noteSection(images: readonly ImageResult[]): Section {
  const notes = quietNotes(images);
  if (notes.length === 0) return text("");
  return {
    head: `<details><summary>Notes on tags (${notes.length})</summary>\n`,
    pieces: notes.map((note) => `- ${remarkText(note)}`),
    tail: "\n</details>",
    what: "notes",
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
