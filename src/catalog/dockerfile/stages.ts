/** Which stages of a Dockerfile its target needs, and what these take from outside (BuildKit, dockerfile2llb/convert.go). */
import { type SourceLocation, UserError } from "../../errors.ts";
import { attempt } from "../../lib/attempt.ts";
import { atOnce } from "../../lib/pause.ts";
import type { Platform } from "../../model/platform.ts";
import type { UnsettledBase, Via } from "../catalog.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import { type BuildChoices, globalArguments } from "./global-arguments.ts";
import type { Instruction } from "./parser/instruction.ts";
import { located } from "./parser/located.ts";
import { type Allowance, allowance, spend } from "./shell/allowance.ts";
import { expandWord } from "./shell/shell-lexer.ts";
import { basesOf, type StageBase } from "./stage-bases.ts";

/** An image that a needed stage names, which is no stage of the file. */
export interface OutsideUse {
  /** The reference after expansion. */
  readonly text: string;
  readonly via: Via;
  readonly at: SourceLocation;
  /** Variables in it that gave nothing, with the text as written. */
  readonly unset?: { readonly names: readonly string[]; readonly written: string };
}

export interface Needs {
  /** In the file's order. */
  readonly stages: readonly Stage[];
  readonly uses: readonly OutsideUse[];
  readonly unsettled: readonly UnsettledBase[];
}

/** An instruction that an image carries out because another file's ONBUILD says so. */
export interface OnbuildTrigger {
  readonly instruction: Instruction;
  /** The file that says so. */
  readonly file: string;
}

/** What an image's surroundings put into its Dockerfile. */
export interface DockerfileSurroundings {
  /** Whether a named context has this name. */
  isContext(name: string): boolean;
  /** The triggers that the image of a FROM hands on to images that are based on it. */
  triggersOf(base: string): readonly OnbuildTrigger[];
}

const alone: DockerfileSurroundings = { isContext: () => false, triggersOf: () => [] };

/**
 * What the target needs, all wanted platforms together. Where a FROM isn't settled, every named stage above it counts.
 * @throws UserError with file and line: no such target or stage, an empty base, a stage that uses one below it.
 */
export function neededStages(
  dockerfile: Dockerfile,
  choices: BuildChoices,
  around: DockerfileSurroundings = alone,
): Needs {
  return atOnce(needing(dockerfile, choices, around));
}

