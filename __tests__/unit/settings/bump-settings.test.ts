import { expect, test } from "@jest/globals";
import { defaultPullRequestSettings } from "../../../src/bump/pull-request/proposal.ts";
import type { BumpSettings } from "../../../src/config/config-schema.ts";
import { pullRequestSettings } from "../../../src/settings/bump-settings.ts";

const names = (...values: readonly string[]) =>
  values.map((value) => ({ value, at: { file: "image-publish.yml", line: 1 } }));

test.each<[string, BumpSettings, object]>([
  ["nothing said", {}, {}],
  [
    "people and labels",
    { labels: names("images"), reviewers: names("ann", "acme/owners"), assignees: names("bo") },
    { labels: ["images"], reviewers: ["ann", "acme/owners"], assignees: ["bo"] },
  ],
  ["drafts, all in one", { draft: true, grouped: true }, { draft: true, grouped: true }],
  ["`auto-merge: true` merges", { "auto-merge": "true" }, { autoMerge: "merge" }],
  ["`auto-merge: squash`", { "auto-merge": "squash" }, { autoMerge: "squash" }],
  ["`auto-merge: false`", { "auto-merge": "false" }, { autoMerge: false }],
])("%s", (_, said, expected) => {
  expect(pullRequestSettings(said)).toEqual({ ...defaultPullRequestSettings, ...expected });
});
