/** Identifies the run that pushes tags. */
import { type RunContext, sourceCommit } from "../../model/run-context.ts";
import type { RunIdentity } from "../../publish/guard.ts";
import type { RunInputs } from "../../settings/run-inputs.ts";

interface Run {
  readonly context: RunContext;
  readonly inputs: Pick<RunInputs, "settings">;
}

export function runIdentity(run: Run): Omit<RunIdentity, "release" | "platforms"> {
  const { context, inputs } = run;
  return {
    commit: sourceCommit(context),
    ref: context.ref.full,
    isRebuild: isRebuild(run),
    mayGoBack: inputs.settings.move === "any",
  };
}

/** Images are rebuilt though nothing changed, with updated base images and without cache. */
export function isRebuild({ context, inputs }: Run): boolean {
  return inputs.settings.rebuild === "always" || context.trigger.kind === "schedule";
}
