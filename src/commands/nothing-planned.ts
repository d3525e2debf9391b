/** The plan of a command that builds nothing. */
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Preparation } from "./preparation.ts";
import type { Session } from "./session.ts";

export function nothingPlanned({ surveyed, push }: Preparation, { context }: Session): Plan {
  return makePlan({
    event: context.eventName,
    ref: context.ref.full,
    commit: context.commit,
    base: undefined,
    nothing: surveyed.comparison.kind === "nothing" ? surveyed.comparison.what : undefined,
    catalog: surveyed.catalog,
    affected: new Map(),
    left: surveyed.left,
    published: new Map(),
    hashes: surveyed.hashes,
    push,
    fresh: false,
    movingTagsOnly: false,
    details: () => {
      throw new Error("nothing is planned");
    },
  });
}
