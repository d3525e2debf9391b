/** The end of the log: a line for each image, the closing sentence, and the annotations of what failed. */
import type { InputLine, SourceLocation } from "../../errors.ts";
import { sentence } from "../../lib/markdown.ts";
import { inertLine, plainLine, shortened } from "../../lib/plain-text.ts";
import { count, formatDuration } from "../../lib/quantities.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageResult, OtherFailure, RunResult } from "../../results/run-result.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { errorText } from "../error-text.ts";
import { type Failure, failuresOf } from "../failures.ts";
import { findingsBrief, makesRed } from "../findings/finding-counts.ts";
import { isStopped } from "../findings/inherited.ts";
import { because } from "../plan/because.ts";
import { middleCut, shortDigest, shortTag } from "../summary/abbreviation.ts";
import { commonTags } from "../summary/common-tags.ts";
import { equalFailures } from "../summary/failure-groups.ts";
import { headline } from "../summary/headline.ts";
import { evenTags, ownTags, tagLabels, tagNotes } from "../summary/tag-notes.ts";
import { leftImages } from "../summary/untouched.ts";

export interface FailureNotice {
  readonly title: string;
  /** Several lines: the sentence, its causes, and the last lines of what failed. */
  readonly message: string;
  readonly hint: string;
  /** Not there where it has no place in the repository. */
  readonly at?: SourceLocation;
  /** The line of an input that is at fault. */
  readonly input?: InputLine;
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
  const tagged = acted.filter((image) => image.outcome === "published" || image.outcome === "promoted");
  const common = commonTags(tagged.map(evenTags));
  return [
    ...acted.map((image) => imageLine(image, scanOf(image), width, common)),
    ...(common.length === 0
      ? []
      : [`Tags of all ${count(tagged.length, "image")}: ${common.map(shortTag).join(", ")}`]),
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
  return [...imageNotices(result), ...(result.otherFailures ?? []).map(otherNotice)];
}

function otherNotice({ title, error }: OtherFailure): FailureNotice {
  const { what, causes, quoted, hint, at, input } = errorText(error);
  return { title, message: [what, ...causes, ...quoted].join("\n"), hint, ...(at && { at }), ...(input && { input }) };
}

function imageNotices(result: RunResult): readonly FailureNotice[] {
  const failures = failuresOf(result);
  const isAboutFindings = ({ findings }: Failure): boolean => findings.length > 0;
  const groups = equalFailures(
    failures.filter((failure) => !isAboutFindings(failure)),
    result.plan.images,
  );
  const alone = failures.filter(isAboutFindings).map((first) => ({ ...first, first, others: [] }));
  return [...groups, ...alone].map(({ first, others, unbuilt, untagged }) => ({
    title: titles[first.kind](first.image, others.length),
    message: [
      first.what,
      ...first.causes,
      ...first.quoted,
      ...listed(
        "The same happened to",
        others.map(({ image }) => image),
      ),
      ...listed("Tags that are in place", first.put),
      ...listed("Tags that are missing", first.missing),
      ...listed("Not built because of it", unbuilt),
      ...listed("Built, and not tagged because of it", untagged),
      ...listed("Also in images that depend on it", first.heirs),
    ].join("\n"),
    hint: first.hint,
    ...(first.at && { at: first.at }),
    ...(first.input && { input: first.input }),
  }));
}

const titles: Readonly<Record<Failure["kind"], (image: string, others: number) => string>> = {
  failed: (image, others) => `${titled(image, others)} failed`,
  findings: (image) => `Findings in ${plainLine(image)}`,
  unscanned: (image, others) => `${titled(image, others)} ${others === 0 ? "was" : "were"} not scanned`,
};

function titled(image: string, others: number): string {
  return others === 0 ? plainLine(image) : `${plainLine(image)} and ${count(others, "more image")}`;
}

function listed(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${title}: ${namesOf(names)}`];
}

const mostNames = 10;

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map(plainLine).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}

/** Without the tags that stand once for all images. */
function imageLine(image: ImageResult, scan: ImageScan | undefined, width: number, common: readonly string[]): string {
  const name = middleCut(plainLine(image.planned.name), width);
  const padded = name + " ".repeat(width - [...name].length);
  const isRed = image.outcome !== "blocked" && scan !== undefined && makesRed(scan);
  const mark = isStopped(image) ? "🛑" : isRed ? marks.failed : marks[image.outcome];
  const brief = scan === undefined ? "" : findingsBrief(scan);
  // As published: why nothing was built of it is of no interest.
  const facts =
    image.outcome === "skipped" && scan !== undefined
      ? [...(scan.kind === "unscanned" ? [] : ["scanned"]), brief]
      : [...details(image, common), brief];
  return `${mark} ${padded}  ${facts.flatMap((each) => (each === "" ? [] : [plainLine(each)])).join(" · ")}`;
}

/** What became of it, the reason, and then what there is to look up. */
function details(image: ImageResult, common: readonly string[]): readonly string[] {
  const why = because(image.planned.reasons);
  switch (image.outcome) {
    case "published":
      return ["published", why, ...tagDetails(image, common), ...candidateDetails(image.candidate)];
    case "promoted":
      return ["promoted", why, ...tagDetails(image, common), "nothing built", shortDigest(image.image.digest)];
    case "built":
      return ["built", why, ...candidateDetails(image.candidate)];
    case "failed": {
      const put = tagLabels(ownTags(image), image);
      const what = isStopped(image) ? ["not tagged", "blocked by its scan"] : ["failed", reasonOf(image)];
      return [...what, put.length === 0 ? "" : `in place: ${put.join(", ")}`];
    }
    case "blocked":
      return [image.candidate === undefined ? "skipped" : "built, not tagged", `depends on ${image.by}`];
    case "skipped":
    case "cancelled":
      return [image.outcome, why];
  }
}

/** The image's name stands before it. */
function reasonOf({ planned, error }: Extract<ImageResult, { readonly outcome: "failed" }>): string {
  const [first = ""] = error.message.split("\n", 1);
  const start = `${planned.name} could not be built: `;
  return shortened(first.startsWith(start) ? first.slice(start.length) : first, 200);
}

function tagDetails(image: ImageResult, common: readonly string[]): readonly string[] {
  const notes = tagNotes(image).map(({ kind, tags, because: reason, followers }) => {
    if (kind === "moved") return `moved: ${tags.join(", ")} (${reason})`;
    const follow = followers.length === 0 ? "" : `, and with them ${followers.join(", ")}`;
    return `left where they are: ${tags.join(", ")} (${reason})${follow}`;
  });
  const others = tagLabels(ownTags(image), image).filter((tag) => !common.includes(tag));
  return [others.map(shortTag).join(", ") || (common.length === 0 ? "no tag" : ""), ...notes];
}

function candidateDetails(candidate: { readonly digest: Digest; readonly seconds: number }): readonly string[] {
  return [formatDuration(candidate.seconds), shortDigest(candidate.digest)];
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
