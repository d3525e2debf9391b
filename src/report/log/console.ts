/** The end of the log: a line for each image, the closing sentence, and the annotations of what failed. */
import type { InputLine, SourceLocation } from "../../errors.ts";
import { capitalized, sentence } from "../../lib/markdown.ts";
import { inertLine, plainLine, shortened } from "../../lib/plain-text.ts";
import { count, formatDuration, forms } from "../../lib/quantities.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageResult, OtherFailure } from "../../results/run-result.ts";
import type { ImageScan } from "../../scan/judged.ts";
import { checkNames } from "../check-names.ts";
import { errorText } from "../error-text.ts";
import { lastWordsOf, type RunReport } from "../failures.ts";
import { failsRun, findingsBrief } from "../findings/finding-counts.ts";
import {
  findingsOf,
  heirsOf,
  type ImageFailure,
  isUnscanned,
  missingOf,
  putOf,
  withLastWords,
} from "../image-failure.ts";
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
export function closingLines(result: RunReport): readonly string[] {
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
export function failureNotices(result: RunReport): readonly FailureNotice[] {
  return [...imageNotices(result), ...(result.otherFailures ?? []).map(otherNotice)];
}

function otherNotice({ clause, error }: OtherFailure): FailureNotice {
  const { what, causes, quoted, hint, at, input } = errorText(error);
  const message = [what, ...causes, ...quoted].join("\n");
  return { title: capitalized(clause), message, hint, ...(at && { at }), ...(input && { input }) };
}

function imageNotices(result: RunReport): readonly FailureNotice[] {
  const { failures } = result;
  const isAboutFindings = (failure: ImageFailure): boolean => findingsOf(failure).length > 0;
  const groups = equalFailures(
    failures.filter((failure) => !isAboutFindings(failure)),
    result.plan.images,
  );
  const alone = failures.filter(isAboutFindings).map((first) => ({ first, others: [] }));
  return [...groups, ...alone].map(({ first, others }) => ({
    title: titleOf(first, others.length),
    message: [
      first.text.what,
      ...first.text.causes,
      ...first.text.quoted,
      ...listed(
        "The same happened to",
        others.map(({ image }) => image),
      ),
      ...listed("Tags that are in place", putOf(first)),
      ...listed("Tags that are missing", missingOf(first)),
      ...waitingFor([first, ...others], result.plan, plainLine).flatMap(({ title, images }) => listed(title, images)),
      ...listed("Also in images that depend on it", heirsOf(first)),
    ].join("\n"),
    hint: first.text.hint,
    ...(first.text.at && { at: first.text.at }),
    ...(first.text.input && { input: first.text.input }),
  }));
}

function titleOf(failure: ImageFailure, others: number): string {
  const image = plainLine(failure.image);
  if (findingsOf(failure).length > 0) return `Findings in ${image}`;
  const images = others === 0 ? image : `${image} and ${count(others, "more image")}`;
  if (isUnscanned(failure)) return `${images} ${forms(others + 1, "was", "were")} not scanned`;
  if (failure.kind !== "blocked") return `${images} failed`;
  return `${images} ${forms(others + 1, "is", "are")} blocked by ${checkNames[failure.check]}`;
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
  const isNotTagged = image.outcome === "blocked" || image.outcome === "skipped-for-parent";
  const fails = !isNotTagged && scan !== undefined && failsRun(scan);
  const isScanned = image.outcome === "skipped" && scan?.kind === "scanned";
  const mark = fails ? marks.failed : isScanned ? "✅" : marks[image.outcome];
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
      const place = put.length === 0 ? "" : `in place: ${put.join(", ")}`;
      return ["failed", reasonOf(image), place, ...builtDetails(image)];
    }
    case "blocked": {
      const checks = [...new Set(image.by.map(({ check }) => checkNames[check]))].join(" and ");
      const what = push ? ["not tagged", `blocked by ${checks}`] : ["built", `would be blocked by ${checks}`];
      return [...what, ...builtDetails(image)];
    }
    case "skipped-for-parent": {
      const what = image.candidate === undefined ? "skipped" : push ? "built, not tagged" : "built";
      return [what, `depends on ${image.parent}`, ...builtDetails(image)];
    }
    case "skipped":
    case "cancelled":
      return [image.outcome, why];
  }
}

type FailedImage = Extract<ImageResult, { readonly outcome: "failed" }>;

/** The image's name stands before it. */
function reasonOf({ error, reason, output }: FailedImage): string {
  const [first = ""] = error.message.split("\n", 1);
  return shortened(withLastWords(reason ?? first, lastWordsOf(output)), 200);
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

function builtDetails({ candidate }: { readonly candidate?: Candidate }): readonly string[] {
  return candidate === undefined ? [] : candidateDetails(candidate);
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
  blocked: "🛑",
  "skipped-for-parent": "⛔",
  cancelled: "⏹️",
};
