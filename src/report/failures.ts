/** What failed or is blocked, why, where, and what could not be built or tagged because of it. Plain text; who shows it escapes it. */
import { placeOfError, problemsIn, type SourceLocation, type UserError } from "../errors.ts";
import { plainLines } from "../lib/plain-text.ts";
import type { Block, ImageResult, RunResult } from "../results/run-result.ts";
import { type ScanFailure, scanFailure } from "../scan/scan-failure.ts";
import { type ErrorText, errorText, lastLines } from "./error-text.ts";
import { bringersOf, type FindingsByImage, isInherited, ownFindings } from "./findings/inherited.ts";
import type { ImageFailure, WaitingImages } from "./image-failure.ts";
import { missingTags, ownTags, tagLabels } from "./summary/tag-notes.ts";

/** What a run did, with what its reports need more than once. */
export interface RunReport extends RunResult {
  readonly failures: readonly ImageFailure[];
}

export function reportOf(result: RunResult): RunReport {
  return { ...result, failures: failuresOf(result) };
}

/** The last line of what a failed step wrote. */
export function lastWordsOf(output: readonly string[] = []): string | undefined {
  return output
    .flatMap(plainLines)
    .findLast((line) => line.trim() !== "")
    ?.trim();
}

type FailedResult = Extract<ImageResult, { readonly outcome: "failed" }>;

/**
 * One for each problem of each failed or blocked image, in the plan's order, and one for each other image with findings that make
 * the run fail, unless another image of the run brings them.
 */
function failuresOf(result: RunResult): readonly ImageFailure[] {
  const { images } = result;
  const reporters = firstReporters(images);
  const waiting = waitingByCulprit(images, reporters);
  const blocking = blockingFindings(images);
  const failing = failingScans(result);
  const failingFindings: FindingsByImage = new Map([...failing].map(([name, { findings }]) => [name, findings]));
  const heirs = heirsByBringer(failingFindings);
  return images.flatMap((image): readonly ImageFailure[] => {
    const waits = waitingOf(waiting.get(image.planned.name) ?? []);
    switch (image.outcome) {
      case "failed":
        return failedProblems(image, reporters, waits);
      case "blocked":
        return image.by.map((block, index) => blockedImage(image, block, blocking, index === 0 ? waits : nothingWaits));
      default: {
        const failure = failing.get(image.planned.name);
        if (failure === undefined || isInherited(failure.findings, failingFindings)) return [];
        return [scanProblem(image, failure, failingFindings, heirs.get(image.planned.name) ?? [])];
      }
    }
  });
}

const nothingWaits: WaitingImages = { unbuilt: [], untagged: [] };

function waitingOf(images: readonly ImageResult[]): WaitingImages {
  const isBuilt = (image: ImageResult) => image.outcome === "skipped-for-parent" && image.candidate !== undefined;
  const name = ({ planned }: ImageResult) => planned.name;
  return { unbuilt: images.filter((each) => !isBuilt(each)).map(name), untagged: images.filter(isBuilt).map(name) };
}

function failedProblems(
  image: FailedResult,
  reporters: ReadonlyMap<UserError, string>,
  waits: WaitingImages,
): readonly ImageFailure[] {
  const { name } = image.planned;
  const put = tagLabels(ownTags(image), image);
  const problems = problemsIn(image.error).filter((error) => (reporters.get(error) ?? name) === name);
  return problems.map((error, index): ImageFailure => {
    const text = placedText(error, placeOfError(error, image.planned.at));
    const common = { image: name, text, waiting: index === 0 ? waits : nothingWaits };
    if (image.candidate === undefined && image.planned.kind !== "promote") {
      const output = image.output === undefined ? text.quoted : lastLines(image.output.flatMap(plainLines));
      const { reason, excerpt = [] } = image;
      return { ...common, kind: "build", reason, lastWords: lastWordsOf(image.output), excerpt, output };
    }
    const tags = index === 0 ? { put, missing: put.length === 0 ? [] : missingTags(image) } : { put: [], missing: [] };
    return { ...common, kind: "publish", built: image.candidate?.digest, ...tags };
  });
}

