import { describe, expect, test } from "@jest/globals";
import { derive, movingTags, schedule, sha, short, tags } from "./facts.ts";

const main = { ref: "refs/heads/main" };
const gitTag = (name: string) => ({ ref: `refs/tags/${name}` });

describe("semver", () => {
  test.each([
    ["v1.2.3", "{{raw}}", ["v1.2.3", "latest"]],
    ["v1.2.3", "{{version}}", ["1.2.3", "latest"]],
    ["1.2.3", "{{version}}", ["1.2.3", "latest"]],
    ["v1.2.3", "{{major}}.{{minor}}", ["1.2", "latest"]],
    ["v1.2.3", "v{{major}}", ["v1", "latest"]],
    ["v1.2.3", "{{{minor}}}", ["2", "latest"]],
    ["v1.2.3", "{{ patch }}", ["3", "latest"]],
    ["v2.0.8-beta.67", "{{raw}}", ["v2.0.8-beta.67"]],
    ["v2.0.8-beta.67", "{{version}}", ["2.0.8-beta.67"]],
    ["v2.0.8-beta.67", "{{major}}.{{minor}}", ["2.0.8-beta.67"]],
    ["v2.0.8-beta.67", "v{{version}}", ["2.0.8-beta.67"]],
    ["v2.0.8-beta.67", "{{major}}", ["2.0.8-beta.67"]],
    ["v1.2.3+build.5", "{{version}}", ["1.2.3", "latest"]],
    ["v1.2.3+build.5", "{{raw}}", ["v1.2.3-build.5", "latest"]],
    ["v9.5.7-alpha.2+fork.3", "{{version}}", ["9.5.7-alpha.2"]],
  ])("%s by %s", (name, pattern, expected) => {
    expect(tags(`type=semver,pattern=${pattern}`, gitTag(name))).toEqual(expected);
  });

  test.each(["v1.2", "2024.01.05", "v1.02.3", "p1/v1.2.3", "latest-ish"])("%s is none: a warning, no tag", (name) => {
    const { tags: given, warnings } = derive("type=semver,pattern={{version}}", gitTag(name));
    expect(given).toEqual([]);
    expect(warnings).toEqual([
      {
        message: `the input "tags", line 1: "${name.replace("/", "-")}" isn't a semantic version`,
        hint: expect.any(String),
      },
    ]);
  });

  test.each([
    ["a value stands in for the git tag", "value=v4.5.6", main, ["4.5.6", "latest"]],
    ["a value may be an expression", "value={{tag}}", gitTag("v1.0.0"), ["1.0.0", "latest"]],
    ["an expression without value gives nothing", "value={{tag}}", main, []],
    ["an empty value is none", "value=", gitTag("v1.0.0"), ["1.0.0", "latest"]],
    ["match takes its first group", "match=^p1/(.*)$", gitTag("p1/v1.2.3"), ["1.2.3", "latest"]],
    ["match takes a flagged expression", "match=/^P1-(.*)$/i", gitTag("p1-v1.2.3"), ["1.2.3", "latest"]],
    ["where match fails the whole tag counts", "match=^docker-(.*)$", gitTag("v1.2.3"), ["1.2.3", "latest"]],
    ["without tag or value it doesn't apply", "suffix=-x", main, []],
  ])("%s", (_, attributes, situation, expected) => {
    expect(tags(`type=semver,pattern={{version}},${attributes}`, situation)).toEqual(expected);
  });
});

describe("pep440", () => {
  test.each([
    ["v1.2.3", "{{raw}}", ["v1.2.3", "latest"]],
    ["v1.2.3", "{{version}}", ["1.2.3", "latest"]],
    ["1.2", "{{major}}.{{minor}}.{{patch}}", ["1.2.0", "latest"]],
    ["1.2.3rc2", "{{major}}", ["1.2.3rc2"]],
    ["v1.2.3-RC2", "{{raw}}", ["v1.2.3-RC2"]],
    ["v1.2.3-RC2", "v{{version}}", ["1.2.3rc2"]],
    ["1.2.post1", "{{major}}", ["1.2.post1"]],
    ["1.0dev4", "{{major}}", ["1.0.dev4"]],
    ["2024.01.05", "{{version}}", ["2024.1.5", "latest"]],
    ["1!2.0", "{{epoch}}-{{release}}", ["1-2.0", "latest"]],
  ])("%s by %s", (name, pattern, expected) => {
    expect(tags(`type=pep440,pattern=${pattern}`, gitTag(name))).toEqual(expected);
  });

  test("what is none gives a warning", () => {
    expect(derive("type=pep440,pattern={{version}}", gitTag("1.2.x")).warnings).toHaveLength(1);
  });
});

