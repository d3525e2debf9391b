/** The end of the log: a line for each image, the closing sentence, and the annotations of what failed. */
import type { SourceLocation } from "../errors.ts";
import { inertLine, plainLine, shortened } from "../plain-text.ts";
import { count, formatDuration } from "../quantities.ts";
import { because } from "./because.ts";
import { sentence } from "./escape.ts";
import { failuresOf } from "./failures.ts";
import { headline } from "./headline.ts";
import type { ImageResult, RunResult } from "./run-result.ts";
import { ownTags, tagLabels, tagNotes } from "./tag-notes.ts";
import { leftImages } from "./untouched.ts";

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
  const skipped = result.images.filter(({ outcome }) => outcome === "skipped").map(({ planned }) => planned);
  const { untouched, explained } = leftImages(skipped);
  const width = Math.min(40, Math.max(0, ...acted.map(({ planned }) => [...plainLine(planned.name)].length)));
  const { mark, sentence: how, advice } = headline(result, plainLine);
  return [
    ...acted.map((image) => imageLine(image, width)),
    ...[...explained].map(([why, images]) => {
      const names = namesOf(images.map(({ name }) => name));
      return `${marks.skipped} ${names} · ${plainLine(why)}`;
    }),
    ...(untouched.length > 0 && acted.length > 0 ? [`${count(untouched.length, "image")} not affected`] : []),
    `${mark} ${sentence(how)}${advice === undefined ? "" : ` ${advice}`}`,
  ].map(inertLine);
}

/** One for each failure, with the images that could not be built because of it. */
export function failureNotices(result: RunResult): readonly FailureNotice[] {
  return failuresOf(result).map(({ image, what, causes, quoted, hint, at, put, missing, blocked }) => ({
    title: `${plainLine(image)} failed`,
    message: [
      what,
      ...causes,
      ...quoted,
      ...(put.length === 0 ? [] : [`Tags that are in place: ${namesOf(put)}`]),
      ...(missing.length === 0 ? [] : [`Tags that are missing: ${namesOf(missing)}`]),
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
  const facts = details(image).filter((each) => each !== "");
  return [`${marks[image.outcome]} ${padded}  ${image.outcome}`, ...facts.map(plainLine)].join(" · ");
}

function details(image: ImageResult): readonly string[] {
  const why = because(image.planned.reasons);
  switch (image.outcome) {
    case "published":
      return [...tagDetails(image), ...candidateDetails(image.candidate), why];
    case "promoted":
      return [...tagDetails(image), image.image.digest, "nothing built", why];
    case "built":
      return [...candidateDetails(image.candidate), why];
    case "failed": {
      const put = tagLabels(ownTags(image), image);
      return [image.error.message.split("\n", 1)[0] ?? "", put.length === 0 ? "" : `in place: ${put.join(", ")}`];
    }
    case "blocked":
      return [`builds on ${image.by}`];
    case "skipped":
    case "cancelled":
      return [why];
  }
}

function tagDetails(image: ImageResult): readonly string[] {
  const notes = tagNotes(image).map(({ kind, tags, because: reason, followers }) => {
    if (kind === "moved") return `moved: ${tags.join(", ")} (${reason})`;
    const follow = followers.length === 0 ? "" : `, and with them ${followers.join(", ")}`;
    return `left where they are: ${tags.join(", ")} (${reason})${follow}`;
  });
  return [tagLabels(ownTags(image), image).join(", ") || "no tag", ...notes];
}

function candidateDetails(candidate: { readonly digest: string; readonly seconds: number }): readonly string[] {
  return [candidate.digest, formatDuration(candidate.seconds)];
}

const marks: Readonly<Record<ImageResult["outcome"], string>> = {
  published: "✅",
  promoted: "🏷️",
  built: "✅",
  skipped: "➖",
  failed: "❌",
  blocked: "⛔",
  cancelled: "⏹️",
};
