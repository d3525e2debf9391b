/** The table of what was built or published. */
import type { Candidate } from "../build/candidate.ts";
import { shortDigest, shortTag } from "./abbreviation.ts";
import { because } from "./because.ts";
import { code, markdown, shortened } from "./escape.ts";
import { formatDuration, formatSize } from "./quantities.ts";
import type { ImageResult, TagResult } from "./run-result.ts";
import type { Section } from "./sections.ts";

/** An image that has a candidate and did not fail. */
export type Made = Extract<ImageResult, { readonly outcome: "published" | "built" }>;

/** Image, tags, digest, platforms with their compressed sizes, time and reason: a row each. Tags only where one was put. */
export function imageTable(made: readonly Made[]): Section {
  const withTags = made.some((image) => image.outcome === "published");
  const columns = ["Image", ...(withTags ? ["Tags"] : []), "Platforms, compressed", "Time", "Why", "Digest"];
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return {
    head: [row(columns), row(columns.map(() => "---"))].join("\n"),
    pieces: made.map((image) =>
      row([
        `**${markdown(shortened(image.planned.name, 100))}**`,
        ...(withTags ? [tagsCell(image)] : []),
        platformsCell(image.candidate),
        timeCell(image.candidate),
        markdown(because(image.planned.reasons)),
        code(shortDigest(image.candidate.digest)),
      ]),
    ),
    tail: "",
    what: "images",
  };
}

/** Exact tags that name other bytes already and were left there. */
export function heldTags(image: ImageResult): readonly TagResult[] {
  return image.outcome === "published" ? image.tags.filter((tag) => tag.outcome === "held") : [];
}

/** Each tag once, though it stands in several repositories. */
function tagsCell(image: Made): string {
  if (image.outcome === "built") return "_not published_";
  const held = new Set(heldTags(image).map(({ tag }) => tag));
  const tags = [...new Set(image.tags.map(({ tag }) => tag))];
  const cells = tags.map((tag) => (held.has(tag) ? `${code(shortTag(tag))} _held_` : code(shortTag(tag))));
  return cells.length === 0 ? "_none_" : cells.join("<br>");
}

function platformsCell(candidate: Candidate): string {
  const platforms = candidate.platforms.map(({ platform, size }) => `${platform} ${formatSize(size)}`);
  return platforms.map((each) => markdown(each).replaceAll(" ", "&nbsp;")).join("<br>");
}

function timeCell({ seconds, steps }: Candidate): string {
  const ran = `${steps.executed} run, ${steps.cached} cached`;
  return `${formatDuration(seconds)}<br><sub>${ran}</sub>`.replaceAll(" ", "&nbsp;");
}
