/** What failed, why, where, and what could not be built or tagged because of it. Plain text; who shows it escapes it. */
import { BlockedByCheck, placeOfError, problemsIn, type SourceLocation, type UserError } from "../errors.ts";
import { plainLines } from "../lib/plain-text.ts";
import type { ImageResult, RunResult } from "../results/run-result.ts";
import type { SeenFinding } from "../scan/across-platforms.ts";
import { heldBy, redBy, ScanComplaint } from "../scan/complaint.ts";
import { type ErrorText, errorText, lastLines } from "./error-text.ts";
import { blocksIn, bringersOf, type Complaints, isInherited, ownFindings } from "./findings/inherited.ts";
import { missingTags, ownTags, tagLabels } from "./summary/tag-notes.ts";

/** Of all but `failed`, nothing went wrong: a check looks at its findings, at its size, or had no scan to look at. */
export type FailureKind = "failed" | "findings" | "unscanned" | "size";

export interface Failure extends ErrorText {
  readonly image: string;
  readonly kind: FailureKind;
  /** A check keeps the image from its tags, or would, where it was to get some. */
  readonly isBlocked: boolean;
  /** Those that block and that the image itself brings, weightiest first; empty where it is not about findings. */
  readonly findings: readonly SeenFinding[];
  /** How many platforms the image has, where it is about findings. */
  readonly platforms: number;
  /** What is quoted or more, for where there is room: at most 40 lines, none longer than 400 characters. */
  readonly output: readonly string[];
  /** The last line that the failed step wrote, where it wrote any. */
  readonly lastWords: string | undefined;
  /** The lines of the Dockerfile around the one that failed. */
  readonly excerpt: readonly string[];
  /** `undefined`: no line is at fault. */
  readonly at: SourceLocation | undefined;
  /** The candidate's digest where the build was good and what came after failed. */
  readonly built: string | undefined;
  /** Tags that were put, or found right, before it failed; they stay. */
  readonly put: readonly string[];
  /** Where some were put: those that are missing. */
  readonly missing: readonly string[];
  /** Images that were not built because of it, in the plan's order. */
  readonly unbuilt: readonly string[];
  /** Images that were built, and get no tags because of it, in the plan's order. */
  readonly untagged: readonly string[];
  /** Images that are published and have the same findings, since they are based on it; in the plan's order. */
  readonly heirs: readonly string[];
}

/**
 * One for each problem of each failed image, in the plan's order, and one for each other image with findings that make the run fail,
 * unless another image of the run brings them. What is blocked and tagged stands with the first of an image.
 */
export function failuresOf(result: RunResult): readonly Failure[] {
  const { images } = result;
  const told = firstToTell(images);
  const blocked = blockedByCulprit(images, told);
  const [complaints, blocks] = [complaintsOf(result), blocksIn(images)];
  return images.flatMap((image) => {
    const { name } = image.planned;
    if (image.outcome !== "failed") return ofFindings(image, complaints, result);
    const put = tagLabels(ownTags(image), image);
    const tagged = { put, missing: put.length === 0 ? [] : missingTags(image) };
    const waiting = blocked.get(name) ?? [];
    const namesOf = (isWanted: boolean) =>
      waiting.flatMap((each) => (isBuilt(each) === isWanted ? [each.planned.name] : []));
    const problems = problemsIn(image.error).filter((error) => (told.get(error) ?? name) === name);
    return problems.map(
      (error, index): Failure => ({
        ...nothing,
        ...errorText(error),
        image: name,
        kind: kindOf(error),
        isBlocked: error instanceof BlockedByCheck,
        findings: error instanceof ScanComplaint ? ownFindings(error, blocks) : [],
        platforms: error instanceof ScanComplaint ? error.platforms : 0,
        output: image.output === undefined ? errorText(error).quoted : lastLines(image.output.flatMap(plainLines)),
        lastWords: lastWordsOf(image),
        excerpt: image.excerpt ?? [],
        at: placeOf(error, image.planned.at),
        built: image.candidate?.digest,
        ...(index === 0 ? { ...tagged, unbuilt: namesOf(false), untagged: namesOf(true) } : {}),
      }),
    );
  });
}

const nothing = {
  put: [],
  missing: [],
  unbuilt: [],
  untagged: [],
  heirs: [],
  excerpt: [],
  lastWords: undefined,
  built: undefined,
} as const;

/** The last line that the failed step of an image wrote; it says why more often than the exit code. */
export function lastWordsOf(image: ImageResult): string | undefined {
  if (image.outcome !== "failed") return undefined;
  return (image.output ?? [])
    .flatMap(plainLines)
    .findLast((line) => line.trim() !== "")
    ?.trim();
}

function kindOf(error: unknown): FailureKind {
  if (error instanceof ScanComplaint) return error.findings.length > 0 ? "findings" : "unscanned";
  return error instanceof BlockedByCheck ? "size" : "failed";
}

/** No line of a Dockerfile is at fault where a scanner or a database is not there. */
function placeOf(error: UserError, own: SourceLocation): SourceLocation | undefined {
  return kindOf(error) === "unscanned" ? error.at : placeOfError(error, own);
}

function ofFindings(
  { planned, outcome }: ImageResult,
  complaints: Complaints,
  { scans }: RunResult,
): readonly Failure[] {
  const error = complaints.get(planned.name);
  if (error === undefined || isInherited(error, complaints)) return [];
  const told = errorText(error);
  return [
    {
      ...nothing,
      ...told,
      image: planned.name,
      kind: kindOf(error),
      isBlocked: outcome === "built" && scans?.get(planned.name)?.passes === false,
      findings: ownFindings(error, complaints),
      platforms: error.platforms,
      output: told.quoted,
      at: placeOf(error, planned.at),
      heirs: [...complaints].flatMap(([name, each]) => {
        const isHeir = isInherited(each, complaints) && bringersOf(each, complaints).includes(planned.name);
        return isHeir ? [name] : [];
      }),
    },
  ];
}

/** What the scans say against images that did not fail, and are not blocked by one that did; in the plan's order. */
function complaintsOf({ images, scans }: RunResult): Complaints {
  return new Map(
    images.flatMap(({ planned: { name }, outcome }) => {
      const scan = outcome === "failed" || outcome === "blocked" ? undefined : scans?.get(name);
      const error = scan && (heldBy(scan) ?? redBy(scan));
      return error === undefined ? [] : [[name, error]];
    }),
  );
}

function isBuilt(image: ImageResult): boolean {
  return image.outcome === "blocked" && image.candidate !== undefined;
}

/** Images that can't be planned may share a problem: the first of them reports it. */
function firstToTell(images: readonly ImageResult[]): ReadonlyMap<UserError, string> {
  const failed = images.filter((image) => image.outcome === "failed").filter(({ planned }) => planned.kind === "skip");
  const all = failed.flatMap((image) => problemsIn(image.error).map((error) => [error, image.planned.name] as const));
  return new Map(all.toReversed());
}

/** Blocked images, and those that failed by nothing of their own, by the name of the image at the beginning of their chain. */
function blockedByCulprit(
  images: readonly ImageResult[],
  told: ReadonlyMap<UserError, string>,
): ReadonlyMap<string, readonly ImageResult[]> {
  const blockers = new Map(
    images.flatMap((each): readonly (readonly [string, string])[] => {
      const { name } = each.planned;
      if (each.outcome === "blocked") return [[name, each.by]];
      const culprits =
        each.outcome === "failed" ? problemsIn(each.error).map((error) => told.get(error) ?? name) : [name];
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
