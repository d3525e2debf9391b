/** The inputs that a workflow's step gives this action, for one event. */
import type { Tree, TreeEntry } from "../config/yaml-tree.ts";
import { type SourceLocation, UserError } from "../errors.ts";
import { nearest } from "../lib/nearest.ts";
import { type EventFacts, githubContext, unknownContexts } from "./contexts.ts";
import { evaluate } from "./expression.ts";
import type { Step } from "./find-step.ts";
import { others, unknown, type Value, type ValueMap } from "./value.ts";
import { workflowInputs } from "./workflow-inputs.ts";

export interface StepInput {
  readonly name: string;
  readonly text: string;
  /** Where its value is, and where each line of a block begins. */
  readonly at: SourceLocation;
  readonly columns: readonly number[] | undefined;
}

export interface StepInputs {
  readonly inputs: readonly StepInput[];
  /** Of what can't be known, so that the default is used; and of what is no input. */
  readonly warnings: readonly { readonly message: string; readonly hint: string; readonly at: SourceLocation }[];
  readonly problems: readonly UserError[];
}

/** An input of the action. */
interface KnownInput {
  readonly name: string;
  readonly secret?: true;
}

/** @param known the action's inputs. */
export function stepInputs(tree: Tree, step: Step, facts: EventFacts, known: readonly KnownInput[]): StepInputs {
  const own = workflowInputs(tree, facts.eventName);
  const contexts = { ...unknownContexts, github: githubContext(facts, step.job, own), inputs: own };
  const withEnv = { ...contexts, env: envOf(step.env, contexts) };
  const all = step.inputs.map((entry) => stepInput(entry, withEnv, known));
  return {
    inputs: all.flatMap(({ inputs }) => inputs),
    warnings: all.flatMap(({ warnings }) => warnings),
    problems: all.flatMap(({ problems }) => problems),
  };
}

const none: StepInputs = { inputs: [], warnings: [], problems: [] };

function stepInput(
  { key, at, value }: TreeEntry,
  contexts: Readonly<Record<string, Value>>,
  known: readonly KnownInput[],
): StepInputs {
  const name = key.toLowerCase();
  const input = known.find((each) => each.name === name);
  if (input === undefined) {
    const like = nearest(
      name,
      known.map((each) => each.name),
    );
    const hint = like === undefined ? "remove it: it has no effect" : `did you mean "${like}"?`;
    return { ...none, warnings: [{ message: `this action has no input "${key}"`, hint, at }] };
  }
  if (value.kind !== "scalar") {
    const problem = new UserError(`the input "${name}" isn't a text`, { hint: "write lines below |", at });
    return { ...none, problems: [problem] };
  }
  try {
    const found = evaluate(value.value === null ? "" : value.text, contexts);
    if (found.kind === "known") {
      return { ...none, inputs: [{ name, text: found.text, at: value.at, columns: value.columns }] };
    }
    const message = `the input "${name}" has its default here, as its value is not known: ${found.names.join(", ")}`;
    const hint =
      input.secret === true
        ? "a plan needs no secrets, so that nothing needs to be done"
        : `give it as an option if it matters: --${name} VALUE`;
    return { ...none, warnings: [{ message, hint, at: value.at }] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = `the input "${name}": ${error.message}`;
    return { ...none, problems: [new UserError(message, { hint: error.hint, at: value.at })] };
  }
}

/** Variables may be made of the contexts, and not of one another. Those of the runner are unknown. */
function envOf(entries: readonly TreeEntry[], contexts: Readonly<Record<string, Value>>): ValueMap {
  const all = entries.map(({ key, value }): readonly [string, Value] => {
    if (value.kind !== "scalar") return [key, unknown];
    try {
      const found = evaluate(value.value === null ? "" : value.text, contexts);
      return [key, found.kind === "known" ? found.text : unknown];
    } catch (error) {
      if (error instanceof UserError) return [key, unknown];
      throw error;
    }
  });
  return { [others]: unknown, ...Object.fromEntries(all) };
}

/** The place of a line of an input's value. */
export function placeOfLine({ at, columns }: StepInput, line: number): SourceLocation {
  const column = columns?.[line - 1];
  if (columns === undefined || at.line === undefined) return at;
  return { file: at.file, line: at.line + line, ...(column === undefined ? {} : { column }) };
}
