/** Everything that `plan --explain` shows of one image: why it is in the plan, its sources, and how it gets its tags. */

import type { SourceLocation } from "../../errors.ts";
import type { RuleOutcome } from "../../model/image-tags.ts";
import type { LineRange } from "../../model/line-range.ts";
import type { Reason } from "../../model/reason.ts";
import type { Plan, PlannedBuild } from "../../plan/plan.ts";

export interface Explanation {
  readonly plan: Plan;
  /** The image's name. */
  readonly image: string;
  /** The image itself and all that its reasons lead to, by name. */
  readonly made: Readonly<Record<string, HowMade>>;
  readonly rules: readonly RuleOutcome[];
}

/** What an image is made of. */
export interface HowMade {
  readonly variant: PlannedBuild["variant"];
  /** `null`: a Nix file has none. */
  readonly context: string | null;
  /** The Dockerfile, or the Nix file. */
  readonly recipe: string;
  /** The ignore file in force; `null` where there is none. */
  readonly ignoreFile: string | null;
  /** The files and folders of the context that the build reads; `null`: all of it. */
  readonly reads: readonly string[] | null;
  /** Images of this repository. */
  readonly parents: readonly UsedImage[];
  /** Images from outside, and pins of ours. */
  readonly bases: readonly UsedImage[];
  /** The changed files that count, by the path that a reason names. */
  readonly files: Readonly<Record<string, CountingFile>>;
}

export interface UsedImage {
  /** The image's name, or the reference of one from outside. */
  readonly name: string;
  readonly via: string;
  readonly at: SourceLocation;
}

export interface CountingFile {
  /** The rule that makes it count, as a clause: "it is the Dockerfile". */
  readonly rule: string;
  /** Empty where they are unknown. */
  readonly lines: readonly LineRange[];
}

/** The images that the reasons of an image lead to, itself first. */
export function chainOf(plan: Plan, image: string): readonly string[] {
  const reasons = new Map<string, readonly Reason[]>(plan.images.map((each) => [each.name, each.reasons]));
  const chain = new Set<string>();
  const follow = (name: string): void => {
    if (chain.has(name)) return;
    chain.add(name);
    for (const reason of reasons.get(name) ?? []) {
      if (reason.kind === "builds-on" || reason.kind === "needed-by") follow(reason.image);
    }
  };
  follow(image);
  return [...chain];
}
