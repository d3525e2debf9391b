import { describe, expect, test } from "@jest/globals";
import { derive, pullRequest, sha, tags } from "./facts.ts";

const branchRule = "type=ref,event=branch";

describe("a branch never takes a tag that belongs to something else", () => {
  test.each([
    ["latest", "the tag latest"],
    ["LATEST", "the tag latest"],
    ["1.2", "a version"],
    ["1", "a version"],
    ["v1.2.3", "a version"],
    ["v1.2.3-rc.1", "a version"],
    ["1.2rc1", "a version"],
    ["2026.06.10-e973f3c", "a version"],
    ["pr-12", "a pull request"],
    ["pr/12", "a pull request"],
    ["e973f3c", "a commit"],
    [sha, "a commit"],
    ["sha-e973f3c", "a commit"],
    ["src-0123456789abcdef", "a source hash"],
  ])("%s would pass for %s", (branch, meaning) => {
    const { tags: given, warnings } = derive("", { ref: `refs/heads/${branch}` });
    expect(given.map(({ tag }) => tag)).toEqual([sha]);
    expect(warnings).toEqual([
      {
        message: expect.stringContaining(`would look like ${meaning}`),
        hint: expect.stringContaining("prefix=branch-"),
      },
    ]);
  });

  test.each(["main", "release-1.2", "1.2.x", "123-fix-login", "pr-fix", "beef", "feature/v2-api", "v2-api"])(
    "%s is an ordinary name",
    (branch) => {
      expect(tags(branchRule, { ref: `refs/heads/${branch}` })).toEqual([branch.replace("/", "-")]);
    },
  );

  test("a flavor's suffix, which latest may have too, doesn't hide it", () => {
    expect(tags(branchRule, { ref: "refs/heads/latest" }, "suffix=-alpine,onlatest=true")).toEqual([]);
  });

  test("nor does a flavor's prefix complete it", () => {
    expect(tags(branchRule, { ref: "refs/heads/est" }, "prefix=lat")).toEqual([]);
  });

  test("a prefix can make it harmless, and can make it harmful", () => {
    expect(tags(`${branchRule},prefix=branch-`, { ref: "refs/heads/1.2" })).toEqual(["branch-1.2"]);
    expect(tags(`${branchRule},prefix=1.`, { ref: "refs/heads/2" })).toEqual([]);
  });

  test("the way around by an expression is closed too", () => {
    const { tags: given, warnings } = derive("type=raw,value={{branch}}", { ref: "refs/heads/latest" });
    expect(given).toEqual([]);
    expect(warnings[0]?.message).toMatch(/^the input "tags", line 1: the branch gives no tag "latest"/);
    expect(tags("type=raw,value={{branch}}-{{sha}}", { ref: "refs/heads/1.2" })).toEqual(["1.2-e973f3c"]);
  });
});

describe("what a pull request made passes for nothing else", () => {
  const pull = { ref: "refs/pull/5/merge", trigger: pullRequest(5) };
  test.each([
    ["no version from a value", "type=semver,pattern={{version}},value=1.2.3", []],
    ["no version of the image's own", "type=version,from=arg:V", []],
    ["no literal that was meant for pushes", "type=raw,value=rolling", []],
    ["a literal that was asked for", "type=raw,value=sandbox,enable=true", ["sandbox"]],
    ["never latest, even if asked for", "type=raw,value=latest,enable=true", []],
    ["its commit and number", "type=sha\ntype=ref,event=pr", ["pr-5", "sha-ad132f5"]],
    ["its number as you call it", "type=ref,event=pr,prefix=mr-", ["mr-5"]],
  ])("%s", (_, rules, expected) => {
    expect(tags(rules, pull)).toEqual(expected);
  });

  test("flavor latest=true is not for pull requests", () => {
    expect(tags("type=ref,event=pr", pull, "latest=true")).toEqual(["pr-5"]);
    expect(tags("type=ref,event=pr", { ref: "refs/heads/main", trigger: pullRequest(5, true) }, "latest=true")).toEqual(
      ["pr-5"],
    );
  });

  const plain = "type=raw,value=latest,enable=true,prefix=,suffix=";
  const flavored = "type=raw,value=latest,enable=true";
  test.each([
    { flavor: "", rules: plain },
    { flavor: "latest=auto", rules: flavored },
    { flavor: "latest=true", rules: plain },
    { flavor: "latest=false", rules: plain },
    { flavor: "prefix=web-", rules: plain },
    { flavor: "prefix=web-,onlatest=true", rules: plain },
    { flavor: "prefix=web-,onlatest=true", rules: flavored },
    { flavor: "suffix=-slim,onlatest=true", rules: plain },
    { flavor: "suffix=-slim,onlatest=true", rules: flavored },
    { flavor: "latest=true\nprefix=web-,onlatest=true\nsuffix=-slim,onlatest=true", rules: `${plain}\n${flavored}` },
    { flavor: "latest=true\nprefix=+,onlatest=true", rules: plain },
  ])("no `latest`, plain or with the flavor $flavor, by $rules", ({ flavor, rules }) => {
    for (const variant of ["dockerfile", "nix"] as const) {
      const given = tags(rules, { ...pull, facts: { variant } }, flavor);
      expect(given.filter((each) => each.includes("latest"))).toEqual([]);
    }
  });

  test("a tag that only contains the word is no `latest`", () => {
    expect(tags("type=raw,value=latest-preview,enable=true", pull)).toEqual(["latest-preview"]);
  });
});
