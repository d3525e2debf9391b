/** Which part of an image brought a finding: one of its bases, or a step of its own. Pure. */

import { plainLine, shortened } from "../lib/plain-text.ts";
import type { Platform } from "../model/platform.ts";
import { type Finding, findingKey } from "./finding.ts";
import type { FindingOrigin, JudgedFinding, SeenFinding } from "./judged.ts";
import type { PlatformScan } from "./scanner.ts";

/** A base of an image. */
export interface BaseLayers {
  /** As a person would write it: `debian:13`, or an image of this repository: `base`. */
  readonly name: string;
  readonly isOwn: boolean;
  /** Digests of what is unpacked from its layers, lowest first. A platform that is not there is not known. */
  readonly diffIds: ReadonlyMap<Platform, readonly string[]>;
  /** Its tag names another image now than the one that this is based on. */
  readonly hasMoved: boolean;
  /** The Dockerfile names its digest, so that a rebuild does not follow the tag. */
  readonly isPinned: boolean;
}

/** Where bases depend on one another, the lowest that has the layer brought it. */
export function originOf(
  { layer }: Pick<Finding, "layer">,
  { platform, layers }: Pick<PlatformScan, "platform" | "layers">,
  bases: readonly BaseLayers[],
): FindingOrigin {
  const index = layer === undefined ? -1 : layers.findIndex(({ diffId }) => diffId === layer);
  const found = layers[index];
  if (found === undefined) return { kind: "unknown" };
  const isBelow = (diffIds: readonly string[]) =>
    diffIds.length > index && diffIds.every((each, place) => layers[place]?.diffId === each);
  const [lowest] = bases
    .map((base) => ({ base, diffIds: base.diffIds.get(platform) ?? [] }))
    .filter(({ diffIds }) => isBelow(diffIds))
    // An image of ours that adds no layer of its own brought none.
    .sort((a, b) => a.diffIds.length - b.diffIds.length || Number(a.base.isOwn) - Number(b.base.isOwn));
  if (lowest !== undefined) return { kind: "base", name: lowest.base.name, isOwn: lowest.base.isOwn };
  const step = stepOf(found.createdBy ?? "");
  return step === "" ? { kind: "unknown" } : { kind: "step", step };
}

/** The image of this repository that brings a finding to what is based on it. @param findingsOf those of an image, by its name */
export function bringerOf(
  { finding, origin }: JudgedFinding,
  findingsOf: (image: string) => readonly SeenFinding[],
): string | undefined {
  if (origin.kind !== "base" || !origin.isOwn) return undefined;
  const key = findingKey(finding);
  return findingsOf(origin.name).some((each) => findingKey(each.finding) === key) ? origin.name : undefined;
}

type StepOrigin = Extract<FindingOrigin, { readonly kind: "step" }>;

/** A step with what it copies from, which the image's history leaves out. */
export function copiedFrom(origin: StepOrigin, { from, fromAt }: Pick<StepOrigin, "from" | "fromAt">): StepOrigin {
  if (from === undefined) return origin;
  const named = shortened(plainLine(from), 100);
  const step = origin.step.replace(/^COPY /, `COPY --from=${named} `);
  return { ...origin, step, from: named, ...(fromAt && { fromAt }) };
}

/**
 * A step as written in the Dockerfile, from an image's history (OCI image-spec, config.md, "history"): BuildKit and
 * the classic builder put the shell before the command. `trivy/history.ts` has removed the values of build arguments.
 */
export function stepOf(createdBy: string): string {
  const line = plainLine(createdBy.slice(0, 4000)).trim();
  const step = line
    .replace(/# buildkit$/, "")
    .replace(/^\/bin\/sh -c #\(nop\) +/, "")
    .replace(/^(?:RUN )?\/bin\/(?:ba|a)?sh -[a-z]+ /, "RUN ")
    .replace(/ {2,}/g, " ")
    .trim();
  return shortened(step, 120);
}
