/** By what a run trusts the records of published images. */
import { isUnnamed, type RunContext, repositoryName } from "../model/run-context.ts";
import type { Clock } from "../ports.ts";
import type { RecordRules } from "../publish/registry-tags/tag-state.ts";

interface RecordsRun {
  readonly context: RunContext;
  readonly outside: { readonly clock: Clock };
}

export function recordRules({ context, outside }: RecordsRun): RecordRules {
  return { repository: isUnnamed(context) ? undefined : repositoryName(context), now: () => outside.clock.now() };
}
