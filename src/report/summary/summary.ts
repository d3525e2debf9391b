/** The job's summary: GitHub flavoured Markdown for people, failures first. */

import { codeBlock, markdown } from "../../lib/markdown.ts";
import { familiarRepository } from "../../model/reference.ts";
import type { ImageResult } from "../../results/run-result.ts";
import { bumpSection } from "../bumps.ts";
import type { RunReport } from "../failures.ts";
import { failsRun } from "../findings/finding-counts.ts";
import { findingSections } from "../findings/findings.ts";
import { noteSection, warningSection } from "../remark-sections.ts";
import { quietNotes, unmovedRemarks } from "../tag-remarks.ts";
import { eventLine } from "./event.ts";
import { failureSections } from "./failure-sections.ts";
import { graphSection, type NodeState } from "./graph.ts";
import { headline } from "./headline.ts";
import { imageTable, type Made } from "./image-table.ts";
import { chunks, joinSections, type Section, text } from "./sections.ts";
import { imageCode } from "./shown-name.ts";
import { ownTags, tagResults } from "./tag-notes.ts";
import { leftSections } from "./untouched.ts";

function stateOf({ planned, outcome }: ImageResult, { scans }: RunReport): NodeState {
  if (outcome === "skipped-for-parent") return "waiting";
  if (outcome === "failed" || outcome === "blocked") return outcome;
  const scan = scans?.get(planned.name);
  return scan !== undefined && failsRun(scan) ? "withFindings" : outcome;
}

/** Always fewer bytes than GitHub takes for one step. */
export function renderSummary(result: RunReport): string {
  const { mark, sentence: how, advice } = headline(result, imageCode, markdown);
  const untagged = untaggedOf(result.images);
  const good = result.images.filter(
    (image) => image.outcome === "published" || image.outcome === "promoted" || image.outcome === "built",
  );
  const names = result.images.map(({ planned }) => planned.name);
  const inOrder = (all: readonly Made[]) =>
    all.toSorted((a, b) => names.indexOf(a.planned.name) - names.indexOf(b.planned.name));
  // Where nothing is to be tagged, what a check would block is built like the others.
  const made = result.plan.push ? good : inOrder([...good, ...untagged]);
  const opening = [
    `## ${mark} ${how}`,
    eventLine(result.plan, result.forge),
    ...(advice === undefined ? [] : [advice]),
  ];
  return joinSections([
    text(opening.join("\n\n")),
    ...failureSections(result),
    unfinishedSection(result.images),
    warningSection([...result.remarks, ...unmovedRemarks(result.images)]),
    ...(made.length === 0 ? [] : [titled(madeTitle(made), imageTable(made))]),
    ...(result.plan.push && untagged.length > 0 ? [titled("Built, not tagged", imageTable(untagged))] : []),
    ...findingSections(result),
    bumpSection(result.bumps ?? []),
    noteSection(result.remarks, quietNotes(result.images)),
    graphSection(result.images.map((image) => ({ planned: image.planned, state: stateOf(image, result) }))),
    pullSection(made),
    referenceSection(result.images),
    ...(result.plan.push ? [untaggedSection(untagged)] : []),
    ...leftSections(
      result.images.flatMap((image) =>
        image.outcome === "skipped" && !result.scans?.has(image.planned.name) ? [image.planned] : [],
      ),
    ),
  ]);
}

/** What was built and has no tag, as a check blocks it or what came after the build failed. */
function untaggedOf(images: readonly ImageResult[]): readonly Built[] {
  return images.flatMap((image): readonly Built[] => {
    const isNotTagged = ["failed", "blocked", "skipped-for-parent"].includes(image.outcome);
    if (!isNotTagged || !("candidate" in image) || image.candidate === undefined || ownTags(image).length > 0)
      return [];
    return [{ planned: image.planned, outcome: "built", candidate: image.candidate }];
  });
}

type Built = Extract<ImageResult, { readonly outcome: "built" }>;

/** Where what has no tag can be pulled. */
function untaggedSection(images: readonly Built[]): Section {
  const references = images.flatMap(({ planned: { repositories }, candidate: { digest, layout } }) => {
    const [repository] = layout === undefined ? repositories : [];
    return repository === undefined ? [] : [`${familiarRepository(repository)}@${digest}`];
  });
  if (references.length === 0) return text("");
  return {
    head: `<details><summary>Images without tags, by digest (${references.length})</summary>\n\n\`\`\`text`,
    pieces: references,
    tail: "```\n\n</details>",
    what: "references",
  };
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
  if (commands.length <= mostPulls) return text(`### Pull\n\n${codeBlock(commands, "sh")}`);
  return {
    head: `<details><summary>Pull (${commands.length})</summary>\n\n\`\`\`sh`,
    pieces: commands,
    tail: "```\n\n</details>",
    what: "commands",
  };
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
