import { describe, expect, test } from "@jest/globals";
import {
  derive,
  dispatch,
  flaggedRelease,
  headSha,
  mergeGroup,
  movingTags,
  pullRequest,
  release,
  schedule,
  sha,
  tags,
} from "../facts.ts";

const defaults = "";

describe("without any rule, the documented tags", () => {
  test.each([
    ["push to main", { ref: "refs/heads/main" }, ["main", sha, "latest"]],
    ["schedule", { ref: "refs/heads/main", trigger: schedule }, ["main", sha, "latest"]],
    ["push to feat/A_b", { ref: "refs/heads/feat/A_b" }, ["feat-A_b", sha]],
    ["v1.2.3", { ref: "refs/tags/v1.2.3" }, ["1.2.3", "1.2", "1", "v1.2.3", sha, "latest"]],
    ["v1.2.3-rc.1", { ref: "refs/tags/v1.2.3-rc.1" }, ["1.2.3-rc.1", "v1.2.3-rc.1", sha]],
    ["v0.3.0", { ref: "refs/tags/v0.3.0" }, ["0.3.0", "0.3", "v0.3.0", sha, "latest"]],
    ["pull request, when pushed", { ref: "refs/pull/9/merge", trigger: pullRequest(9) }, ["pr-9", headSha]],
  ])("%s", (_, situation, expected) => {
    expect(derive(defaults, situation)).toMatchObject({ version: expected[0], warnings: [] });
    expect(tags(defaults, situation)).toEqual(expected);
  });

  test.each([
    ["a merge group gives none", { ref: "refs/heads/gh-readonly-queue/main/pr-1-abc", trigger: mergeGroup }, []],
    ["a dispatch on main is like a push", { ref: "refs/heads/main", trigger: dispatch }, ["main", sha, "latest"]],
    [
      "a release is like its tag",
      { ref: "refs/tags/v2.0.0", trigger: release },
      ["2.0.0", "2.0", "2", "v2.0.0", sha, "latest"],
    ],
    [
      "a release flagged as prerelease counts as one, whatever its version says",
      { ref: "refs/tags/v1.2.3", trigger: flaggedRelease },
      ["1.2.3", "v1.2.3", sha],
    ],
    ["a tag that is no version gives itself, silently", { ref: "refs/tags/demo" }, ["demo", sha]],
    ["a release with build metadata", { ref: "refs/tags/v1.2.3+7" }, ["1.2.3", "1.2", "1", "v1.2.3-7", sha, "latest"]],
    [
      "pull_request_target never gives a branch's tags or latest, though its ref is the base branch",
      { ref: "refs/heads/main", trigger: pullRequest(7, true) },
      ["pr-7", headSha],
    ],
    [
      "a schedule of another branch is not the default branch",
      { ref: "refs/heads/stable", trigger: schedule },
      ["stable", sha],
    ],
    [
      "where the default branch is unknown nothing is latest",
      { ref: "refs/heads/main", defaultBranch: undefined },
      ["main", sha],
    ],
  ])("%s", (_, situation, expected) => {
    expect(tags(defaults, situation)).toEqual(expected);
    expect(derive(defaults, situation).warnings).toEqual([]);
  });

  test.each([
    [
      "branch and latest follow, the commit is set once",
      { ref: "refs/heads/main", trigger: schedule },
      ["main", "latest"],
    ],
    ["a release moves its line, its major and latest", { ref: "refs/tags/v1.2.3" }, ["1.2", "1", "latest"]],
    ["a prerelease moves nothing", { ref: "refs/tags/v1.2.3-rc.1" }, []],
    ["a pull request's number follows it", { ref: "refs/pull/9/merge", trigger: pullRequest(9) }, ["pr-9"]],
    ["1.1.1 has a major that is its end too", { ref: "refs/tags/v1.1.1" }, ["1.1", "1", "latest"]],
  ])("moving: %s", (_, situation, expected) => {
    expect(movingTags(defaults, situation)).toEqual(expected);
  });
});
