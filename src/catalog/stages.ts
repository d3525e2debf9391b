/** Which stages of a Dockerfile its target needs, and what these take from outside (BuildKit, dockerfile2llb/convert.go). */
import { type SourceLocation, UserError } from "../errors.ts";
import type { Platform } from "../oci/platform.ts";
import { attempt } from "./attempt.ts";
import type { UnsettledBase, Via } from "./catalog.ts";
import type { Instruction } from "./dockerfile/instruction.ts";
import { expandWord } from "./dockerfile/shell-lexer.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import { type BuildChoices, globalArguments } from "./global-arguments.ts";
import { basesOf, type StageBase } from "./stage-bases.ts";

/** An image that a needed stage names, which is no stage of the file. */
export interface OutsideUse {
  /** The reference after expansion. */
  readonly text: string;
  readonly via: Via;
  readonly at: SourceLocation;
}

export interface Needs {
  /** In the file's order. */
  readonly stages: readonly Stage[];
  readonly uses: readonly OutsideUse[];
  readonly unsettled: readonly UnsettledBase[];
}

/** An instruction that an image carries out because another file's ONBUILD says so. */
export interface Trigger {
  readonly instruction: Instruction;
  /** The file that says so. */
  readonly file: string;
}

/** What an image's surroundings put into its Dockerfile. */
export interface Surroundings {
  /** Whether a named context has this name. */
  isContext(name: string): boolean;
  /** What the image that a FROM names hands on to those built on it. */
  triggersOf(base: string): readonly Trigger[];
}

const alone: Surroundings = { isContext: () => false, triggersOf: () => [] };

/**
 * What the target needs, all wanted platforms together. Where a FROM isn't settled, every named stage above it counts.
 * @throws UserError with file and line: no such target or stage, an empty base, a stage that uses one below it.
 */
export function neededStages(dockerfile: Dockerfile, choices: BuildChoices, around: Surroundings = alone): Needs {
  const found: Found = { dockerfile, around, stages: new Set(), uses: new Map(), unsettled: new Map() };
  const target = targetOf(dockerfile, choices.target);
  if (target === undefined) return { stages: [], uses: [], unsettled: [] };
  const platforms: readonly (Platform | undefined)[] = choices.platforms.length === 0 ? [undefined] : choices.platforms;
  for (const platform of platforms) {
    const bases = basesOf(dockerfile, globalArguments(dockerfile, choices, platform), around.isContext);
    visit(target, bases, found, new Set());
  }
  return {
    stages: [...found.stages].sort((a, b) => a.index - b.index),
    uses: [...found.uses.values()],
    unsettled: [...found.unsettled.values()],
  };
}

/** What a stage carries out, in order: what its base hands on, then its own instructions. */
export function carriedOut(
  stage: Stage,
  bases: readonly StageBase[],
  file: string,
  around: Surroundings = alone,
): readonly Trigger[] {
  const base = bases[stage.index];
  const own = stage.instructions.map((instruction) => ({ instruction, file }));
  if (base?.kind === "image") return [...around.triggersOf(base.text), ...own];
  if (base?.kind !== "stage") return own;
  const isReplaced = bases[base.stage.index]?.kind === "replaced";
  return [...(isReplaced ? around.triggersOf(base.stage.name ?? "") : ownTriggers(base.stage, file)), ...own];
}

/** What those built on an image carry out: the triggers of its last stage alone, as Docker hands them on only once. */
export function triggersOf(dockerfile: Dockerfile, target: string | undefined): readonly Trigger[] {
  const stage = targetOf(dockerfile, target);
  return stage === undefined ? [] : ownTriggers(stage, dockerfile.file);
}

function ownTriggers({ instructions }: Stage, file: string): readonly Trigger[] {
  return instructions.flatMap((each) =>
    each.kind === "onbuild" && each.trigger !== undefined ? [{ instruction: each.trigger, file }] : [],
  );
}

/** The stage, of all, that a use names, by name or, for COPY, by number; `undefined` for an image or a named context. */
export function sourceStage(stages: readonly Stage[], text: string, via: Via): Stage | undefined {
  return isNumber(text, via) ? stages[Number(text)] : named(stages, text);
}

interface Found {
  readonly dockerfile: Dockerfile;
  readonly around: Surroundings;
  readonly stages: Set<Stage>;
  readonly uses: Map<string, OutsideUse>;
  readonly unsettled: Map<number, UnsettledBase>;
}

