/** Where the inputs that a run got are written in its workflow, as far as that is certain. */
import type { Tree, TreeScalar } from "../lib/yaml/yaml-tree.ts";
import { findSteps, type JobStep } from "./find-step.ts";
import type { StepInput } from "./step-inputs.ts";
import { textParts } from "./text-parts.ts";

/** What is known of the step that runs. */
export interface RunningStep {
  /** The job's id; `undefined`: unknown. */
  readonly job: string | undefined;
  /** The inputs, without blanks around them. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether the action of a `uses` is this one. */
  readonly isThisAction: (uses: string) => boolean;
}

/** Those that one step of this action alone gives, and whose text there may have become what the run got. */
export function writtenInputs(tree: Tree, { job, values, isThisAction }: RunningStep): readonly StepInput[] {
  const steps = findSteps(tree, isThisAction);
  return Object.entries(values).flatMap(([name, value]): readonly StepInput[] => {
    const [found, ...more] = steps.flatMap((step) => givenBy(step, name));
    if (found === undefined || more.length > 0 || (job !== undefined && job !== found.job)) return [];
    const place = found.value.kind === "scalar" ? placeOf(found.value, value) : undefined;
    return place === undefined ? [] : [{ name, text: value, ...place }];
  });
}

function givenBy({ job, inputs }: JobStep, name: string): readonly { readonly job: string; readonly value: Tree }[] {
  return inputs.flatMap(({ key, value }) => (key.toLowerCase() === name ? [{ job, value }] : []));
}

/** The runner takes blank lines around a value away. */
function placeOf(
  { text, value, at, columns }: TreeScalar,
  given: string,
): Omit<StepInput, "name" | "text"> | undefined {
  if (columns === undefined) {
    const written = [text, String(value)].some((each) => mayBecome(each.trim(), given));
    return written ? { at, columns } : undefined;
  }
  const [lines, got] = [text.trim().split("\n"), given.split("\n")];
  if (lines.length !== got.length || !lines.every((line, index) => mayBecome(line, got[index] ?? ""))) return undefined;
  const before = text.slice(0, text.length - text.trimStart().length).split("\n").length - 1;
  const start = at.line === undefined ? at : { ...at, line: at.line + before };
  return { at: start, columns: columns.slice(before) };
}

/** Whether a text becomes that value, whatever its expressions are. */
function mayBecome(text: string, value: string): boolean {
  const texts = textParts(text).flatMap((part) => (part.kind === "text" ? [part.text] : []));
  const [first = "", ...others] = texts;
  const last = others.pop();
  if (last === undefined) return first === value;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let from = first.length;
  for (const each of others) {
    const found = value.indexOf(each, from);
    if (found < 0) return false;
    from = found + each.length;
  }
  return from <= end;
}
