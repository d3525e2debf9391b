/** The step of a workflow that uses this action. */

import { formatLocation, type SourceLocation, UserError } from "../errors.ts";
import type { Tree, TreeEntry, TreeMap } from "../lib/yaml/yaml-tree.ts";

export interface Condition {
  readonly of: "job" | "step";
  readonly text: string;
  readonly at: SourceLocation;
}

export interface JobStep {
  /** The job's id. */
  readonly job: string;
  readonly at: SourceLocation;
  /** What is under `with`. */
  readonly inputs: readonly TreeEntry[];
  /** Variables of the workflow, the job and the step: of two with one name the later one. */
  readonly env: readonly TreeEntry[];
  /** What is under `if`. */
  readonly conditions: readonly Condition[];
}

/** @param isThisAction whether the action of a `uses` is this one. @throws UserError where no step uses it, or several do. */
export function findStep(tree: Tree | undefined, file: string, isThisAction: (uses: string) => boolean): JobStep {
  const found = findSteps(tree, isThisAction);
  const [first, ...more] = found;
  if (first === undefined) {
    throw new UserError(`no step of ${file} uses this action`, {
      hint: "name the workflow that has a step with `uses: …/image-publish@…`",
      at: { file },
    });
  }
  if (more.length === 0) return first;
  const places = found.map(
    ({ at, job }) => `${formatLocation({ file: at.file, ...(at.line && { line: at.line }) })} (${job})`,
  );
  throw new UserError(`${found.length} steps use this action, and one is expected: ${places.join(", ")}`, {
    hint: "give the inputs of the one that is meant as options, without --workflow",
    at: first.at,
  });
}

/** All steps that use this action, in the file's order. */
export function findSteps(tree: Tree | undefined, isThisAction: (uses: string) => boolean): readonly JobStep[] {
  const top = entriesOf(tree);
  return entriesOf(under(top, "jobs")).flatMap(({ key: job, value }) => {
    const inJob = entriesOf(value);
    const steps = under(inJob, "steps");
    return (steps?.kind === "list" ? steps.items : []).flatMap((item): readonly JobStep[] => {
      const step = entriesOf(item);
      const uses = under(step, "uses");
      if (uses?.kind !== "scalar" || !isThisAction(uses.text.trim())) return [];
      const env = [top, inJob, step].flatMap((each) => entriesOf(under(each, "env")));
      const conditions = [...conditionOf(inJob, "job"), ...conditionOf(step, "step")];
      return [{ job, at: uses.at, inputs: entriesOf(under(step, "with")), env, conditions }];
    });
  });
}

function conditionOf(entries: readonly TreeEntry[], of: Condition["of"]): readonly Condition[] {
  const condition = under(entries, "if");
  return condition?.kind === "scalar" ? [{ of, text: condition.text, at: condition.at }] : [];
}

/** The entries of a map; none of anything else. */
export function entriesOf(tree: Tree | undefined): TreeMap["entries"] {
  return tree?.kind === "map" ? tree.entries : [];
}

/** What a key has; `undefined` where it is not there. */
export function under(entries: readonly TreeEntry[], key: string): Tree | undefined {
  return entries.find((each) => each.key === key)?.value;
}
