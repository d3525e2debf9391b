/** Which rule gave which tag, which of them move, and why the others gave none. */
import type { PlannedImage } from "../plan/plan.ts";
import type { ImageTag, RuleOutcome } from "../tags/image-tags.ts";
import { plainLine, shortened } from "./escape.ts";
import type { Explanation } from "./explanation.ts";
import type { Paint } from "./paint.ts";

/** Lines for a terminal: the tags in their order, then the rules that gave none. */
export function explainTags(planned: PlannedImage, { plan, rules }: Explanation, paint: Paint): readonly string[] {
  const given = rules.flatMap((each) => (each.gave === undefined ? [] : [{ ...each, gave: each.gave }]));
  const none = rules.filter(({ gave }) => gave === undefined);
  const width = Math.min(48, Math.max(0, ...given.map(({ gave }) => gave.tag.length)));
  const where = planned.repositories.join(", ");
  return [
    `${paint("bold", "Tags")}${where === "" ? "" : ` of ${plainLine(where)}`}`,
    ...(given.length === 0 ? ["  none"] : []),
    ...given.map(({ gave, ...rule }) => {
      const withheld = whyWithheld(gave, planned, plan.push);
      const name = paint(withheld === undefined ? "cyan" : "dim", shortened(gave.tag, width).padEnd(width));
      const how = gave.moves ? "moves" : "once ";
      const notes = [rule.because, withheld].filter((note) => note !== undefined).map(plainLine);
      const note = notes.length === 0 ? "" : paint("yellow", ` – ${notes.join("; ")}`);
      return `  ${name}  ${how}  ${ruleText(rule, paint)}${note}`;
    }),
    ...(none.length === 0 ? [] : ["", paint("bold", "Rules that gave none")]),
    ...none.map((rule) => `  ${ruleText(rule, paint)}${paint("dim", ` – ${plainLine(rule.because ?? "")}`)}`),
  ];
}

function ruleText({ rule, place }: Pick<RuleOutcome, "rule" | "place">, paint: Paint): string {
  return `${plainLine(rule)}${place === undefined ? "" : paint("dim", ` (${plainLine(place)})`)}`;
}

/** Why a tag that the rules give is not put on anything by this plan. */
function whyWithheld({ tag, moves }: ImageTag, planned: PlannedImage, push: boolean): string | undefined {
  if (planned.kind === "skip") return "not put now: nothing is done for this image";
  if (planned.tags.some((each) => each.tag === tag)) return undefined;
  if (planned.repositories.length === 0) return "not put: the image is not published";
  if (!push) return "not put: this run pushes nothing";
  if (!moves && planned.fresh) return "left where it is: a rebuild moves only what moves";
  return "left where it is: the checkout is not at the event's commit";
}
