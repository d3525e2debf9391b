import { isUnnamed, type RunContext, repositoryUrl } from "../../model/run-context.ts";
import type { Forge } from "../../results/run-result.ts";

/** Where files and commits can be looked at; Gitea and Forgejo are recognized by the address of their API. */
export function forgePage(context: RunContext): Forge | undefined {
  if (isUnnamed(context)) return undefined;
  const kind = context.apiUrl.endsWith("/api/v1") ? "forgejo" : "github";
  return { kind, repositoryUrl: repositoryUrl(context) };
}
