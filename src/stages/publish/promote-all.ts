/** Promotes what is published already: it needs nothing but tags, and waits for no build. */
import { limitCalls } from "../../lib/limit.ts";
import type { PlannedImage, PlannedPromote } from "../../plan/plan.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { GateResult } from "../check/gate.ts";
import { afterGate } from "./after-gate.ts";
import { gatesOf, type ImageGates, lineageOf, type MadeImage, type MadeImages } from "./image-gates.ts";
import { type CheckFoundDigest, type Publishing, publishAgain } from "./publish-image.ts";

export interface PromotingAll {
  readonly gates: Pick<ImageGates, "promoted" | "found">;
  readonly publishing: Publishing;
  /** Names of the images that one is based on. */
  readonly parentsOf: (name: string) => readonly string[];
  /** Loads what was promoted, where that is wanted. */
  readonly load: (result: ImageResult) => Promise<ImageResult>;
}

const promotionsAtOnce = 8;

/** Begins the promotion of all images, parents first. */
export function promoteAll(images: readonly PlannedImage[], promoting: PromotingAll): MadeImages {
  const { gates } = promoting;
  const turn = limitCalls(promotionsAtOnce, (pass: () => ReturnType<ImageGates["promoted"]>) => pass());
  const made = new Map<string, MadeImage>();
  for (const planned of images.filter((image) => image.kind === "promote")) {
    const parents = namedIn(made, promoting.parentsOf(planned.name));
    const gate = turn(() => gates.promoted(planned, parents));
    made.set(planned.name, promoteOne(planned, gate, parents, promoting));
  }
  return made;
}

function promoteOne(
  planned: PlannedPromote,
  gate: Promise<GateResult>,
  parents: MadeImages,
  { gates, publishing, load }: PromotingAll,
): MadeImage {
  const { name, digest } = planned;
  const [repository] = planned.repositories;
  const check: CheckFoundDigest = (found) => gates.found(planned, found, parents);
  const publish = async () => load(await publishAgain(planned, publishing, check));
  const own = repository && ([name, { kind: "promoted", image: { repository, digest, bases: {} } }] as const);
  return {
    gates: gatesOf(parents, [name, gate]),
    lineage: lineageOf(parents, ...(own === undefined ? [] : [own])),
    result: afterGate(gate, planned, undefined, publish, publishing.signal),
  };
}

/** Those of the images that are named. */
export function namedIn(made: MadeImages, names: readonly string[]): MadeImages {
  return new Map(
    names.flatMap((name) => {
      const found = made.get(name);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
}
