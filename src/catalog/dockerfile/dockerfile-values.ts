/** Values in a Dockerfile: those of ARG and of LABEL. Nothing is built for them, so some stay unknown. */

import { type Layers, layers } from "../graph/layers.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import { type BuildChoices, globalExpand, globalValues, type Settled } from "./global-arguments.ts";
import type { Argument, Instruction } from "./parser/instruction.ts";
import { located } from "./parser/located.ts";
import { readVariables } from "./parser/read-instruction.ts";
import { allowance, spend } from "./shell/allowance.ts";
import { basesOf } from "./stage-bases.ts";
import {
  afterInstruction,
  expandIn,
  type StageVariables,
  startingVariables,
  type VariableSources,
} from "./stage-variables.ts";
import { carriedOut } from "./stages.ts";

/**
 * The value of the ARG in a build: what `build-args` gives it, else its first default, from the top of the file.
 * `undefined` where no ARG has the name, none has a default, or the value depends on something that is unknown before
 * the build.
 */
export function argumentValue(dockerfile: Dockerfile, choices: BuildChoices, name: string): string | undefined {
  const { globals, scopes } = readValues(dockerfile, choices);
  const first = dockerfile.globalArguments.find((each) => each.name === name);
  if (first?.value !== undefined || (first !== undefined && Object.hasOwn(choices.buildArgs, name)))
    return textOf(globals.get(name));
  const scope = scopes.find(({ own }) => own.has(name));
  return textOf(scope?.own.get(name));
}

/** What the target's own LABEL says, or that of a stage which it is made from; what an image from outside says is unknown. */
export function labelValue(dockerfile: Dockerfile, choices: BuildChoices, key: string): string | undefined {
  const { stages } = dockerfile;
  const target = choices.target?.toLowerCase();
  const stage = target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target);
  return stage && textOf(readValues(dockerfile, choices).scopes[stage.index]?.labels.get(key));
}

/**
 * Which of the keys the LABELs of the target set, or of a stage of this file which it is made from, with their values; `undefined`
 * for a value that is unknown before the build, or that differs between platforms. A key that is set nowhere is left out.
 * @param isContext whether a named context has this name: it takes the place of a stage.
 */
export function setLabels(
  dockerfile: Dockerfile,
  choices: BuildChoices,
  keys: readonly string[],
  isContext: (name: string) => boolean,
): ReadonlyMap<string, string | undefined> {
  if (!dockerfile.stages.some(hasLabels)) return new Map();
  const { stages } = dockerfile;
  const target = choices.target?.toLowerCase();
  const stage = target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target);
  if (stage === undefined) return new Map();
  const platforms = choices.platforms.length === 0 ? [undefined] : choices.platforms;
  const found = platforms.map((platform) => {
    const own = { ...choices, platforms: platform === undefined ? [] : [platform] };
    const scope = readValues(dockerfile, own, isContext).scopes[stage.index];
    return (key: string) => scope?.labels.get(key) ?? (scope?.hasUnknownKey ? { unsettled: [key] } : undefined);
  });
  return new Map(
    keys.flatMap((key) => {
      const values = found.map((get) => get(key));
      if (values.every((value) => value === undefined)) return [];
      const texts = new Set(values.map((value) => (value !== undefined && "text" in value ? value.text : undefined)));
      const [text] = texts;
      return [[key, texts.size === 1 ? text : undefined] as const];
    }),
  );
}

function hasLabels({ instructions }: Stage): boolean {
  return instructions.some((each) => {
    const own = each.kind === "onbuild" ? each.trigger : each;
    return own?.kind === "other" && own.keyword === "LABEL";
  });
}

/** What a stage holds at its end. */
interface Scope {
  /** What its own ARGs hold. */
  readonly own: ReadonlyMap<string, Settled>;
  readonly labels: Layers<Settled>;
  /** A LABEL has a key that is unknown, and so may be any; `labels` holds what was set after it. */
  readonly hasUnknownKey: boolean;
}

interface Reading {
  readonly globals: ReadonlyMap<string, Settled>;
  /** By the stage's index. */
  readonly scopes: readonly Scope[];
}

function readValues(
  dockerfile: Dockerfile,
  choices: BuildChoices,
  isContext: (name: string) => boolean = () => false,
): Reading {
  const globals = globalValues(dockerfile, choices, choices.platforms[0]);
  const bases = basesOf(dockerfile, globalExpand(dockerfile, globals), isContext);
  const sources: VariableSources = { dockerfile, buildArgs: choices.buildArgs, globals, work: allowance() };
  const after = new Map<Stage, StageVariables>();
  const scopes: Scope[] = [];
  // A stage that is based on another comes after it.
  for (const stage of dockerfile.stages) {
    const base = bases[stage.index];
    const own = new Map<string, Settled>();
    let labels: LabelScope = (base?.kind === "stage" ? scopes[base.stage.index] : undefined) ?? noLabels;
    let variables = startingVariables(base, after);
    const instructions = base?.kind === "replaced" ? [] : carriedOut(stage, bases, dockerfile.file);
    for (const { instruction, file } of instructions) {
      located({ file, line: instruction.line }, () => {
        spend(sources.work, 1);
        labels = labelled(labels, instruction, variables, sources);
        variables = afterInstruction(variables, instruction, sources);
      });
      for (const name of namesOf(instruction, sources))
        own.set(name, variables.known.get(name) ?? { unsettled: [name] });
    }
    after.set(stage, variables);
    scopes.push({ own, ...labels });
  }
  return { globals, scopes };
}

/** Those that an ARG gives a value. */
function namesOf(instruction: Instruction, { buildArgs, globals }: VariableSources): readonly string[] {
  if (instruction.kind !== "arg") return [];
  const holds = ({ name, value }: Argument) =>
    value !== undefined || Object.hasOwn(buildArgs, name) || globals.has(name);
  return instruction.arguments.filter(holds).map(({ name }) => name);
}

type LabelScope = Pick<Scope, "labels" | "hasUnknownKey">;

const noLabels: LabelScope = { labels: layers<Settled>(), hasUnknownKey: false };

function labelled(
  { labels, hasUnknownKey }: LabelScope,
  instruction: Instruction,
  variables: StageVariables,
  sources: VariableSources,
): LabelScope {
  let after: LabelScope = { labels, hasUnknownKey };
  if (instruction.kind !== "other" || instruction.keyword !== "LABEL") return after;
  const pairs = readVariables({ keyword: "LABEL", rest: instruction.text }, sources.dockerfile.escape);
  for (const { name, value } of pairs) {
    const key = expandIn(variables, name, sources);
    // A key that isn't known may be any.
    after =
      "text" in key
        ? { ...after, labels: after.labels.with(key.text, expandIn(variables, value, sources)) }
        : { labels: layers(), hasUnknownKey: true };
  }
  return after;
}

/** An empty text says nothing. */
function textOf(value: Settled | undefined): string | undefined {
  return value !== undefined && "text" in value && value.text !== "" ? value.text : undefined;
}
