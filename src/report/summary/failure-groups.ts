/** Groups failures: equal ones of several images, and findings that have one remedy. Pure. */
import { familiarRepository } from "../../model/reference.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import type { Remedy, SeenFinding } from "../../scan/judged.ts";
import { findingsOf, type ImageFailure, outputOf, putOf } from "../image-failure.ts";

export interface FailureGroup {
  readonly first: ImageFailure;
  /** The same happened to them. */
  readonly others: readonly ImageFailure[];
}

export interface Waiting {
  /** `Not built because of it`. */
  readonly title: string;
  readonly images: readonly string[];
}

/** In the order of the first of each. Those that differ in nothing but the image's own name, places and digests are equal. */
export function equalFailures(
  failures: readonly ImageFailure[],
  images: readonly PlannedImage[],
): readonly FailureGroup[] {
  const planned = new Map(images.map((image) => [image.name, image]));
  const groups = Map.groupBy(failures, (failure) => keyOf(failure, planned.get(failure.image)));
  return [...groups.values()].flatMap((some): readonly FailureGroup[] => {
    const [first, ...others] = some;
    if (first === undefined) return [];
    return [{ first, others }];
  });
}

/**
 * Images that get nothing, or no tags, because of failures that are shown together: of several, each is named.
 * @param quote makes a name fit for where the titles are shown
 */
export function waitingFor(
  failures: readonly ImageFailure[],
  { push }: Pick<Plan, "push">,
  quote: (name: string) => string,
): readonly Waiting[] {
  const untagged = push ? "Built, and not tagged because of" : "Built, and would not be tagged because of";
  const of = (name: (failure: ImageFailure) => string) => (failure: ImageFailure) => [
    { title: `Not built because of ${name(failure)}`, images: failure.waiting.unbuilt },
    { title: `${untagged} ${name(failure)}`, images: failure.waiting.untagged },
  ];
  const all = failures.flatMap(of(failures.length === 1 ? () => "it" : ({ image }) => quote(image)));
  const some = all.filter(({ images }) => images.length > 0);
  const more = some.slice(mostWaiting);
  if (more.length < 2) return some;
  const images = more.flatMap((each) => each.images);
  return [...some.slice(0, mostWaiting), { title: "Skipped because of other failed images", images }];
}

const mostWaiting = 5;

export interface RemedyGroup {
  readonly remedy: Remedy;
  readonly of: readonly { readonly failure: ImageFailure; readonly findings: readonly SeenFinding[] }[];
}

/** Weightiest of the first image first. */
export function byRemedy(failures: readonly ImageFailure[]): readonly RemedyGroup[] {
  const all = failures.flatMap((failure) => findingsOf(failure).map((seen) => ({ failure, seen })));
  const groups = Map.groupBy(all, ({ failure, seen }) => JSON.stringify([seen.remedy.text, failure.kind]));
  return [...groups.values()].flatMap((some): readonly RemedyGroup[] => {
    const [first] = some;
    if (first === undefined) return [];
    const of = [...Map.groupBy(some, ({ failure }) => failure)].map(([failure, each]) => ({
      failure,
      findings: each.map(({ seen }) => seen),
    }));
    return [{ remedy: first.seen.remedy, of }];
  });
}

function keyOf(failure: ImageFailure, image: PlannedImage | undefined): string {
  const { what, causes, hint } = failure.text;
  // Where tags are in place, which ones they are is of interest.
  const only = image === undefined || putOf(failure).length > 0 ? failure.image : "";
  const texts = [what, ...causes, ...outputOf(failure), hint].map((text) =>
    image === undefined ? text : generic(text, image),
  );
  const isBuilt = failure.kind === "publish" && failure.built !== undefined;
  return JSON.stringify([only, failure.kind, isBuilt, texts]);
}

/** A message without the image's own names and place, so that equal failures of several images compare equal. */
function generic(text: string, { name, repositories, at }: PlannedImage): string {
  const folder = at.file.slice(0, at.file.lastIndexOf("/") + 1);
  const own = [...repositories, ...repositories.map(familiarRepository), at.file, folder].filter((each) => each !== "");
  const without = own.reduce((rest, each) => rest.replaceAll(each, "…"), text).replace(/\b[0-9a-f]{32,}\b/g, "…");
  return without
    .split(/(?<![\w.-])(?=[\w.-])|(?<=[\w.-])(?![\w.-])/)
    .map((word) => (word === name ? "…" : word))
    .join("");
}
