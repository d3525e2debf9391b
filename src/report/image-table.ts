/** The table of what was built, published or promoted. */
import type { CandidatePlatform } from "../build/candidate.ts";
import { code, markdown } from "../markdown.ts";
import type { Digest } from "../oci/digest.ts";
import { shortened } from "../plain-text.ts";
import { formatDuration, formatSize } from "../quantities.ts";
import { shortDigest, shortTag } from "./abbreviation.ts";
import { because } from "./because.ts";
import type { ImageResult } from "./run-result.ts";
import type { Section } from "./sections.ts";
import { tagResults } from "./tag-notes.ts";

/** An image that is there and did not fail. */
export type Made = Extract<ImageResult, { readonly outcome: "published" | "promoted" | "built" }>;

/** Image, tags, digest, platforms with their compressed sizes, time and reason: a row each. Tags only where one was put. */
export function imageTable(made: readonly Made[]): Section {
  const withTags = made.some((image) => image.outcome !== "built");
  const columns = ["Image", ...(withTags ? ["Tags"] : []), "Platforms, compressed", "Time", "Why", "Digest"];
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return {
    head: [row(columns), row(columns.map(() => "---"))].join("\n"),
    pieces: made.map((image) =>
      row([
        `**${markdown(shortened(image.planned.name, 100))}**`,
        ...(withTags ? [tagsCell(image)] : []),
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

/** Each tag once, though it stands in several repositories. */
function tagsCell(image: Made): string {
  if (image.outcome === "built") return "_not published_";
  const results = tagResults(image);
  const held = new Set(results.filter(({ outcome }) => outcome === "held").map(({ tag }) => tag));
  const tags = [...new Set(results.map(({ tag }) => tag))];
  const cells = tags.map((tag) => (held.has(tag) ? `${code(shortTag(tag))} _held_` : code(shortTag(tag))));
  return cells.length === 0 ? "_none_" : cells.join("<br>");
}

function platformsCell(of: readonly CandidatePlatform[]): string {
  const platforms = of.map(({ platform, size }) => `${platform} ${formatSize(size)}`);
  return platforms.map((each) => markdown(each).replaceAll(" ", "&nbsp;")).join("<br>");
}

function timeCell(image: Made): string {
  if (image.outcome === "promoted") return "promoted<br><sub>nothing&nbsp;built</sub>";
  const { seconds, steps } = image.candidate;
  const ran = `${steps.executed} run, ${steps.cached} cached`;
  return `${formatDuration(seconds)}<br><sub>${ran}</sub>`.replaceAll(" ", "&nbsp;");
}
