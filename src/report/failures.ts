/** What failed, why, where, and what could not be built because of it. Plain text; who shows it escapes it. */
import { Problems, placeOfError, type SourceLocation, type UserError } from "../errors.ts";
import { plainLine, plainLines, shortened } from "../plain-text.ts";
import { heldBy, redBy } from "../scan/complaint.ts";
import type { ImageResult, RunResult } from "./run-result.ts";
import { missingTags, ownTags, tagLabels } from "./tag-notes.ts";

export interface Failure {
  readonly image: string;
  /** `findings`: nothing went wrong but what its scan found; `unscanned`: or that there was none. */
  readonly kind: "failed" | "findings" | "unscanned";
  /** One sentence. */
  readonly what: string;
  /** Why, where the error has a cause that says more. */
  readonly causes: readonly string[];
  /** The program's last words, as the error quotes them. */
  readonly quoted: readonly string[];
  /** The same or more, for where there is room: at most 40 lines, none longer than 400 characters. */
  readonly output: readonly string[];
  readonly hint: string;
  /** `undefined`: an input is at fault. */
  readonly at: SourceLocation | undefined;
  /** The candidate's digest where the build was good and what came after failed. */
  readonly built: string | undefined;
  /** Tags that were put, or found right, before it failed; they stay. */
  readonly put: readonly string[];
  /** Where some were put: those that are missing. */
  readonly missing: readonly string[];
  /** Images that were not built because of it, in the plan's order. */
  readonly blocked: readonly string[];
}

/**
 * One for each problem of each failed image, in the plan's order, and one for each other image with findings that make the run red;
 * what is blocked and tagged stands with the first of an image.
 */
export function failuresOf(result: RunResult): readonly Failure[] {
  const told = firstToTell(result.images);
  const blocked = blockedByCulprit(result.images, told);
  return result.images.flatMap((image) => {
    if (image.outcome !== "failed") return ofFindings(image, result);
    const problems = problemsOf(image).filter(
      (error) => (told.get(error) ?? image.planned.name) === image.planned.name,
    );
    const put = tagLabels(ownTags(image), image);
    const tagged = { put, missing: put.length === 0 ? [] : missingTags(image) };
    return problems.map((error, index) => ({
      image: image.planned.name,
      kind: "failed" as const,
      ...explanation(error, image.output),
      hint: shortened(plainLine(error.hint), longestSentence),
      at: placeOfError(error, image.planned.at),
      built: image.candidate?.digest,
      ...(index === 0 ? tagged : { put: [], missing: [] }),
      blocked: index === 0 ? (blocked.get(image.planned.name) ?? []) : [],
    }));
  });
}

/** An image that was held has failed already, with what its scan says of it. */
function ofFindings({ planned }: ImageResult, { scans }: RunResult): readonly Failure[] {
  const scan = scans?.get(planned.name);
  const error = scan && (heldBy(scan) ?? redBy(scan));
  if (error === undefined) return [];
  const nothing = { put: [], missing: [], blocked: [], built: undefined };
  const hint = shortened(plainLine(error.hint), longestSentence);
  const about = {
    image: planned.name,
    kind: scan?.kind === "unscanned" ? ("unscanned" as const) : ("findings" as const),
    at: placeOfError(error, planned.at),
  };
  return [{ ...about, ...explanation(error, undefined), hint, ...nothing }];
}

type FailedResult = Extract<ImageResult, { readonly outcome: "failed" }>;

function problemsOf({ error }: FailedResult): readonly UserError[] {
  return error instanceof Problems ? error.problems : [error];
}

/** Images that can't be planned may share a problem: it is told once, by the first of them. */
function firstToTell(images: readonly ImageResult[]): ReadonlyMap<UserError, string> {
  const failed = images.filter((image) => image.outcome === "failed").filter(({ planned }) => planned.kind === "skip");
  const all = failed.flatMap((image) => problemsOf(image).map((error) => [error, image.planned.name] as const));
  return new Map(all.toReversed());
}

/** Names of blocked images, and of those that failed by nothing of their own, by the image at the beginning of their chain. */
function blockedByCulprit(
  images: readonly ImageResult[],
  told: ReadonlyMap<UserError, string>,
): ReadonlyMap<string, readonly string[]> {
  const by = new Map(
    images.flatMap((each): readonly (readonly [string, string])[] => {
      const { name } = each.planned;
      if (each.outcome === "blocked") return [[name, each.by]];
      const culprits = each.outcome === "failed" ? problemsOf(each).map((error) => told.get(error) ?? name) : [name];
      const [first] = culprits;
      return first === undefined || culprits.includes(name) ? [] : [[name, first]];
    }),
  );
  const culprits = new Map<string, string[]>();
  for (const name of by.keys()) {
    const culprit = culpritOf(name, by);
    culprits.set(culprit, [...(culprits.get(culprit) ?? []), name]);
  }
  return culprits;
}

function culpritOf(name: string, by: ReadonlyMap<string, string>): string {
  let culprit = name;
  // No chain is longer than there are links, whatever the data say.
  for (let step = 0; step < by.size; step += 1) {
    const next = by.get(culprit);
    if (next === undefined) break;
    culprit = next;
  }
  return culprit;
}

function explanation(
  error: UserError,
  output: readonly string[] | undefined,
): Pick<Failure, "what" | "causes" | "quoted" | "output"> {
  const [what = "", ...quoted] = plainLines(error.message.trim());
  const causes: string[] = [];
  let cause = error.cause;
  for (let depth = 0; depth < deepestCause && cause instanceof Error; depth += 1) {
    const [first = "", ...more] = plainLines(cause.message.trim());
    if (first !== "" && ![what, ...causes].some((known) => known.includes(first))) causes.push(first);
    quoted.push(...more);
    cause = cause.cause;
  }
  return {
    what: shortened(what, longestSentence),
    causes: causes.map((each) => shortened(each, longestSentence)),
    quoted: lastLines(quoted),
    output: lastLines(output === undefined || output.length === 0 ? quoted : output.flatMap(plainLines)),
  };
}

function lastLines(lines: readonly string[]): readonly string[] {
  return lines.slice(-mostOutput).map((line) => shortened(line, longestLine));
}

const deepestCause = 3;
const longestSentence = 1000;
const mostOutput = 40;
const longestLine = 400;
