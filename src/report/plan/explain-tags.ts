/** Which rule gave which tag, which of them move, and why the others gave none. */

import { plainLine } from "../../lib/plain-text.ts";
import type { ImageTag, RuleOutcome } from "../../model/image-tags.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import type { Paint } from "../log/paint.ts";
import type { Explanation } from "./explanation.ts";

/** Lines for a terminal: the tags in their order, then the rules that gave none. */
export function explainTags(planned: PlannedImage, { plan, rules }: Explanation, paint: Paint): readonly string[] {
  const where = planned.repositories.map(plainLine).join(", ");
  const title = `${paint("bold", "Tags")}${where === "" ? "" : ` of ${where}`}`;
  if (where === "") return [title, "  none: the image is not published"];
  const given = rules.flatMap((each) => (each.gave === undefined ? [] : [{ ...each, gave: each.gave }]));
  const none = rules.filter(({ gave }) => gave === undefined);
  const width = Math.max(0, ...given.map(({ gave }) => gave.tag.length));
  const onlyIf = whyNothing(planned, plan.push);
  const seen = new Set<string>();
  const notesOf = ({ because, gave }: (typeof given)[number]): readonly string[] => {
    const again = seen.has(gave.tag) ? "given above already" : undefined;
    seen.add(gave.tag);
    const left = onlyIf === undefined ? whyNotMoved(gave, planned) : undefined;
    return [because, again, left].filter((note) => note !== undefined).map(plainLine);
  };
  return [
    title,
    ...(onlyIf === undefined ? [] : [paint("yellow", `  ${onlyIf}:`)]),
    ...(given.length === 0 ? ["  none"] : []),
    ...given.map((each) => {
      const notes = notesOf(each);
      const note = notes.length === 0 ? "" : paint("yellow", ` – ${notes.join("; ")}`);
      const tag = paint(onlyIf === undefined ? "cyan" : "dim", each.gave.tag.padEnd(width));
      return `  ${tag}  ${each.gave.moves ? "mutable  " : "immutable"}  ${ruleText(each, paint)}${note}`;
    }),
    ...(none.length === 0 ? [] : ["", paint("bold", "Rules that gave none")]),
    ...none.map((rule) => `  ${ruleText(rule, paint)}${paint("dim", ` – ${plainLine(rule.because ?? "")}`)}`),
  ];
}

function ruleText({ rule, place }: Pick<RuleOutcome, "rule" | "place">, paint: Paint): string {
  return `${plainLine(rule)}${place === undefined ? "" : paint("dim", ` (${plainLine(place)})`)}`;
}

/** Why this plan tags nothing with any of them. */
function whyNothing({ kind, reasons }: PlannedImage, push: boolean): string | undefined {
  if (kind !== "skip") return push ? undefined : "none, as this run pushes nothing; otherwise they would be";
  if (reasons.some((reason) => reason.kind === "current")) return "none to put, as all are there already";
  if (reasons.some((reason) => reason.kind === "superseded")) return "none, as they stay where they are";
  return "none, as nothing is done for this image; otherwise they would be";
}

/** Why this one of them is not. */
function whyNotMoved({ tag, moves }: ImageTag, planned: PlannedImage): string | undefined {
  if (planned.kind === "skip" || planned.tags.some((each) => each.tag === tag)) return undefined;
  return moves
    ? "left where it is: the checkout is not at the event's commit"
    : "left where it is: a rebuild moves only what moves";
}
