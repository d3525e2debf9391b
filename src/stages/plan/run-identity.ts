/** Who puts the tags of a run. */
import { sourceCommit } from "../../model/run-context.ts";
import type { Mover } from "../../publish/guard.ts";
import type { Session } from "../../run/session.ts";

type Run = Pick<Session, "context" | "inputs">;

export function runIdentity(run: Run): Omit<Mover, "release" | "platforms"> {
  const { context, inputs } = run;
  return {
    commit: sourceCommit(context),
    ref: context.ref.full,
    isRebuild: isRebuild(run),
    mayGoBack: inputs.settings.move === "any",
  };
}

/** Built anew though nothing changed: fresh bases, no cache. */
export function isRebuild({ context, inputs }: Run): boolean {
  return inputs.settings.rebuild === "always" || context.trigger.kind === "schedule";
}
