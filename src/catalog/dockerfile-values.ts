/** Values that stand in a Dockerfile: what an ARG holds, what a LABEL says. Nothing is built for it, so some stay unknown. */
import { UserError } from "../errors.ts";
import { readVariables } from "./dockerfile/read-instruction.ts";
import { expandWord, unsettled } from "./dockerfile/shell-lexer.ts";
import type { Dockerfile, Stage } from "./dockerfile.ts";
import { type BuildChoices, type Expand, globalArguments } from "./global-arguments.ts";
import { basesOf, type StageBase } from "./stage-bases.ts";

/**
 * What the ARG holds in a build: what `build-args` gives it, else its first default, from the top of the file. `undefined`
 * where no ARG has the name, none has a default, or the value hangs on something that nobody knows before the build.
 */
export function argumentValue(dockerfile: Dockerfile, choices: BuildChoices, name: string): string | undefined {
  const { globals, scopes } = readValues(dockerfile, choices);
  const first = dockerfile.globalArguments.find((each) => each.name === name);
  const holders = dockerfile.stages.filter(({ instructions }) =>
    instructions.some((each) => each.kind === "arg" && each.arguments.some((argument) => argument.name === name)),
  );
  if (first?.value !== undefined || (first !== undefined && Object.hasOwn(choices.buildArgs, name)))
    return text(globals(name));
  for (const stage of holders) {
    const value = scopes[stage.index]?.arguments.get(name);
    if (value !== undefined) return text(value);
  }
  return undefined;
}

/** What the target's own LABEL says, or that of a stage which it is made from; what an image from outside says is unknown. */
export function labelValue(dockerfile: Dockerfile, choices: BuildChoices, key: string): string | undefined {
  const { stages } = dockerfile;
  const target = choices.target?.toLowerCase();
  const stage = target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target);
  return stage && text(readValues(dockerfile, choices).scopes[stage.index]?.labels.get(key));
}

/** A text, or that it can't be known here. */
type Value = string | typeof unsettled;

/** What a stage holds at its end. */
interface Scope {
  readonly arguments: ReadonlyMap<string, Value>;
  readonly environment: ReadonlyMap<string, Value>;
  readonly labels: ReadonlyMap<string, Value>;
}

const nothing: Scope = { arguments: new Map(), environment: new Map(), labels: new Map() };

interface Reading {
  readonly globals: (name: string) => Value | undefined;
  /** By the stage's index. */
  readonly scopes: readonly Scope[];
}

function readValues(dockerfile: Dockerfile, choices: BuildChoices): Reading {
  const expand = globalArguments(dockerfile, choices, choices.platforms[0]);
  const declared = new Set(dockerfile.globalArguments.map(({ name }) => name));
  const globals = (name: string): Value | undefined =>
    declared.has(name) && /^[A-Za-z_]\w*$/.test(name) ? settledValue(expand, `\${${name}}`) : undefined;
  const bases = basesOf(dockerfile, expand, () => false);
  const scopes: Scope[] = [];
  // A stage that is built on another stands below it.
  for (const stage of dockerfile.stages) {
    scopes.push(readStage(stage, inherited(bases[stage.index], scopes), { dockerfile, choices, globals }));
  }
  return { globals, scopes };
}

function settledValue(expand: Expand, word: string): Value {
  const settled = expand(word);
  return "text" in settled ? settled.text : unsettled;
}

/** A stage inherits all that the stage below it declared (Dockerfile reference, "ARG", Scope). */
function inherited(base: StageBase | undefined, scopes: readonly Scope[]): Scope {
  return (base?.kind === "stage" ? scopes[base.stage.index] : undefined) ?? nothing;
}

interface Surroundings {
  readonly dockerfile: Dockerfile;
  readonly choices: BuildChoices;
  readonly globals: Reading["globals"];
}

function readStage(stage: Stage, base: Scope, { dockerfile, choices, globals }: Surroundings): Scope {
  const scope = {
    arguments: new Map(base.arguments),
    environment: new Map(base.environment),
    labels: new Map(base.labels),
  };
  const given = new Map(Object.entries(choices.buildArgs));
  // A name that nobody declared here may be a variable of the image below.
  const lookup = (name: string): Value => scope.environment.get(name) ?? scope.arguments.get(name) ?? unsettled;
  const put = (word: string): Value => expanded(word, dockerfile, lookup);
  for (const instruction of stage.instructions) {
    if (instruction.kind === "arg") {
      for (const { name, value } of instruction.arguments) {
        const own = givenValue(given.get(name)) ?? (value === undefined ? globals(name) : put(value));
        if (own !== undefined) scope.arguments.set(name, own);
      }
    } else if (instruction.kind === "env") {
      for (const { name, value } of instruction.variables) scope.environment.set(name, put(value));
    } else if (instruction.kind === "other" && instruction.keyword === "LABEL") {
      const labels = readVariables({ keyword: "LABEL", rest: instruction.text }, dockerfile.escape);
      for (const { name, value } of labels) {
        const key = put(name);
        if (key !== unsettled) scope.labels.set(key, put(value));
      }
    }
  }
  return scope;
}

/** What BuildKit would fail on is left to BuildKit, which names the line. */
function expanded(word: string, { escape: escaper }: Dockerfile, lookup: (name: string) => Value): Value {
  try {
    return expandWord(word, escaper, lookup);
  } catch (error) {
    if (error instanceof UserError) return unsettled;
    throw error;
  }
}

/** An expression of ours has its value only when the tags are known. */
function givenValue(value: string | undefined): Value | undefined {
  return value?.includes("{{") ? unsettled : value;
}

function text(value: Value | undefined): string | undefined {
  return value === unsettled || value === "" ? undefined : value;
}
