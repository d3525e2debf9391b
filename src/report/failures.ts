/** What failed, why, where, and what could not be built because of it. Plain text; who shows it escapes it. */
import type { SourceLocation } from "../errors.ts";
import { plainLines } from "../plain-text.ts";
import { heldBy, redBy } from "../scan/complaint.ts";
import { type ErrorText, errorText, lastLines, problemsIn } from "./error-text.ts";
import type { ImageResult, RunResult } from "./run-result.ts";
import { missingTags, ownTags, tagLabels } from "./tag-notes.ts";

export interface Failure extends ErrorText {
  readonly image: string;
  /** `findings`: nothing went wrong but what its scan found; `unscanned`: or that there was none. */
  readonly kind: "failed" | "findings" | "unscanned";
  /** What is quoted or more, for where there is room: at most 40 lines, none longer than 400 characters. */
  readonly output: readonly string[];
  readonly at: SourceLocation;
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
  const blocked = blockedByCulprit(result.images);
  return result.images.flatMap((image) => {
    if (image.outcome !== "failed") return ofFindings(image, result);
    const problems = problemsIn(image.error);
    const put = tagLabels(ownTags(image), image);
    const tagged = { put, missing: put.length === 0 ? [] : missingTags(image) };
    return problems.map((error, index) => ({
      image: image.planned.name,
      kind: "failed" as const,
      ...withOutput(errorText(error), image.output),
      at: error.at ?? image.planned.at,
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
  const about = {
    image: planned.name,
    kind: scan?.kind === "unscanned" ? ("unscanned" as const) : ("findings" as const),
    at: error.at ?? planned.at,
  };
  return [{ ...withOutput(errorText(error), undefined), ...about, ...nothing }];
}

/** Names of blocked images by the failed image that stands at the beginning of their chain. */
function blockedByCulprit(images: readonly ImageResult[]): ReadonlyMap<string, readonly string[]> {
  const by = new Map(images.flatMap((each) => (each.outcome === "blocked" ? [[each.planned.name, each.by]] : [])));
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

function withOutput(told: ErrorText, output: readonly string[] | undefined): ErrorText & Pick<Failure, "output"> {
  return {
    ...told,
    output: output === undefined || output.length === 0 ? told.quoted : lastLines(output.flatMap(plainLines)),
  };
}
