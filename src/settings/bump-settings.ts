/** How pull requests of bumps are made, by what the config file says under `bump`. */
import type { PullRequestSettings } from "../bump/pull-request/proposal.ts";
import type { BumpSettings } from "../config/config-schema.ts";

export function pullRequestSettings(said: BumpSettings): PullRequestSettings {
  const merge = said["auto-merge"] ?? "false";
  const texts = (names: BumpSettings["labels"]) => (names ?? []).map(({ value }) => value);
  return {
    labels: texts(said.labels),
    reviewers: texts(said.reviewers),
    assignees: texts(said.assignees),
    draft: said.draft ?? false,
    autoMerge: merge === "true" ? "merge" : merge === "false" ? false : merge,
    grouped: said.grouped ?? false,
  };
}
