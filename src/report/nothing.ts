import type { Plan } from "../plan/plan.ts";

/**
 * Why a run does nothing, where its event is of something that is gone. `text` makes running text fit for where it is shown: the
 * names of branches are in it.
 */
export function whyNothingIsBuilt({ nothing }: Plan, text: (text: string) => string): string | undefined {
  return nothing === undefined ? undefined : `Nothing is built because ${text(nothing)}.`;
}