/** The same, saying where a pause may be made: there may be very many stages. */
export function* needing(
  dockerfile: Dockerfile,
  choices: BuildChoices,
  around: DockerfileSurroundings = alone,
): Generator<void, Needs> {
  const found = { dockerfile, around, stages: new Set<Stage>(), uses: new Map(), unsettled: new Map() };
  const target = targetOf(dockerfile, choices);
  if (target === undefined) return { stages: [], uses: [], unsettled: [] };
  const platforms: readonly (Platform | undefined)[] = choices.platforms.length === 0 ? [undefined] : choices.platforms;
  for (const platform of platforms) {
    const bases = basesOf(dockerfile, globalArguments(dockerfile, choices, platform), around.isContext);
    yield* visit(target, bases, { ...found, openUpTo: 0, work: allowance() });
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
  around: DockerfileSurroundings = alone,
): readonly OnbuildTrigger[] {
  const base = bases[stage.index];
  const own = stage.instructions.map((instruction) => ({ instruction, file }));
  if (base?.kind === "image") return joined(around.triggersOf(base.text), own);
  if (base?.kind !== "stage") return own;
  const isReplaced = bases[base.stage.index]?.kind === "replaced";
  return joined(isReplaced ? around.triggersOf(base.stage.name ?? "") : ownTriggers(base.stage, file), own);
}

/** The triggers that images based on an image run: those of its last stage alone, as Docker hands them on only once. */
export function triggersOf(
  dockerfile: Dockerfile,
  choice: Pick<BuildChoices, "target" | "targetAt">,
): readonly OnbuildTrigger[] {
  const stage = targetOf(dockerfile, choice);
  return stage === undefined ? [] : ownTriggers(stage, dockerfile.file);
}

function joined(triggers: readonly OnbuildTrigger[], own: readonly OnbuildTrigger[]): readonly OnbuildTrigger[] {
  return triggers.length === 0 ? own : [...triggers, ...own];
}

function ownTriggers(stage: Stage, file: string): readonly OnbuildTrigger[] {
  const triggers =
    knownTriggers.get(stage) ??
    stage.instructions.flatMap((each) =>
      each.kind === "onbuild" && each.trigger !== undefined ? [{ instruction: each.trigger, file }] : [],
    );
  knownTriggers.set(stage, triggers);
  return triggers;
}

/** Many stages may be based on one. A stage is of one file. */
const knownTriggers = new WeakMap<Stage, readonly OnbuildTrigger[]>();

/** The stage, of all, that a use names, by name or, for COPY, by number; `undefined` for an image or a named context. */
export function sourceStage(stages: readonly Stage[], text: string, via: Via): Stage | undefined {
  return isNumber(text, via) ? stages[Number(text)] : named(stages, text);
}

interface Found {
  readonly dockerfile: Dockerfile;
  readonly around: DockerfileSurroundings;
  readonly stages: Set<Stage>;
  readonly uses: Map<string, OutsideUse>;
  readonly unsettled: Map<number, UnsettledBase>;
  /** All stages above this one are visited, or will be: some base isn't settled. */
  openUpTo: number;
  readonly work: Allowance;
}

/** `undefined` only where the file has no stage that this reader understands. */
function targetOf(
  { file, stages }: Dockerfile,
  { target, targetAt }: Pick<BuildChoices, "target" | "targetAt">,
): Stage | undefined {
  if (target === undefined || stages.length === 0) return stages.at(-1);
  const found = named(stages, target);
  if (found !== undefined) return found;
  const names = stages.flatMap((stage) => stage.name ?? []);
  const listed = names.length > mostListed ? [...names.slice(0, mostListed), "…"] : names;
  const what = targetAt === undefined ? "there is" : `${file} has`;
  throw new UserError(`${what} no stage named "${target}"`, {
    hint:
      names.length === 0 ? "name a stage with FROM … AS, or remove the target" : `choose one of ${listed.join(", ")}`,
    at: targetAt ?? { file },
  });
}

const mostListed = 50;

/** Visits a stage and what it needs, depth first. There may be more stages than the stack has room for. */
function* visit(target: Stage, bases: readonly StageBase[], found: Found): Generator<void, void> {
  const visited = new Set([target]);
  const open: Frame[] = [{ needs: needsOf(target, bases, found), isCertain: true }];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    yield;
    const next = attempt(() => frame.needs.next());
    if ("problem" in next) {
      while (open.pop()?.isCertain === true);
      // BuildKit reports a problem with a stage that may not be needed at all.
      if (open.length === 0) throw next.problem;
    } else if (next.value.done === true) {
      open.pop();
    } else if (!visited.has(next.value.value.stage)) {
      const { stage, isCertain } = next.value.value;
      visited.add(stage);
      open.push({ needs: needsOf(stage, bases, found), isCertain });
    }
  }
}

interface Need {
  readonly stage: Stage;
  /** Not so for what may be the base of a stage whose base isn't settled. */
  readonly isCertain: boolean;
}

interface Frame extends Pick<Need, "isCertain"> {
  readonly needs: Iterator<Need, void>;
}

/** The stages that a stage needs; what it takes from outside is noted on the way. @throws UserError */
function* needsOf(stage: Stage, bases: readonly StageBase[], found: Found): Generator<Need, void> {
  const { file, stages } = found.dockerfile;
  const at = { file, line: stage.line };
  const base = bases[stage.index];
  if (base?.kind === "replaced") {
    addUse(found, { text: base.text, via: "FROM", at });
    return;
  }
  found.stages.add(stage);
  if (base?.kind === "stage") {
    yield { stage: base.stage, isCertain: true };
  } else if (base?.kind === "image") {
    const unset = base.unset && { names: base.unset, written: stage.base };
    addUse(found, { text: base.text, via: "FROM", at, ...(unset && { unset }) });
  } else if (base?.kind === "unsettled") {
    found.unsettled.set(stage.line, { text: stage.base, variables: base.variables, via: "FROM", at });
    const above = stages.slice(found.openUpTo, stage.index);
    found.openUpTo = Math.max(found.openUpTo, stage.index);
    for (const each of above) if (each.name !== undefined) yield { stage: each, isCertain: false };
  }
  for (const { instruction, file: from } of carriedOut(stage, bases, file, found.around)) {
    located(at, () => spend(found.work, 1));
    const place = { file: from, line: instruction.line };
    for (const { from: text, via } of sourcesOf(instruction)) {
      const source = resolve(found.dockerfile, bases, stage, { text, via, at: place });
      if (source !== undefined) yield { stage: source, isCertain: true };
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
    throw new UserError(`COPY has "--from=${text}", which can't contain a variable, quote or escape`, {
      hint: "name a stage with FROM … AS, where ARGs are allowed, and copy from that stage",
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
  const known = byName.get(stages) ?? new Map(stages.map((stage) => [stage.name, stage]));
  byName.set(stages, known);
  return known.get(name.toLowerCase());
}

/** A file with many stages names many of them. */
const byName = new WeakMap<readonly Stage[], ReadonlyMap<string | undefined, Stage>>();
