/** Decides for each image of a run which checks it gets, and which images of the run it is based on. */
import type { Candidate } from "../../model/candidate.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { FoundDigest } from "../../publish/promotion/promotion.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { CheckResult } from "../check/check.ts";
import type { GateResult, GateResults } from "../check/gate.ts";
import { type CheckRules, checkFound, passBuilt, passPromoted } from "../check/image-checks.ts";
import type { Ancestor, Ancestors, Scanning } from "../check/scanning.ts";

/** An image of this run, as those that are based on it see it. */
export interface MadeImage {
  /** Of all that it is based on, and its own. */
  readonly gates: GateResults;
  /** With itself. */
  readonly lineage: Ancestors;
  /** It never rejects. */
  readonly result: Promise<ImageResult>;
}

/** By name of the image. */
export type MadeImages = ReadonlyMap<string, MadeImage>;

/** `parents` are those of this run that an image is based on. */
export interface ImageGates {
  built(planned: PlannedBuild, candidate: Candidate, parents: MadeImages): Promise<GateResult>;
  promoted(planned: PlannedPromote, parents: MadeImages): Promise<GateResult>;
  found(planned: PlannedBuild | PlannedPromote, found: FoundDigest, parents: MadeImages): Promise<CheckResult>;
}

export interface ImageGatesParts extends Omit<CheckRules, "scan"> {
  readonly scanning: Pick<Scanning, "isWanted" | "check">;
}

export function openImageGates({ scanning, ...common }: ImageGatesParts): ImageGates {
  const rulesFor = (planned: PlannedBuild | PlannedPromote, parents: MadeImages): CheckRules => ({
    ...common,
    scan: scanning.isWanted(planned.name) ? scanning.check(planned, lineageOf(parents)) : undefined,
  });
  return {
    built: (planned, candidate, parents) => passBuilt(planned, candidate, gatesOf(parents), rulesFor(planned, parents)),
    promoted: (planned, parents) => passPromoted(planned, gatesOf(parents), rulesFor(planned, parents)),
    found: (planned, found, parents) => checkFound(planned, found, rulesFor(planned, parents)),
  };
}

/** Everything of this run that an image with these parents is based on, and what it is itself. */
export function lineageOf(parents: MadeImages, ...own: readonly (readonly [string, Ancestor])[]): Ancestors {
  return new Map([...[...parents.values()].flatMap(({ lineage }) => [...lineage]), ...own]);
}

/** The decisions on everything of this run that an image with these parents is based on, and on itself. */
export function gatesOf(parents: MadeImages, ...own: readonly (readonly [string, Promise<GateResult>])[]): GateResults {
  return new Map([...[...parents.values()].flatMap(({ gates }) => [...gates]), ...own]);
}