/** `undefined` only where the file has no stage that this reader understands. */
function targetOf({ file, stages }: Dockerfile, target: string | undefined): Stage | undefined {
  if (target === undefined || stages.length === 0) return stages.at(-1);
  const found = named(stages, target);
  if (found !== undefined) return found;
  const names = stages.flatMap((stage) => stage.name ?? []);
  throw new UserError(`there is no stage named "${target}"`, {
    hint:
      names.length === 0 ? "name a stage with FROM … AS, or remove the target" : `choose one of ${names.join(", ")}`,
    at: { file },
  });
}

function visit(stage: Stage, bases: readonly StageBase[], found: Found, visited: Set<Stage>): void {
  if (visited.has(stage)) return;
  visited.add(stage);
  const { file, stages } = found.dockerfile;
  const at = { file, line: stage.line };
  const base = bases[stage.index];
  if (base?.kind === "replaced") {
    addUse(found, { text: base.text, via: "FROM", at });
    return;
  }
  found.stages.add(stage);
  if (base?.kind === "stage") {
    visit(base.stage, bases, found, visited);
  } else if (base?.kind === "image") {
    addUse(found, { text: base.text, via: "FROM", at });
  } else if (base?.kind === "unsettled") {
    found.unsettled.set(stage.line, { text: stage.base, variables: base.variables, via: "FROM", at });
    // What is wrong with a stage that may not be needed at all, BuildKit tells where it is.
    for (const above of stages.slice(0, stage.index))
      if (above.name !== undefined) attempt(() => visit(above, bases, found, visited));
  }
  for (const { instruction, file: from } of carriedOut(stage, bases, file, found.around)) {
    const place = { file: from, line: instruction.line };
    for (const { from: text, via } of sourcesOf(instruction)) {
      const source = resolve(found.dockerfile, bases, stage, { text, via, at: place });
      if (source !== undefined) visit(source, bases, found, visited);
      else if (text !== "scratch") addUse(found, { text, via, at: place });
    }
  }
}

function addUse(found: Found, use: OutsideUse): void {
  found.uses.set(`${use.at.file} ${use.at.line} ${use.via} ${use.text}`, use);
}

function sourcesOf(instruction: Instruction): readonly { readonly from: string; readonly via: Via }[] {
  if (instruction.kind === "copy")
    return instruction.from === undefined ? [] : [{ from: instruction.from, via: "COPY --from" }];
  if (instruction.kind !== "run") return [];
  return instruction.mounts.flatMap(({ from }) => (from === undefined ? [] : [{ from, via: "RUN --mount" as const }]));
}

/** The stage that a use names; `undefined` for an image from outside. */
function resolve(
  { file, stages, escape: escaper }: Dockerfile,
  bases: readonly StageBase[],
  user: Stage,
  use: OutsideUse,
): Stage | undefined {
  const { text, via, at } = use;
  if (via === "COPY --from" && expandWord(text, escaper, () => undefined) !== text) {
    throw new UserError(`COPY takes "--from=${text}", and no variable, quote or escape can stand there`, {
      hint: "name a stage with FROM … AS, where ARGs may stand, and copy from that stage",
      at,
    });
  }
  const stage = sourceStage(stages, text, via);
  if (stage === undefined && isNumber(text, via)) {
    throw new UserError(`COPY --from=${text} counts past the stages of ${file}`, {
      hint: `the stages count from 0 to ${stages.length - 1}; better name the stage with FROM … AS`,
      at,
    });
  }
  // What stands for a context is there from the start.
  const isThere = stage === undefined || stage.index < user.index || bases[stage.index]?.kind === "replaced";
  if (isThere) return stage;
  throw new UserError(`${via}=${text} takes from a stage that isn't built before it`, {
    hint: `move that stage (line ${stage.line}) above the one that uses it (line ${user.line})`,
    at,
  });
}

function isNumber(text: string, via: Via): boolean {
  return via === "COPY --from" && /^[+-]?\d+$/.test(text);
}

/** Case means nothing; of several stages of a name the last counts. */
function named(stages: readonly Stage[], name: string): Stage | undefined {
  const lower = name.toLowerCase();
  return stages.findLast((stage) => stage.name === lower);
}
