/** The end of the log: a line for each image, the closing sentence, and the annotations of what failed. */
import type { SourceLocation } from "../errors.ts";
import { sentence } from "../markdown.ts";
import { inertLine, plainLine, shortened } from "../plain-text.ts";
import { count, formatDuration } from "../quantities.ts";
import type { ImageScan } from "../scan/judged.ts";
import { because } from "./because.ts";
import { type Failure, failuresOf } from "./failures.ts";
import { findingsBrief, makesRed } from "./finding-counts.ts";
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
  readonly at?: SourceLocation;
}

/** What came out, image by image, then the sentence that says it all. Plain text without colours. */
export function closingLines(result: RunResult): readonly string[] {
  const scanOf = ({ planned }: ImageResult) => result.scans?.get(planned.name);
  const isLeft = (image: ImageResult) => image.outcome === "skipped" && scanOf(image) === undefined;
  const acted = result.images.filter((image) => !isLeft(image));
  const skipped = result.images.filter(isLeft).map(({ planned }) => planned);
  const { untouched, explained } = leftImages(skipped);
  const width = Math.min(40, Math.max(0, ...acted.map(({ planned }) => [...plainLine(planned.name)].length)));
  const { mark, sentence: how, advice } = headline(result, plainLine);
  return [
    ...acted.map((image) => imageLine(image, scanOf(image), width)),
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
  return failuresOf(result).map(({ image, kind, what, causes, quoted, hint, at, put, missing, blocked }) => ({
    title: titles[kind](plainLine(image)),
    message: [
      what,
      ...causes,
      ...quoted,
      ...(put.length === 0 ? [] : [`Tags that are in place: ${namesOf(put)}`]),
      ...(missing.length === 0 ? [] : [`Tags that are missing: ${namesOf(missing)}`]),
      ...(blocked.length === 0 ? [] : [`Not built because of it: ${namesOf(blocked)}`]),
    ].join("\n"),
    hint,
    ...(at && { at }),
  }));
}

const titles: Readonly<Record<Failure["kind"], (image: string) => string>> = {
  failed: (image) => `${image} failed`,
  findings: (image) => `Findings in ${image}`,
  unscanned: (image) => `${image} was not scanned`,
};

const mostNames = 10;

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map(plainLine).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}

function imageLine(image: ImageResult, scan: ImageScan | undefined, width: number): string {
  const name = shortened(plainLine(image.planned.name), width);
  const padded = name + " ".repeat(width - [...name].length);
  const mark = scan !== undefined && makesRed(scan) ? marks.failed : marks[image.outcome];
  const brief = scan === undefined ? "" : findingsBrief(scan);
  // As published: why nothing was built of it is of no interest.
  const facts =
    image.outcome === "skipped" && scan !== undefined
      ? [...(scan.kind === "unscanned" ? [] : ["scanned"]), brief]
      : [image.outcome, ...details(image), brief];
  return `${mark} ${padded}  ${facts.flatMap((each) => (each === "" ? [] : [plainLine(each)])).join(" · ")}`;
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
