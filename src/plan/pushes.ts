import type { RunContext } from "../model/run-context.ts";
import type { CheckoutTrust } from "../model/trust.ts";

/** Values of the input `push`. */
export type PushSetting = "auto" | "true" | "false" | "untrusted";

/**
 * Whether a run pushes what it builds. Never from a pull request of a fork or in a merge group, whatever is wished; from a pull
 * request of the own repository only with `true`. An untrusted checkout outside of pull requests is pushed only with
 * `untrusted`: workflows write `push: ${{ github.event_name != 'pull_request' }}`, which must not opt in by accident.
 */
export function pushes(
  { trigger, ref }: Pick<RunContext, "trigger" | "ref">,
  setting: PushSetting,
  trust: CheckoutTrust,
): boolean {
  if (setting === "false" || trigger.kind === "merge-group" || trigger.kind === "gone") return false;
  if (trigger.kind === "pull-request") return setting === "true" && !trigger.fromFork && trust.kind === "trusted";
  if (trust.kind === "untrusted") return setting === "untrusted" && trust.neverPushed !== true;
  return ref.kind === "branch" || ref.kind === "tag";
}
