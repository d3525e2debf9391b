/** The summary of a plan alone: what would be done, and why. */
import type { Plan, PlannedBuild } from "../plan/plan.ts";
import { shortTag } from "./abbreviation.ts";
import { because } from "./because.ts";
import { code, markdown, shortened } from "./escape.ts";
import { eventLine } from "./event.ts";
import { graphSection } from "./graph.ts";
import { fileLink } from "./links.ts";
import { count } from "./quantities.ts";
import type { Forge } from "./run-result.ts";
import { joinSections, type Section, text } from "./sections.ts";
import { untouchedSection } from "./untouched.ts";

/** GitHub flavoured Markdown, below the limit of a step's summary. */
export function renderPlanSummary(plan: Plan, forge?: Forge): string {
  const builds = plan.images.filter((image) => image.kind === "build");
  return joinSections([
    text(`## 📋 ${planSentence(plan)}\n\n${eventLine(plan, forge)}`),
    ...(builds.length === 0 ? [] : [planTable(builds, plan, forge)]),
    graphSection(plan.images.map((planned) => ({ planned, state: planned.kind === "build" ? "planned" : "skipped" }))),
    untouchedSection(plan.images.filter((image) => image.kind !== "build")),
  ]);
}

/** `Plan: build 3 of 8 images`. */
export function planSentence(plan: Plan): string {
  const builds = plan.images.filter((image) => image.kind === "build").length;
  if (builds === 0) return "Plan: nothing to build";
  const push = plan.push ? "" : ", publish nothing";
  return `Plan: build ${builds} of ${count(plan.images.length, "image")}${push}`;
}

function planTable(builds: readonly PlannedBuild[], plan: Plan, forge: Forge | undefined): Section {
  return {
    head: "| Image | Tags | Platforms | Why | Base |\n| --- | --- | --- | --- | --- |",
    pieces: builds.map((image) => {
      const tags = image.tags.map(({ tag }) => code(shortTag(tag))).join("<br>");
      const platforms = image.platforms.map((platform) => markdown(platform)).join("<br>");
      const cells = [
        `**${markdown(shortened(image.name, 100))}**`,
        image.repositories.length === 0 ? "_not published_" : tags || "_none_",
        platforms || "_the builder's own_",
        markdown(because(image.reasons)),
        fileLink(forge, plan.commit, image.at),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
    tail: "",
    what: "images",
  };
}
