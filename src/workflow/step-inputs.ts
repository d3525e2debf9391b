/** The inputs that a workflow's step gives this action, for one event. */

import { type SourceLocation, UserError } from "../errors.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import type { Tree, TreeEntry } from "../lib/yaml/yaml-tree.ts";
import { type Contexts, type ExpressionEvent, stepContexts } from "./contexts.ts";
import type { JobStep } from "./find-step.ts";
import { type StepWarning, whyNotRun } from "./not-run.ts";
import { rowsOf } from "./text-parts.ts";
import { evaluate } from "./workflow-expression.ts";

export interface StepInput {
  readonly name: string;
  readonly text: string;
  /** Where its value is, and where each line of a block begins. */
  readonly at: SourceLocation;
  readonly columns: readonly number[] | undefined;
}

export interface StepInputs {
  readonly inputs: readonly StepInput[];
  /** Warns of unknown values that are left out, of unknown inputs, and of a step that the event would not run. */
  readonly warnings: readonly StepWarning[];
  readonly problems: readonly UserError[];
}

/** An input of the action. */
interface KnownInput {
  readonly name: string;
  readonly secret?: true;
}

/**
 * @param known the action's inputs.
 * @param overridden those of which the step's value doesn't count, so that it may be unknown or wrong.
 */
export function stepInputs(
  tree: Tree,
  step: JobStep,
  facts: ExpressionEvent,
  known: readonly KnownInput[],
  overridden: ReadonlySet<string>,
): StepInputs {
  const contexts = stepContexts(tree, step, facts);
  const all = step.inputs.map((entry) => stepInput(entry, contexts.step, known, overridden));
  return {
    inputs: all.flatMap(({ inputs }) => inputs),
    warnings: [...whyNotRun(tree, step, facts.eventName, contexts), ...all.flatMap(({ warnings }) => warnings)],
    problems: all.flatMap(({ problems }) => problems),
  };
}

const none: StepInputs = { inputs: [], warnings: [], problems: [] };

function stepInput(
  { key, at, value }: TreeEntry,
  contexts: Contexts,
  known: readonly KnownInput[],
  overridden: ReadonlySet<string>,
): StepInputs {
  const name = key.toLowerCase();
  const input = known.find((each) => each.name === name);
  if (input === undefined) {
    const like = didYouMean(
      name,
      known.map((each) => each.name),
    );
    const hint = like === undefined ? "remove it: it has no effect" : `did you mean "${like}"?`;
    return { ...none, warnings: [{ message: `this action has no input "${key}"`, hint, at }] };
  }
  if (value.kind !== "scalar") {
    const problem = new UserError(`the input "${name}" isn't a text`, {
      hint: "write its lines below a | behind the colon",
      at,
    });
    return { ...none, problems: [problem] };
  }
  const written = { name, text: value.value === null ? "" : value.text, at: value.at, columns: value.columns };
  const found = filledIn(written, contexts, input);
  return overridden.has(name) ? { ...found, warnings: [], problems: [] } : found;
}

/** Row by row, so that what can't be known costs no more than its own: empty lines stand for it, so that the others stay where they are. */
function filledIn(written: StepInput, contexts: Contexts, { name, secret }: KnownInput): StepInputs {
  const rows = rowsOf(written.text).map(({ line, text }) => {
    const at = placeOfLine(written, line);
    try {
      return { at, isEmpty: text.trim() === "", left: text.replace(/[^\n]/g, ""), ...evaluate(text, contexts) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const message = `the input "${name}": ${error.message}`;
      return { kind: "wrong" as const, error: new UserError(message, { hint: error.hint, at }) };
    }
  });
  const problems = rows.flatMap((row) => (row.kind === "wrong" ? [row.error] : []));
  if (problems.length > 0) return { ...none, problems };
  const unknown = rows.flatMap((row) => (row.kind === "unknown" ? [row] : []));
  const isAll = rows.every((row) => row.kind === "unknown" || (row.kind === "known" && row.isEmpty));
  const hint =
    secret === true
      ? "nothing needs to be done: a plan needs no secrets"
      : `give it as an option if it matters: --${name} VALUE`;
  const warnings = unknown.map(({ at, names }): StepWarning => {
    const what = isAll ? "uses its default here" : "is without this line here";
    return { message: `the input "${name}" ${what}, since the value is unknown: ${names.join(", ")}`, hint, at };
  });
  if (isAll && unknown.length > 0) return { ...none, warnings };
  const text = rows.map((row) => (row.kind === "known" ? row.text : row.kind === "unknown" ? row.left : "")).join("\n");
  return { ...none, inputs: [{ ...written, text }], warnings };
}

/** The place that a problem with an input is about; `undefined` where the step doesn't give the input. */
export function placeOfInput(inputs: readonly StepInput[], input: UserError["input"]): SourceLocation | undefined {
  const given = inputs.find(({ name }) => name === input?.name);
  return given && placeOfLine(given, input?.line);
}

/** The place of a line of an input's value; of all of it without a line. */
function placeOfLine({ at, columns }: Pick<StepInput, "at" | "columns">, line: number | undefined): SourceLocation {
  if (line === undefined) return at;
  const column = columns?.[line - 1];
  if (columns === undefined || at.line === undefined) return at;
  return { file: at.file, line: at.line + line, ...(column === undefined ? {} : { column }) };
}
