/** The variables that the instructions of a stage see (BuildKit, dockerfile2llb/convert.go, `dispatchArg` and `dispatchEnv`). */
import { UserError } from "../../errors.ts";
import { type Layers, layers } from "../graph/layers.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import { type BuildChoices, expandSettled, givenValue, type Settled } from "./global-arguments.ts";
import type { Argument, Instruction } from "./parser/instruction.ts";
import { type Allowance, isSpent } from "./shell/allowance.ts";
import { hasUnknown } from "./shell/any-text.ts";
import type { StageBase } from "./stage-bases.ts";

export interface StageVariables {
  readonly known: Layers<Settled>;
  /** Those that the image will have: set by ENV, not by ARG. */
  readonly environment: Layers<Settled>;
  /** The names that ARGs of this stage set, the last first. */
  readonly shadowed: Names | undefined;
  /** An image from outside, whose environment nobody knows here, may set any other. */
  readonly isOpen: boolean;
}

interface Names {
  readonly name: string;
  readonly before: Names | undefined;
}

/** The variables at the start of a stage from scratch: BuildKit chooses the path. */
const path = layers<Settled>([["PATH", { unsettled: ["PATH"] }]]);
const noVariables: StageVariables = { known: path, environment: path, shadowed: undefined, isOpen: false };

/** The variables at the start of a stage that is based on an image. */
const anyVariables: StageVariables = {
  known: layers(),
  environment: layers(),
  shadowed: undefined,
  isOpen: true,
};

/**
 * The variables at the start of a stage.
 * @param after those at the end of the stages that are built before it.
 */
export function startingVariables(
  base: StageBase | undefined,
  after: ReadonlyMap<Stage, StageVariables>,
): StageVariables {
  if (base?.kind === "scratch") return noVariables;
  const below = base?.kind === "stage" ? after.get(base.stage) : undefined;
  if (below === undefined) return anyVariables;
  const handed = handedOn.get(below) ?? handOn(below);
  handedOn.set(below, handed);
  return handed;
}

/** Many stages may be based on one. */
const handedOn = new WeakMap<StageVariables, StageVariables>();

/** The environment of the image below is set anew, and goes before any ARG of its stage. */
function handOn({ known, environment, shadowed, isOpen }: StageVariables): StageVariables {
  let all = isOpen ? environment : known;
  for (let each = isOpen ? undefined : shadowed; each !== undefined; each = each.before) {
    const value = environment.get(each.name);
    if (value !== undefined) all = all.with(each.name, value);
  }
  return { known: all, environment, shadowed: undefined, isOpen };
}

/** What the variables of a file's stages come from. */
export interface VariableSources extends Pick<BuildChoices, "buildArgs"> {
  readonly dockerfile: Dockerfile;
  /** Those of `globalValues`. */
  readonly globals: ReadonlyMap<string, Settled>;
  readonly work: Allowance;
}

/**
 * A word as the instruction after these variables sees it. What BuildKit refuses counts as not settled. @throws UserError,
 * without a place, for what takes more work than is allowed.
 */
export function expandIn(
  { known, isOpen }: StageVariables,
  word: string,
  { dockerfile, work }: VariableSources,
): Settled {
  try {
    return expandSettled(
      word,
      dockerfile.escape,
      (name) => known.get(name) ?? (isOpen ? { unsettled: [name] } : undefined),
      work,
    );
  } catch (error) {
    if (error instanceof UserError && !isSpent(work)) return { unsettled: [word] };
    throw error;
  }
}

/** The variables after an instruction. @throws UserError as `expandIn` does. */
export function afterInstruction(
  variables: StageVariables,
  instruction: Instruction,
  sources: VariableSources,
): StageVariables {
  if (instruction.kind === "arg") {
    return instruction.arguments.reduce((before, argument) => afterArgument(before, argument, sources), variables);
  }
  if (instruction.kind !== "env") return variables;
  // All of one ENV see what was before it.
  const set = instruction.variables.map(({ name, value }) => ({
    name: expandIn(variables, name, sources),
    value: expandIn(variables, value, sources),
  }));
  const named = set.flatMap(({ name, value }) =>
    "text" in name && !hasUnknown(name.text) ? [[name.text, value] as const] : [],
  );
  // A name that isn't known may be any.
  if (named.length < set.length) return anyVariables;
  const put = (map: Layers<Settled>) => named.reduce((before, [name, value]) => before.with(name, value), map);
  return { ...variables, known: put(variables.known), environment: put(variables.environment) };
}

/** BuildKit keeps these out of the environment. */
const settingsOfBuildKit = new Set(["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"]);

function afterArgument(variables: StageVariables, argument: Argument, sources: VariableSources): StageVariables {
  const { name } = argument;
  const value = settingsOfBuildKit.has(name) ? undefined : argumentValue(variables, argument, sources);
  if (value === undefined) return variables;
  const { known, shadowed } = variables;
  return { ...variables, known: known.with(name, value), shadowed: { name, before: shadowed } };
}

/** `undefined`: the ARG changes nothing, and what the base sets stays. */
function argumentValue(
  variables: StageVariables,
  { name, value }: Argument,
  sources: VariableSources,
): Settled | undefined {
  const given = givenValue(sources.buildArgs, name);
  if (given !== undefined) return given;
  return value === undefined ? sources.globals.get(name) : expandIn(variables, value, sources);
}
