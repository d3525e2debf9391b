/** Which refs a plan is about. */

import type { RunContext } from "../../model/run-context.ts";
import type { Plan } from "../../plan/plan.ts";

export interface RunRefs {
  readonly context: RunContext;
  /** With the ref that the run is about. */
  readonly event: RunContext;
}

/** A commit for itself is no ref that anybody knows: the event's own goes with it. */
export function planRefs({ context, event }: RunRefs): Pick<Plan, "ref" | "eventRef"> {
  const { kind, full } = context.ref;
  return kind === "commit" ? { ref: full, eventRef: event.ref.full } : { ref: full };
}
