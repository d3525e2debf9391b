/** Which instruction of a Dockerfile gives an image each layer. Pure. */
import type { SourceLocation } from "../errors.ts";
import { stepOf } from "./origin.ts";
import type { ScannedLayer } from "./scanner.ts";

/** An instruction of the image's own Dockerfile that gives it a layer. */
export interface OwnStep {
  readonly keyword: string;
  readonly at: SourceLocation;
  /** What it copies from, if not from the context: a stage or an image, as written. */
  readonly from?: string;
  /** Where that stage begins. */
  readonly fromAt?: SourceLocation;
}

/**
 * By the layers' digests. Layers and steps end together, so that nobody need know where the base's layers end; from where a step
 * doesn't fit its layer nothing is known. @param steps lowest first
 */
export function layerPlaces<Step extends OwnStep>(
  layers: readonly ScannedLayer[],
  steps: readonly Step[],
): ReadonlyMap<string, Step> {
  const places = new Map<string, Step>();
  let next = steps.length - 1;
  for (const { diffId, createdBy } of layers.toReversed()) {
    const [keyword] = stepOf(createdBy ?? "").split(" ", 1);
    // One for the root makes no layer.
    while (steps[next]?.keyword === "WORKDIR" && keyword !== "WORKDIR") next -= 1;
    const step = steps[next];
    if (step === undefined || step.keyword !== keyword) break;
    places.set(diffId, step);
    next -= 1;
  }
  return places;
}