function blockedImage(
  { planned, candidate }: Extract<ImageResult, { readonly outcome: "blocked" }>,
  { check, error, findings = [] }: Block,
  blocking: FindingsByImage,
  waiting: WaitingImages,
): ImageFailure {
  const isUnseen = check === "scan" && findings.length === 0;
  return {
    ...{ image: planned.name, kind: "blocked", check, isBuilt: candidate !== undefined, waiting },
    text: placedText(error, isUnseen ? error.at : placeOfError(error, planned.at)),
    findings: ownFindings(findings, blocking),
  };
}

function scanProblem(
  { planned }: ImageResult,
  { error, findings }: ScanFailure,
  all: FindingsByImage,
  heirs: readonly string[],
): ImageFailure {
  return {
    ...{ image: planned.name, kind: "scan", waiting: nothingWaits, heirs },
    text: placedText(error, findings.length === 0 ? error.at : placeOfError(error, planned.at)),
    findings: ownFindings(findings, all),
  };
}

/** The images that have all their findings from others, by those. */
function heirsByBringer(all: FindingsByImage): ReadonlyMap<string, readonly string[]> {
  const heirs = [...all].flatMap(([name, findings]) =>
    isInherited(findings, all) ? bringersOf(findings, all).map((bringer) => ({ bringer, name })) : [],
  );
  const groups = Map.groupBy(heirs, ({ bringer }) => bringer);
  return new Map([...groups].map(([bringer, some]) => [bringer, some.map(({ name }) => name)]));
}

function placedText(error: UserError, at: SourceLocation | undefined): ErrorText {
  return { ...errorText(error), at };
}

/** What blocks images, by name of the image. */
function blockingFindings(images: readonly ImageResult[]): FindingsByImage {
  return new Map(
    images.flatMap((image) =>
      image.outcome === "blocked" ? [[image.planned.name, image.by.flatMap(({ findings = [] }) => findings)]] : [],
    ),
  );
}

/** Why scans fail the run by images that neither failed nor are blocked, in the plan's order. */
function failingScans({ images, scans }: RunResult): ReadonlyMap<string, ScanFailure> {
  return new Map(
    images.flatMap(({ planned: { name }, outcome }) => {
      const isReported = outcome === "failed" || outcome === "blocked" || outcome === "skipped-for-parent";
      const scan = isReported ? undefined : scans?.get(name);
      const failure = scan && scanFailure(scan);
      return failure === undefined ? [] : [[name, failure]];
    }),
  );
}

/** Images that can't be planned may share a problem: the first of them reports it. */
function firstReporters(images: readonly ImageResult[]): ReadonlyMap<UserError, string> {
  const failed = images.filter((image) => image.outcome === "failed").filter(({ planned }) => planned.kind === "skip");
  const all = failed.flatMap((image) => problemsIn(image.error).map((error) => [error, image.planned.name] as const));
  return new Map(all.toReversed());
}

/** Skipped images, and those that failed by nothing of their own, by the name of the image at the beginning of their chain. */
function waitingByCulprit(
  images: readonly ImageResult[],
  reporters: ReadonlyMap<UserError, string>,
): ReadonlyMap<string, readonly ImageResult[]> {
  const blockers = new Map(
    images.flatMap((each): readonly (readonly [string, string])[] => {
      const { name } = each.planned;
      if (each.outcome === "skipped-for-parent") return [[name, each.parent]];
      const culprits =
        each.outcome === "failed" ? problemsIn(each.error).map((error) => reporters.get(error) ?? name) : [name];
      const [first] = culprits;
      return first === undefined || culprits.includes(name) ? [] : [[name, first]];
    }),
  );
  const waiting = images.filter(({ planned }) => blockers.has(planned.name));
  return Map.groupBy(waiting, ({ planned }) => culpritOf(planned.name, blockers));
}

function culpritOf(name: string, blockers: ReadonlyMap<string, string>): string {
  let culprit = name;
  // No chain is longer than there are links, whatever the data say.
  for (let step = 0; step < blockers.size; step += 1) {
    const next = blockers.get(culprit);
    if (next === undefined) break;
    culprit = next;
  }
  return culprit;
}
