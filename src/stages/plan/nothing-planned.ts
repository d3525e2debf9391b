/** The plan of a command that builds nothing. */
import { makePlan } from "../../plan/make-plan.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Trouble, troublesOf } from "../../plan/troubles.ts";
import type { Survey } from "../analyze/survey.ts";
import { planRefs, type RunRefs } from "./plan-refs.ts";
import type { Preparation } from "./preparation.ts";

interface Prepared extends Pick<Preparation, "push"> {
  readonly surveyed: Pick<Survey, "comparison" | "catalog" | "troubled" | "left" | "hashes">;
}

export function nothingPlanned({ surveyed, push }: Prepared, run: RunRefs): Plan {
  const { context } = run;
  return makePlan({
    event: context.eventName,
    ...planRefs(run),
    commit: context.commit,
    base: undefined,
    nothing: surveyed.comparison.kind === "nothing" ? surveyed.comparison.what : undefined,
    catalog: surveyed.catalog,
    affected: new Map(),
    left: surveyed.left,
    troubles: troublesWithoutPlan({ surveyed }),
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

/** The images that can't be planned, where no event makes the run publish any. */
export function troublesWithoutPlan({ surveyed }: Pick<Prepared, "surveyed">): readonly Trouble[] {
  return troublesOf({ ...surveyed, affected: new Map() });
}
