/** The table of what was built, published or promoted. */

import { code, markdown } from "../../lib/markdown.ts";
import { count, formatDuration, formatSize } from "../../lib/quantities.ts";
import type { CandidatePlatform } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import type { Tag } from "../../model/reference.ts";
import type { ImageResult } from "../../results/run-result.ts";
import { because } from "../plan/because.ts";
import { shortDigest, shortTag } from "./abbreviation.ts";
import { commonTags } from "./common-tags.ts";
import type { Section } from "./sections.ts";
import { imageHeading, imageText } from "./shown-name.ts";
import { evenTags, tagResults } from "./tag-notes.ts";

/** An image that is there and did not fail. */
export type Made = Extract<ImageResult, { readonly outcome: "published" | "promoted" | "built" }>;

/** Image, tags, digest, platforms with their compressed sizes, time and reason: a row each. Tags only where one was put. */
export function imageTable(made: readonly Made[]): Section {
  const tagged = made.filter((image) => image.outcome !== "built");
  const common = commonTags(tagged.map(evenTags));
  const withTags = tagged.some(
    (image) => tagResults(image).some(({ tag }) => !common.includes(tag)) || common.length === 0,
  );
  const heading = imageHeading(made.map(({ planned }) => planned.name));
  const columns = [
    heading,
    ...(withTags ? [common.length === 0 ? "Tags" : "Other tags"] : []),
    "Platforms, compressed",
    "Time",
    "Why",
    "Digest",
  ];
  const isUnmarked = ({ outcome }: Made): boolean => outcome === "built" && tagged.length > 0 && !withTags;
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return {
    head: [...commonLine(common, tagged), row(columns), row(columns.map(() => "---"))].join("\n"),
    pieces: made.map((image) =>
      row([
        `**${imageText(image.planned.name)}**${isUnmarked(image) ? "<br><sub>not&nbsp;published</sub>" : ""}`,
        ...(withTags ? [tagsCell(image, common)] : []),
        platformsCell(imageOf(image).platforms),
        timeCell(image),
        markdown(because(image.planned.reasons)),
        code(shortDigest(imageOf(image).digest)),
      ]),
    ),
    tail: "",
    what: "images",
  };
}

function imageOf(image: Made): { readonly digest: Digest; readonly platforms: readonly CandidatePlatform[] } {
  return image.outcome === "promoted" ? image.image : image.candidate;
}

function commonLine(common: readonly Tag[], tagged: readonly Made[]): readonly string[] {
  if (common.length === 0) return [];
  return [`Tags of all ${count(tagged.length, "image")}: ${common.map((tag) => code(shortTag(tag))).join(", ")}\n`];
}

/** Each tag once, also where several repositories have it; tags that all images have are left out. */
function tagsCell(image: Made, common: readonly Tag[]): string {
  if (image.outcome === "built") return "_not published_";
  const results = tagResults(image);
  const unmoved = new Set(results.filter(({ outcome }) => outcome === "held").map(({ tag }) => tag));
  const tags = [...new Set(results.map(({ tag }) => tag))].filter((tag) => !common.includes(tag));
  const cells = tags.map((tag) => (unmoved.has(tag) ? `${code(shortTag(tag))} _not updated_` : code(shortTag(tag))));
  return cells.length === 0 && common.length === 0 ? "_none_" : cells.join("<br>");
}

function platformsCell(of: readonly CandidatePlatform[]): string {
  const platforms = of.map(({ platform, size }) => `${platform} ${formatSize(size)}`);
  return platforms.map((each) => markdown(each).replaceAll(" ", "&nbsp;")).join("<br>");
}

function timeCell(image: Made): string {
  if (image.outcome === "promoted") return "promoted<br><sub>nothing&nbsp;built</sub>";
  const { seconds, steps } = image.candidate;
  const [run, cached] = [
    steps.executed > 0 ? [`${count(steps.executed, "step")} run`] : [],
    steps.cached > 0 ? [steps.executed > 0 ? `${steps.cached} cached` : `${count(steps.cached, "step")} cached`] : [],
  ];
  const ran = [...run, ...cached].join(", ");
  return `${formatDuration(seconds)}${ran === "" ? "" : `<br><sub>${ran}</sub>`}`.replaceAll(" ", "&nbsp;");
}
