/** Which refs a plan is about. */
import type { Plan } from "../../plan/plan.ts";
import type { Session } from "../../run/session.ts";

/** A commit for itself is no ref that anybody knows: the event's own goes with it. */
export function planRefs({ context, event }: Pick<Session, "context" | "event">): Pick<Plan, "ref" | "eventRef"> {
  const { kind, full } = context.ref;
  return kind === "commit" ? { ref: full, eventRef: event.ref.full } : { ref: full };
}
