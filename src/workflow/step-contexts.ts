/** The contexts that expressions of a workflow's step may name, for one event. */

import { UserError } from "../errors.ts";
import type { Tree, TreeEntry } from "../lib/yaml/yaml-tree.ts";
import { type ExpressionEvent, githubContext, unknownContexts } from "./contexts.ts";
import { evaluate } from "./expression.ts";
import type { JobStep } from "./find-step.ts";
import { others, unknown, type Value, type ValueMap } from "./value.ts";
import { workflowInputs } from "./workflow-inputs.ts";

export type Contexts = Readonly<Record<string, Value>>;

export interface StepContexts {
  /** Those of the job's `if`, which has no variables. */
  readonly job: Contexts;
  readonly step: Contexts;
}

export function stepContexts(
  tree: Tree,
  { job, env }: Pick<JobStep, "job" | "env">,
  facts: ExpressionEvent,
): StepContexts {
  const own = workflowInputs(tree, facts.eventName);
  const contexts = { ...unknownContexts, github: githubContext(facts, job, own), inputs: own };
  return { job: contexts, step: { ...contexts, env: envOf(env, contexts) } };
}

/** Variables may be made of the contexts, and not of one another. Those of the runner are unknown. */
function envOf(entries: readonly TreeEntry[], contexts: Contexts): ValueMap {
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
