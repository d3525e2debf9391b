/** The explanation of one image, for a terminal. */
import { describeReason } from "../../changes/describe-reason.ts";
import { formatLocation, type SourceLocation } from "../../errors.ts";
import { inertLine, plainLine } from "../../lib/plain-text.ts";
import { count } from "../../lib/quantities.ts";
import type { Reason } from "../../model/reason.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import { actionStyles, type Paint, painter } from "../log/paint.ts";
import { shortCommit } from "../summary/abbreviation.ts";
import { describeEvent } from "../summary/event.ts";
import { explainTags } from "./explain-tags.ts";
import type { CountingFile, Explanation, HowMade, UsedImage } from "./explanation.ts";

/**
 * The whole chain: from the changed line over the images in between to this one, what it is made of, and which rule gave
 * which tag. Lines are not wrapped: each is one fact. No line break at the end.
 */
export function renderExplanation(explanation: Explanation, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const { plan, image } = explanation;
  const planned = plan.images.find(({ name }) => name === image);
  if (planned === undefined) return "";
  const base = plan.base === null ? "" : `, compared with ${shortCommit(plan.base)}`;
  const action = paint(actionStyles[planned.kind], planned.kind);
  return [
    `${paint("bold", plainLine(image))}: ${action}`,
    paint("dim", plainLine(`${describeEvent(plan, plainLine)} at ${shortCommit(plan.commit)}${base}`)),
    "",
    paint("bold", "Why"),
    ...why(planned, explanation, paint, new Set()).map((line) => `  ${line}`),
    "",
    paint("bold", "Made of"),
    ...madeOf(planned, explanation).map((line) => `  ${line}`),
    "",
    ...explainTags(planned, explanation, paint),
  ]
    .map((line) => inertLine(line.trimEnd()))
    .join("\n");
}

/** The reasons of an image, each with what leads to it below. Each image is explained once. */
function why(planned: PlannedImage, explanation: Explanation, paint: Paint, shown: Set<string>): readonly string[] {
  shown.add(planned.name);
  return [
    ...planned.reasons.flatMap((reason) => [
      ...reasonLines(reason, planned, explanation, paint),
      ...further(reason, explanation, paint, shown).map((line) => `  ${line}`),
    ]),
    ...(planned.kind === "promote" ? ["what is made of these sources is published already: it only gets tags"] : []),
  ];
}

function reasonLines(reason: Reason, { name }: PlannedImage, { made }: Explanation, paint: Paint): readonly string[] {
  const text = plainLine(describeReason(reason));
  switch (reason.kind) {
    case "file": {
      const file = makingOf(made, name)?.files[reason.path];
      if (file === undefined) return [text];
      return [`${text}${linesOf(file)}`, paint("dim", `  counts because ${plainLine(file.rule)}`)];
    }
    case "builds-on":
      return [`${text}${paint("dim", usesOf(makingOf(made, name), reason.image))}`];
    case "needed-by":
      return [`${text}${paint("dim", usesOf(makingOf(made, reason.image), name))}`];
    case "unaffected":
    case "not-chosen":
      return [text, ...unaffected(makingOf(made, name)).map((line) => paint("dim", `  ${line}`))];
    default:
      return [text];
  }
}

/** What the reason leads to: the reasons of that image, with its name before them. */
function further(reason: Reason, explanation: Explanation, paint: Paint, shown: Set<string>): readonly string[] {
  if (reason.kind !== "builds-on" && reason.kind !== "needed-by") return [];
  const next = explanation.plan.images.find(({ name }) => name === reason.image);
  if (next === undefined) return [];
  const name = paint("bold", plainLine(next.name));
  if (shown.has(next.name)) return [`${name}: as shown above`];
  return why(next, explanation, paint, shown).map((line) => (line.startsWith(" ") ? line : `${name}: ${line}`));
}

/** An image may be called `constructor`. */
function makingOf(made: Explanation["made"], name: string): HowMade | undefined {
  return Object.hasOwn(made, name) ? made[name] : undefined;
}

/** What would have made an image count that nothing touched. */
function unaffected(making: HowMade | undefined): readonly string[] {
  if (making === undefined) return [];
  const { recipe, context, ignoreFile, reads, parents } = making;
  const folder = context === "." || context === null ? "the repository" : context;
  const read = reads === null ? "the files" : readOf(reads);
  const names = [...new Set(parents.map(({ name }) => name))];
  return [
    `what counts for it: ${plainLine(recipe)}, ${plainLine(read)} of ${plainLine(folder)}${
      ignoreFile === null || reads?.length === 0 ? "" : ` that ${plainLine(ignoreFile)} doesn't leave out`
    }${names.length === 0 ? "" : `, and ${names.map(plainLine).join(", ")} being built`}`,
  ];
}

const mostRead = 8;

function readOf(sources: readonly string[]): string {
  if (sources.length === 0) return "no file";
  const more = sources.length - mostRead;
  return `${sources.slice(0, mostRead).join(", ")}${more > 0 ? ` and ${count(more, "more source")}` : ""}`;
}

function usesOf(making: HowMade | undefined, name: string): string {
  const uses = making?.parents.filter((parent) => parent.name === name) ?? [];
  return uses.length === 0 ? "" : ` (${uses.map((use) => `${use.via} at ${place(use.at)}`).join(", ")})`;
}

function madeOf(planned: PlannedImage, { plan, made }: Explanation): readonly string[] {
  const making = makingOf(made, planned.name);
  if (making === undefined) return [];
  const built = new Set(plan.images.filter(({ kind }) => kind === "build").map(({ name }) => name));
  const fact = (what: string, values: readonly string[]): readonly string[] =>
    values.map((value, index) => `${(index === 0 ? what : "").padEnd(14)}${plainLine(value)}`);
  const used = ({ name, via, at }: UsedImage, more: string): string => `${name}${more} (${via} at ${place(at)})`;
  return [
    ...fact("context", making.context === "." ? [". (the repository's root)"] : [making.context ?? []].flat()),
    ...fact(making.variant === "nix" ? "Nix file" : "Dockerfile", [making.recipe]),
    ...fact("ignore file", making.variant === "nix" ? [] : [making.ignoreFile ?? "none"]),
    ...fact("reads", [
      making.reads === null ? `the whole ${making.context === null ? "repository" : "context"}` : readOf(making.reads),
    ]),
    ...fact(
      "depends on",
      making.parents.map((each) => used(each, built.has(each.name) ? ", built in this run" : ", as it is published")),
    ),
    ...fact(
      "from outside",
      making.bases.map((each) => used(each, "")),
    ),
    ...fact("platforms", planned.kind === "skip" ? [] : [planned.platforms.join(", ") || "the builder's own"]),
    ...fact("published as", planned.kind === "promote" ? [planned.digest] : []),
  ];
}

function place(at: SourceLocation): string {
  return plainLine(formatLocation(at));
}

const mostRanges = 8;

function linesOf({ lines }: CountingFile): string {
  const [only, ...others] = lines.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  if (only === undefined) return "";
  const shown = [only, ...others].slice(0, mostRanges);
  const more = lines.length - shown.length;
  const isOne = others.length === 0 && !only.includes("-");
  return ` in line${isOne ? "" : "s"} ${shown.join(", ")}${more > 0 ? ` and ${count(more, "more place")}` : ""}`;
}
