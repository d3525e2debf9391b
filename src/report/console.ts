/** The end of the log: a line for each image, the closing sentence, and the annotations of what failed. */
import type { SourceLocation } from "../errors.ts";
import { because } from "./because.ts";
import { inertLine, plainLine, sentence, shortened } from "./escape.ts";
import { failuresOf } from "./failures.ts";
import { headline } from "./headline.ts";
import { count, formatDuration } from "./quantities.ts";
import type { ImageResult, RunResult } from "./run-result.ts";

export interface FailureNotice {
  readonly title: string;
  /** Several lines: the sentence, its causes, and the last lines of what failed. */
  readonly message: string;
  readonly hint: string;
  /** The line of the Dockerfile. */
  readonly at: SourceLocation;
}

/** What came out, image by image, then the sentence that says it all. Plain text without colours. */
export function closingLines(result: RunResult): readonly string[] {
  const acted = result.images.filter(({ outcome }) => outcome !== "skipped");
  const skipped = result.images.length - acted.length;
  const width = Math.min(40, Math.max(0, ...acted.map(({ planned }) => [...plainLine(planned.name)].length)));
  const { mark, sentence: how, advice } = headline(result, plainLine);
  return [
    ...acted.map((image) => imageLine(image, width)),
    ...(skipped > 0 && acted.length > 0 ? [`${count(skipped, "image")} not affected`] : []),
    `${mark} ${sentence(how)}${advice === undefined ? "" : ` ${advice}`}`,
  ].map(inertLine);
}

/** One for each failure, with the images that could not be built because of it. */
export function failureNotices(result: RunResult): readonly FailureNotice[] {
  return failuresOf(result).map(({ image, what, causes, quoted, hint, at, blocked }) => ({
    title: `${plainLine(image)} failed`,
    message: [
      what,
      ...causes,
      ...quoted,
      ...(blocked.length === 0 ? [] : [`Not built because of it: ${namesOf(blocked)}`]),
    ].join("\n"),
    hint,
    at,
  }));
}

const mostNames = 10;

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map(plainLine).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}

function imageLine(image: ImageResult, width: number): string {
  const name = shortened(plainLine(image.planned.name), width);
  const padded = name + " ".repeat(width - [...name].length);
  return [`${marks[image.outcome]} ${padded}  ${image.outcome}`, ...details(image).map(plainLine)].join(" · ");
}

function details(image: ImageResult): readonly string[] {
  switch (image.outcome) {
    case "published": {
      const put = image.tags.filter(({ outcome }) => outcome !== "held").map(({ tag }) => tag);
      const held = image.tags.filter(({ outcome }) => outcome === "held").map(({ tag }) => tag);
      return [
        [...new Set(put)].join(", ") || "no tag",
        ...(held.length === 0 ? [] : [`left where they are: ${[...new Set(held)].join(", ")}`]),
        ...candidateDetails(image.candidate),
        because(image.planned.reasons),
      ];
    }
    case "built":
      return [...candidateDetails(image.candidate), because(image.planned.reasons)];
    case "failed":
      return [image.error.message.split("\n", 1)[0] ?? ""];
    case "blocked":
      return [`builds on ${image.by}`];
    case "skipped":
    case "cancelled":
      return [because(image.planned.reasons)];
  }
}

function candidateDetails(candidate: { readonly digest: string; readonly seconds: number }): readonly string[] {
  return [candidate.digest, formatDuration(candidate.seconds)];
}

const marks: Readonly<Record<ImageResult["outcome"], string>> = {
  published: "✅",
  built: "✅",
  skipped: "➖",
  failed: "❌",
  blocked: "⛔",
  cancelled: "⏹️",
};
