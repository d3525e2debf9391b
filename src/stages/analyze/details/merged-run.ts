import { asPushed } from "../../../context/usual-events.ts";
import { trusted } from "../../../model/trust.ts";
import type { Naming } from "./image-details.ts";

/** The run of a push to the branch that this run's commit is meant for; `undefined` where this run is one, or no branch is known. */
export function mergedRun(run: Naming): Naming | undefined {
  const { context, isAtEvent, trust } = run;
  const { trigger, ref, defaultBranch } = context;
  const branch = trigger.kind === "pull-request" ? trigger.baseRef : defaultBranch;
  if (branch === undefined) return undefined;
  const isIt = isAtEvent && trust.kind === "trusted" && trigger.kind === "push" && ref.full === `refs/heads/${branch}`;
  return isIt ? undefined : { ...run, context: asPushed(context, branch), isAtEvent: true, trust: trusted };
}
