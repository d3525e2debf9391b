/** The default rules under a flavor: jobs with flavors of their own may share one repository. */
import { describe, expect, test } from "@jest/globals";
import { releaseOf, tagsOfRelease } from "../../../src/plan/version-line.ts";
import {
  derive,
  dispatch,
  flaggedRelease,
  headSha,
  pullRequest,
  release,
  type Situation,
  schedule,
  sha,
  tags,
} from "./facts.ts";

const defaults = "";
const main = { ref: "refs/heads/main" };

const events: readonly (readonly [string, Situation])[] = [
  ["a push to main", main],
  ["a schedule", { ...main, trigger: schedule }],
  ["a dispatch", { ...main, trigger: dispatch }],
  ["a push to another branch", { ref: "refs/heads/feat/A_b" }],
  ["a release", { ref: "refs/tags/v1.2.3", trigger: release }],
  ["a git tag", { ref: "refs/tags/v1.2.3" }],
  ["a git tag without v", { ref: "refs/tags/1.2.3" }],
  ["a git tag of version 0", { ref: "refs/tags/v0.3.0" }],
  ["a prerelease", { ref: "refs/tags/v1.2.3-rc.1" }],
  ["a release with the flag", { ref: "refs/tags/v1.2.3", trigger: flaggedRelease }],
  ["a calendar version", { ref: "refs/tags/2026.01.05" }],
  ["a calendar version with v", { ref: "refs/tags/v2026.01" }],
  ["a date", { ref: "refs/tags/2026-01-05" }],
  ["a git tag that is no version", { ref: "refs/tags/demo" }],
  ["a pull request", { ref: "refs/pull/9/merge", trigger: pullRequest(9) }],
];

describe.each(events)("%s", (_, situation) => {
  const bare = tags(defaults, situation);
  const around = (prefix: string, suffix: string) =>
    bare.filter((tag) => tag !== "latest").map((tag) => `${prefix}${tag}${suffix}`);
  const latest = (tag: string) => (bare.includes("latest") ? [tag] : []);

  test.each([
    ["prefix=web-", around("web-", ""), latest("latest")],
    ["suffix=-slim", around("", "-slim"), latest("latest")],
    ["prefix=web-\nsuffix=-slim", around("web-", "-slim"), latest("latest")],
    ["prefix=web-,onlatest=true", around("web-", ""), latest("web-latest")],
    ["suffix=-slim,onlatest=true", around("", "-slim"), latest("latest-slim")],
    ["prefix=web-,onlatest=true\nsuffix=-slim,onlatest=true", around("web-", "-slim"), latest("web-latest-slim")],
    ["prefix=web-,onlatest=true\nsuffix=-slim", around("web-", "-slim"), latest("web-latest")],
    ["latest=false", around("", ""), []],
    ["prefix=web-,onlatest=true\nlatest=false", around("web-", ""), []],
    ["prefix={{repo}}-", around("opensource-server-", ""), latest("latest")],
  ])("%s", (flavor, expected, last) => {
    expect(tags(defaults, situation, flavor)).toEqual([...expected, ...last]);
    expect(derive(defaults, situation, flavor).warnings).toEqual([]);
  });

  test.each([
    ["onlatest=true", ["prefix=web-,onlatest=true", "prefix=api-,onlatest=true"]],
    ["suffixes with onlatest=true", ["suffix=-a,onlatest=true", "suffix=-b,onlatest=true"]],
    ["latest=false", ["prefix=web-\nlatest=false", "prefix=api-\nlatest=false"]],
  ])("two jobs with %s share no tag", (_name, [one = "", other = ""]) => {
    const others = tags(defaults, situation, other);
    expect(tags(defaults, situation, one).filter((tag) => others.includes(tag))).toEqual([]);
  });
});

test("latest=true is one latest, as the flavor writes it", () => {
  expect(tags(defaults, main, "latest=true\nprefix=web-")).toEqual(["web-main", `web-${sha}`, "latest"]);
  expect(tags(defaults, { ref: "refs/heads/x" }, "latest=true\nprefix=web-,onlatest=true")).toEqual([
    ...["web-x", `web-${sha}`, "web-latest"],
  ]);
  const pull = { ref: "refs/pull/9/merge", trigger: pullRequest(9) };
  expect(tags(defaults, pull, "latest=true\nprefix=web-")).toEqual(["web-pr-9", `web-${headSha}`]);
});

test("a user's own rules go on as docker/metadata-action has them", () => {
  const own = "type=ref,event=branch\ntype=raw,value=latest,enable={{is_default_branch}}\ntype=sha,prefix=";
  expect(tags(own, main, "prefix=web-\nlatest=false")).toEqual(["web-main", "web-latest", sha.slice(0, 7)]);
});

test("tags are set once or move as without a flavor", () => {
  for (const [, situation] of events) {
    const moves = (flavor: string) => derive(defaults, situation, flavor).tags.map((each) => [each.moves, each.of]);
    expect(moves("prefix=web-\nsuffix=-slim")).toEqual(moves(""));
  }
});

test.each(["pr-9", "pr/9", sha, "sha-e973f3c", "latest", "1.2.3"])("a branch %s takes no flavored name", (branch) => {
  const { tags: given, warnings } = derive(defaults, { ref: `refs/heads/${branch}` }, "prefix=web-\nsuffix=-slim");
  expect(given.map(({ tag }) => tag)).toEqual([`web-${sha}-slim`]);
  expect(warnings).toHaveLength(1);
});

test.each(["v1.2.3", "demo"])("the release's own tags are known by the flavor: %s", (tag) => {
  const { tags: given } = derive(defaults, { ref: `refs/tags/${tag}` }, "prefix=web-");
  expect(tagsOfRelease(given, releaseOf(tag, given), tag)).toContain(`web-${tag}`);
});
