/** Which lines give an image its layers, and its settings. */
import type { SourceLocation } from "../../errors.ts";
import type { Platform } from "../../model/platform.ts";
import type { DockerfileImage, Image } from "../catalog.ts";
import type { Dockerfile } from "./dockerfile.ts";
import { finalStages } from "./final-stages.ts";
import type { Instruction } from "./parser/instruction.ts";
import { readVariables } from "./parser/read-instruction.ts";
import type { StageBase } from "./stage-bases.ts";
import { carriedOut, type OnbuildTrigger, sourceStage } from "./stages.ts";

export interface LayerStep {
  readonly keyword: "RUN" | "COPY" | "ADD" | "WORKDIR";
  readonly at: SourceLocation;
  /** What `COPY --from` names, as written. */
  readonly from?: string;
  /** Where the stage of that name begins. */
  readonly fromAt?: SourceLocation;
}

/** What an image adds to its base on a platform, lowest first; without what the base's ONBUILD says. */
export function addedLayerSteps(image: Image, platform: Platform): readonly LayerStep[] {
  if (image.variant === "nix") return [];
  const { instructions, bases } = ownInstructions(image, platform);
  return instructions.flatMap(({ instruction, file }) => {
    const keyword = keywordOf(instruction);
    if (keyword === undefined) return [];
    const step = { keyword, at: { file, line: instruction.line } };
    if (instruction.kind !== "copy" || instruction.from === undefined) return [step];
    const { from } = instruction;
    const stage = sourceStage(image.dockerfile.stages, from, "COPY --from");
    const isStage = stage !== undefined && bases[stage.index]?.kind !== "replaced";
    return [{ ...step, from, ...(isStage && { fromAt: { file, line: stage.line } }) }];
  });
}

/** The lines that set an image's variables, build arguments and labels, by name: of several the last one. */
export function settingPlaces(image: Image, platform: Platform): ReadonlyMap<string, SourceLocation> {
  if (image.variant === "nix") return new Map();
  const places = ownInstructions(image, platform).instructions.flatMap(({ instruction, file }) =>
    namesSetBy(instruction, image.dockerfile).map((name) => [name, { file, line: instruction.line }] as const),
  );
  return new Map(places);
}

function ownInstructions(
  image: DockerfileImage,
  platform: Platform,
): { readonly instructions: readonly OnbuildTrigger[]; readonly bases: readonly StageBase[] } {
  const { stages, bases } = finalStages(image, image.platforms.length === 0 ? undefined : platform);
  const instructions = stages.toReversed().flatMap((stage) => carriedOut(stage, bases, image.dockerfilePath));
  return { instructions, bases };
}

function namesSetBy(instruction: Instruction, { escape: escaper }: Dockerfile): readonly string[] {
  if (instruction.kind === "arg") return instruction.arguments.map(({ name }) => name);
  if (instruction.kind === "env") return instruction.variables.map(({ name }) => name);
  if (instruction.kind !== "other" || instruction.keyword !== "LABEL") return [];
  const labels = readVariables({ keyword: "LABEL", rest: instruction.text }, escaper);
  return labels.map(({ name }) => name.replace(/^"(.*)"$/, "$1"));
}

function keywordOf(instruction: Instruction): LayerStep["keyword"] | undefined {
  if (instruction.kind === "run") return "RUN";
  if (instruction.kind === "copy") return instruction.keyword;
  return instruction.kind === "other" && instruction.keyword === "WORKDIR" ? "WORKDIR" : undefined;
}
