/** The end of the log: a line for each image, the closing sentence, and the annotations of what failed. */
import { type InputLine, problemsIn, type SourceLocation } from "../../errors.ts";
import { sentence } from "../../lib/markdown.ts";
import { inertLine, plainLine, shortened } from "../../lib/plain-text.ts";
import { count, formatDuration } from "../../lib/quantities.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageResult, OtherFailure, RunResult } from "../../results/run-result.ts";
import { ScanComplaint } from "../../scan/complaint.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { errorText } from "../error-text.ts";
import { type Failure, failuresOf, lastWordsOf } from "../failures.ts";
import { findingsBrief, makesRed } from "../findings/finding-counts.ts";
import { isStopped } from "../findings/inherited.ts";
import { because } from "../plan/because.ts";
import { middleCut, shortDigest, shortTag } from "../summary/abbreviation.ts";
import { commonTags } from "../summary/common-tags.ts";
import { equalFailures, waitingFor } from "../summary/failure-groups.ts";
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
    ...acted.map((image) => imageLine(image, { scan: scanOf(image), push: result.plan.push, width, common })),
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
  const alone = failures.filter(isAboutFindings).map((first) => ({ first, others: [] }));
  return [...groups, ...alone].map(({ first, others }) => ({
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
      ...waitingFor([first, ...others], result.plan, plainLine).flatMap(({ title, images }) => listed(title, images)),
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
  size: (image, others) => `${titled(image, others)} ${others === 0 ? "is" : "are"} too large`,
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

interface LineParts {
  readonly scan: ImageScan | undefined;
  /** Whether the run pushes and tags. */
  readonly push: boolean;
  readonly width: number;
  /** Tags that are shown once for all images. */
  readonly common: readonly string[];
}

function imageLine(image: ImageResult, { scan, push, width, common }: LineParts): string {
  const name = middleCut(plainLine(image.planned.name), width);
  const padded = name + " ".repeat(width - [...name].length);
  const isRed = image.outcome !== "blocked" && scan !== undefined && makesRed(scan);
  const isScanned = image.outcome === "skipped" && scan?.kind === "scanned";
  const mark = isStopped(image) ? "🛑" : isRed ? marks.failed : isScanned ? "✅" : marks[image.outcome];
  const brief = scan === undefined ? "" : findingsBrief(scan);
  // As published: why nothing was built of it is of no interest.
  const facts =
    image.outcome === "skipped" && scan !== undefined
      ? [...scanDetails(scan), brief]
      : [...details(image, common, push), brief];
  return `${mark} ${padded}  ${facts.flatMap((each) => (each === "" ? [] : [plainLine(each)])).join(" · ")}`;
}

/** Of what is published, what was scanned. */
function scanDetails(scan: ImageScan): readonly string[] {
  if (scan.kind === "unscanned") return [];
  const found = scan.comparedWith.kind === "itself" ? scan.comparedWith.found : undefined;
  return ["scanned", ...(found === undefined ? [] : [shortTag(found.tag), shortDigest(found.digest)])];
}

/** What became of it, the reason, and then what there is to look up. */
function details(image: ImageResult, common: readonly string[], push: boolean): readonly string[] {
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
      const what = isStopped(image)
        ? [push ? "not tagged" : "built", `${push ? "" : "would be "}blocked ${checkOf(image)}`]
        : ["failed", reasonOf(image)];
      const built = image.candidate === undefined ? [] : candidateDetails(image.candidate);
      return [...what, put.length === 0 ? "" : `in place: ${put.join(", ")}`, ...built];
    }
    case "blocked": {
      const { candidate } = image;
      if (candidate === undefined) return ["skipped", `depends on ${image.by}`];
      return [push ? "built, not tagged" : "built", `depends on ${image.by}`, ...candidateDetails(candidate)];
    }
    case "skipped":
    case "cancelled":
      return [image.outcome, why];
  }
}

type FailedImage = Extract<ImageResult, { readonly outcome: "failed" }>;

/** What blocks it, as a clause. */
function checkOf({ error }: FailedImage): string {
  const others = problemsIn(error).filter((each) => !(each instanceof ScanComplaint));
  return others.length === 0
    ? "by its scan"
    : others.map(({ message }) => `as it ${message.replace(/^\S+ /, "")}`).join("; ");
}

/** The image's name stands before it. */
function reasonOf(image: FailedImage): string {
  const [first = ""] = image.error.message.split("\n", 1);
  const start = `${image.planned.name} could not be built: `;
  const reason = first.startsWith(start) ? first.slice(start.length) : first;
  const last = lastWordsOf(image);
  return shortened(last === undefined || reason.endsWith(last) ? reason : `${reason}: ${last}`, 200);
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
