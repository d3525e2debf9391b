/** Which lines give an image its layers. */
import type { SourceLocation } from "../../errors.ts";
import type { Platform } from "../../model/platform.ts";
import type { Image } from "../catalog.ts";
import { finalStages } from "./final-stages.ts";
import type { Instruction } from "./parser/instruction.ts";
import { carriedOut } from "./stages.ts";

export interface LayerStep {
  readonly keyword: "RUN" | "COPY" | "ADD" | "WORKDIR";
  readonly at: SourceLocation;
}

/** What an image adds to its base on a platform, lowest first; without what the base's ONBUILD says. */
export function layerSteps(image: Image, platform: Platform): readonly LayerStep[] {
  if (image.variant === "nix") return [];
  const { stages, bases } = finalStages(image, image.platforms.length === 0 ? undefined : platform);
  return stages
    .toReversed()
    .flatMap((stage) => carriedOut(stage, bases, image.dockerfilePath))
    .flatMap(({ instruction, file }) => {
      const keyword = keywordOf(instruction);
      return keyword === undefined ? [] : [{ keyword, at: { file, line: instruction.line } }];
    });
}

function keywordOf(instruction: Instruction): LayerStep["keyword"] | undefined {
  if (instruction.kind === "run") return "RUN";
  if (instruction.kind === "copy") return instruction.keyword;
  return instruction.kind === "other" && instruction.keyword === "WORKDIR" ? "WORKDIR" : undefined;
}
