/** The summary of a plan alone: what would fail, what would be done, and why. */

import { code, markdown } from "../../lib/markdown.ts";
import { shortened } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Plan, PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { Forge, RunResult } from "../../results/run-result.ts";
import { reportOf } from "../failures.ts";
import { whyNothingIsBuilt } from "../nothing.ts";
import { noteSection, warningSection } from "../remark-sections.ts";
import { shortDigest, shortTag } from "../summary/abbreviation.ts";
import { commonTags } from "../summary/common-tags.ts";
import { eventLine } from "../summary/event.ts";
import { failureSections } from "../summary/failure-sections.ts";
import { fileLink } from "../summary/forge-links.ts";
import { graphSection, type NodeState } from "../summary/graph.ts";
import { joinSections, type Section, text } from "../summary/sections.ts";
import { imageHeading, imageText } from "../summary/shown-name.ts";
import { leftSections } from "../summary/untouched.ts";
import { because } from "./because.ts";
import { pushTargets } from "./push-targets.ts";

/** What keeps images from being planned or published, and what there is to know. */
export type Found = Pick<RunResult, "images" | "remarks" | "otherFailures">;

/** GitHub flavoured Markdown, below the limit of a step's summary. */
export function renderPlanSummary(plan: Plan, forge?: Forge, found: Found = nothingOf(plan)): string {
  const acted = plan.images.filter((image) => image.kind !== "skip");
  const why = whyNothingIsBuilt(plan, markdown);
  const failures = failureSections(reportOf({ plan, forge, seconds: 0, ...found }));
  const mark = isFailed(found) ? "❌" : "📋";
  return joinSections([
    text(
      [`## ${mark} ${planSentence(plan)}`, eventLine(plan, forge), ...(why === undefined ? [] : [why])].join("\n\n"),
    ),
    ...failures,
    warningSection(found.remarks),
    ...(acted.length === 0 ? [] : [planTable(acted, plan, forge), pushSection(plan)]),
    graphSection(plan.images.map((planned) => ({ planned, state: states[planned.kind] }))),
    ...leftSections(
      found.images.flatMap(({ planned, outcome }) =>
        planned.kind === "skip" && outcome === "skipped" ? [planned] : [],
      ),
    ),
    noteSection(found.remarks),
  ]);
}

function nothingOf({ images }: Plan): Found {
  return { images: images.map((planned) => ({ planned, outcome: "skipped" })), remarks: [] };
}

function isFailed({ images, otherFailures = [] }: Found): boolean {
  return otherFailures.length > 0 || images.some(({ outcome }) => outcome === "failed");
}

const states = { build: "toBuild", promote: "toPromote", skip: "skipped" } as const satisfies Record<string, NodeState>;

function pushSection(plan: Plan): Section {
  const lines = pushTargets(plan).map(
    ({ at, names }) =>
      `- ${code(at)}${names.length === 0 ? "" : `: ${names.map((name) => code(shortened(name, 100))).join(", ")}`}`,
  );
  return lines.length === 0 ? text("") : { head: "Pushes to:\n", pieces: lines, tail: "", what: "registries" };
}

/** `Plan: build 2, promote 3 of 8 images`. */
export function planSentence(plan: Plan): string {
  const actions = (["build", "promote"] as const).flatMap((kind) => {
    const number = plan.images.filter((image) => image.kind === kind).length;
    return number === 0 ? [] : [`${kind} ${number}`];
  });
  if (actions.length === 0) return "Plan: nothing to build";
  const push = plan.push ? "" : ", publish nothing";
  return `Plan: ${actions.join(", ")} of ${count(plan.images.length, "image")}${push}`;
}

function planTable(acted: readonly (PlannedBuild | PlannedPromote)[], plan: Plan, forge: Forge | undefined): Section {
  const published = acted.filter(({ repositories }) => repositories.length > 0);
  const common = commonTags(published.map(({ tags }) => tags.map(({ tag }) => tag)));
  const heading = imageHeading(acted.map(({ name }) => name));
  const above =
    common.length === 0
      ? ""
      : `Tags of all ${count(published.length, "image")}: ${common.map((tag) => code(shortTag(tag))).join(", ")}\n\n`;
  const isOwn = (image: PlannedBuild | PlannedPromote): boolean =>
    !published.includes(image) || image.tags.length > common.length || (plan.push && image.tags.length === 0);
  const withTags = acted.some(isOwn);
  const columns = [
    heading,
    ...(withTags ? [common.length === 0 ? "Tags" : "Other tags"] : []),
    "Platforms",
    "Why",
    "Built from",
  ];
  return {
    head: `${above}| ${columns.join(" | ")} |\n| ${columns.map(() => "---").join(" | ")} |`,
    pieces: acted.map((image) => {
      const others = image.tags.filter(({ tag }) => !common.some((each) => each === tag));
      const tags = others.map(({ tag }) => code(shortTag(tag))).join("<br>");
      const platforms = image.platforms.map((platform) => markdown(platform)).join("<br>");
      const cells = [
        `**${imageText(image.name)}**`,
        ...(withTags
          ? [image.repositories.length === 0 ? "_not published_" : tags || (common.length === 0 ? "_none_" : "")]
          : []),
        platforms || "_the builder's own_",
        markdown(because(image.reasons)),
        image.kind === "build"
          ? `${fileLink(forge, plan.commit, image.at)}${basedOn(image)}`
          : `_published already as_ ${code(shortDigest(image.digest))}`,
      ];
      return `| ${cells.join(" | ")} |`;
    }),
    tail: "",
    what: "images",
  };
}

/** The base, where it is known before the build. */
function basedOn({ base }: PlannedBuild): string {
  if (base === null) return "";
  return `<br><sub>based on ${code(shortened(base.parent ?? base.name.replace(/^docker\.io\/(?:library\/)?/, ""), 100))}</sub>`;
}
