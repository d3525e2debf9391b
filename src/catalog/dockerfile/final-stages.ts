/** The stages of which an image consists in the end: its target, and each stage that one begins with. */
import type { Platform } from "../../model/platform.ts";
import type { DockerfileImage } from "../catalog.ts";
import type { Stage } from "./dockerfile.ts";
import { globalArguments } from "./global-arguments.ts";
import { basesOf, type StageBase } from "./stage-bases.ts";

export interface FinalStages {
  /** The target first. */
  readonly stages: readonly Stage[];
  /** The base of the last of them, which isn't a stage; `undefined` where the file has none. */
  readonly base: StageBase | undefined;
  /** Of all stages of the file. */
  readonly bases: readonly StageBase[];
}

/** @param platform `undefined`: the builder's own. */
export function finalStages(image: DockerfileImage, platform: Platform | undefined): FinalStages {
  const contexts = new Set([
    ...image.contexts.map(({ name }) => name),
    ...image.parents.map(({ contextName }) => contextName),
  ]);
  const bases = basesOf(image.dockerfile, globalArguments(image.dockerfile, image, platform), (name) =>
    contexts.has(name),
  );
  const stages: Stage[] = [];
  let stage = targetOf(image);
  for (;;) {
    const base = stage && bases[stage.index];
    // Of a stage in whose place a named context is, the file says nothing.
    if (stage !== undefined && base?.kind !== "replaced") stages.push(stage);
    if (base?.kind !== "stage") return { stages, base, bases };
    stage = base.stage;
  }
}

function targetOf({ dockerfile: { stages }, target }: DockerfileImage): Stage | undefined {
  return target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target.toLowerCase());
}
