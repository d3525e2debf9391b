/** By what a run trusts the records of published images. */
import { isUnnamed, repositoryName } from "../model/run-context.ts";
import type { RecordRules } from "../publish/tags/tag-state.ts";
import type { Session } from "./session.ts";

export function recordRules({ context, outside }: Pick<Session, "context" | "outside">): RecordRules {
  return { repository: isUnnamed(context) ? undefined : repositoryName(context), now: () => outside.clock.now() };
}