describe("match", () => {
  test.each([
    ["v1.2.3", String.raw`pattern=\d.\d.\d`, ["1.2.3", "latest"]],
    ["v2.0.8-beta.67", "pattern=v(.*),group=1", ["2.0.8-beta.67", "latest"]],
    ["v2.0.8-beta.67", String.raw`pattern=v(\d.\d),group=1`, ["2.0", "latest"]],
    ["20200110-RC2", String.raw`pattern=\d+`, ["20200110", "latest"]],
    ["p1/v1.2.3", String.raw`pattern=p1/v(\d.\d.\d),group=1`, ["1.2.3", "latest"]],
    ["20200110-RC2", "pattern=/(.*)-rc/i,group=1", ["20200110", "latest"]],
    ["v12.34", String.raw`"pattern=\d{1,3}"`, ["12", "latest"]],
    ["v1.2.3", "pattern=^v?(.*)$,group=1,value=release/9", ["release-9", "latest"]],
  ])("%s by %s", (name, attributes, expected) => {
    expect(tags(`type=match,${attributes}`, gitTag(name))).toEqual(expected);
  });

  test("no match, or a group that took no part, gives a warning and no tag", () => {
    for (const pattern of ["pattern=^x", "pattern=v(x)?.*,group=1"]) {
      expect(derive(`type=match,${pattern}`, gitTag("v1"))).toMatchObject({
        tags: [],
        warnings: [{ hint: expect.any(String) }],
      });
    }
  });
});

describe("the other types", () => {
  test.each([
    ["schedule is nightly", "type=schedule", { ...main, trigger: schedule }, ["nightly"]],
    [
      "schedule takes dates",
      "type=schedule,pattern=nightly-{{date 'YYYYMMDD'}}",
      { ...main, trigger: schedule },
      ["nightly-20260614"],
    ],
    ["schedule only on schedule", "type=schedule", main, []],
    ["edge is the default branch", "type=edge", main, ["edge"]],
    ["edge of another branch", "type=edge,branch=dev", { ref: "refs/heads/dev" }, ["edge"]],
    ["edge is not for others", "type=edge,branch=dev", main, []],
    ["ref of a branch", "type=ref,event=branch", { ref: "refs/heads/my/branch" }, ["my-branch"]],
    ["ref of a tag makes latest", "type=ref,event=tag", gitTag("v2.0.8-beta.67"), ["v2.0.8-beta.67", "latest"]],
    ["ref of a tag is not for branches", "type=ref,event=tag", main, []],
    ["raw in all its forms", "type=raw,value=a\ntype=raw,b\nc\nvalue=d", main, ["a", "b", "c", "d"]],
    ["sha is short", "type=sha", main, [`sha-${short}`]],
    ["sha in full without prefix", "type=sha,format=long,prefix=", main, [sha]],
    ["sha with a prefix by expression", "type=sha,prefix={{branch}}-", main, [`main-${short}`]],
    ["what is no tag's character becomes a dash", "type=raw,value=a&b +c/d", main, ["a-b-c-d"]],
    ["nothing is escaped as in HTML", "type=ref,event=branch", { ref: "refs/heads/a&b" }, ["a-b"]],
    [
      "a branch that is a date's format",
      "type=raw,value={{branch}}-{{commit_date 'YYYY'}}",
      { ref: "refs/heads/YYYY" },
      ["YYYY-2026"],
    ],
  ])("%s", (_, rules, situation, expected) => {
    expect(tags(rules, situation)).toEqual(expected);
  });
});

describe("which tags move", () => {
  test.each([
    [
      "semver in full is exact, its line moves",
      "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}",
      gitTag("v1.2.3"),
      ["1.2", "latest"],
    ],
    [
      "major, minor and patch together are exact",
      "type=semver,pattern=v{{major}}.{{minor}}.{{patch}}",
      gitTag("v1.2.3"),
      ["latest"],
    ],
    ["a prerelease is exact by every pattern", "type=semver,pattern={{major}}", gitTag("v1.2.3-rc.1"), []],
    ["match of all but the v is exact", "type=match,pattern=v(.*),group=1", gitTag("v1.2.3"), ["latest"]],
    ["match of a part moves", String.raw`type=match,pattern=\d+`, gitTag("20200110-RC2"), ["20200110", "latest"]],
    [
      "a match at the end that lacks numbers before it moves",
      String.raw`type=match,pattern=rc\.\d+$`,
      gitTag("v1.0.0-rc.1"),
      ["rc.1", "latest"],
    ],
    ["branch and literals move", "type=ref,event=branch\nrolling\ntype=edge", main, ["edge", "main", "rolling"]],
    ["a literal with the commit is exact", "x-{{sha}}", main, []],
    ["a branch with the commit behind it is exact", "type=ref,event=branch,suffix=-{{sha}}", main, []],
    ["a literal with the git tag is exact", "x-{{tag}}", gitTag("v1"), []],
    ["without git tag the same literal moves", "x{{tag}}", main, ["x"]],
    [
      "nightly moves though it has a date",
      "type=schedule,pattern=n-{{date 'YYYYMMDD'}}",
      { ...main, trigger: schedule },
      ["n-20260614"],
    ],
    [
      "a literal of an exact version is exact",
      "type=semver,pattern={{version}},value=1.2.3\nx-{{version}}",
      main,
      ["latest"],
    ],
    [
      "exact by one rule is exact",
      String.raw`type=match,pattern=\d.\d.\d$,value=p1v1.2.3${"\n"}type=semver,pattern={{version}}`,
      gitTag("v1.2.3"),
      ["latest"],
    ],
  ])("%s", (_, rules, situation, expected) => {
    expect(movingTags(rules, situation)).toEqual(expected);
  });
});
