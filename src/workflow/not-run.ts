/** Why an event would not run a step of a workflow, as far as the file shows. Filters by branch or path are not looked at. */

import type { SourceLocation } from "../errors.ts";
import type { Tree } from "../lib/yaml/yaml-tree.ts";
import type { StepContexts } from "./contexts.ts";
import type { JobStep } from "./find-step.ts";
import { isMet } from "./workflow-expression.ts";
import { eventsOf } from "./workflow-inputs.ts";

export interface StepWarning {
  readonly message: string;
  readonly hint: string;
  readonly at: SourceLocation;
}

export function whyNotRun(
  tree: Tree,
  { conditions }: Pick<JobStep, "conditions">,
  eventName: string,
  contexts: StepContexts,
): readonly StepWarning[] {
  const { names, at } = eventsOf(tree);
  // A workflow that others call is run by their events.
  const isStarted = at === undefined || [eventName, "workflow_call"].some((each) => names.includes(each));
  const event: readonly StepWarning[] = isStarted
    ? []
    : [
        {
          message: `${eventName} doesn't trigger this workflow; it is triggered by ${names.join(", ")}`,
          hint: "choose one of its events with --event",
          at,
        },
      ];
  const unmet = conditions.filter(({ of, text }) => isMet(text, contexts[of]) === false);
  return [
    ...event,
    ...unmet.map(({ of, at }) => ({
      message: `the event that is planned doesn't run this ${of}: its \`if\` is false`,
      hint: "choose another event with --event and --ref",
      at,
    })),
  ];
}
