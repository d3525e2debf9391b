/** How pull requests of bumps are made, by what the config file says under `bump`. */
import type { PullRequestSettings } from "../bump/pull-request/proposal.ts";
import type { BumpSettings } from "../config/config-schema.ts";

export function pullRequestSettings(settings: BumpSettings): PullRequestSettings {
  const merge = settings["auto-merge"] ?? "false";
  const texts = (names: BumpSettings["labels"]) => (names ?? []).map(({ value }) => value);
  return {
    labels: texts(settings.labels),
    reviewers: texts(settings.reviewers),
    assignees: texts(settings.assignees),
    draft: settings.draft ?? false,
    autoMerge: merge === "true" ? "merge" : merge === "false" ? false : merge,
    grouped: settings.grouped ?? false,
  };
}
