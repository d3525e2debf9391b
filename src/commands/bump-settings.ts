/** How pull requests of bumps are made, by what the config file says under `bump`. */
import type { PullRequestSettings } from "../bump/proposal.ts";
import type { BumpSettings } from "../catalog/config-schema.ts";
import { UserError } from "../errors.ts";
import { didYouMean } from "../nearest.ts";

/** @throws UserError for a way of merging that there is none of. */
export function pullRequestSettings(said: BumpSettings): PullRequestSettings {
  const merge = said["auto-merge"] ?? "false";
  const autoMerge = ways.find((way) => way === (merge === "true" ? "merge" : merge));
  if (autoMerge === undefined && merge !== "false") {
    const hint = `write ${ways.join(", ")} or false${didYouMean(merge, ways)}`;
    throw new UserError(`the config file's bump can't be merged by "auto-merge: ${merge}"`, { hint });
  }
  const texts = (names: BumpSettings["labels"]) => (names ?? []).map(({ value }) => value);
  return {
    labels: texts(said.labels),
    reviewers: texts(said.reviewers),
    assignees: texts(said.assignees),
    draft: said.draft ?? false,
    autoMerge: autoMerge ?? false,
    grouped: said.grouped ?? false,
  };
}

const ways = ["merge", "squash", "rebase"] as const;
