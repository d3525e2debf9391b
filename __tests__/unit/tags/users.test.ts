/** The tag schemes of six repositories that publish images today. */
import { describe, expect, test } from "@jest/globals";
import { derive, flaggedRelease, headSha, pullRequest, release, schedule, sha, short, tags } from "./facts.ts";

describe("a folder of images: sha, branch, pr-N, git tag, and latest only on a release that is no prerelease", () => {
  const rules = `
    type=ref,event=branch
    type=ref,event=pr
    type=ref,event=tag
    type=sha
    type=raw,value=latest,enable={{is_release}}`;
  test.each([
    ["a push to main", { ref: "refs/heads/main" }, ["main", `sha-${short}`]],
    ["the weekly rebuild", { ref: "refs/heads/main", trigger: schedule }, ["main", `sha-${short}`]],
    ["a branch", { ref: "refs/heads/fix/ldap" }, ["fix-ldap", `sha-${short}`]],
    [
      "a pull request",
      { ref: "refs/pull/12/merge", trigger: pullRequest(12) },
      ["pr-12", `sha-${headSha.slice(0, 7)}`],
    ],
    ["a tag", { ref: "refs/tags/v1.0.0" }, ["v1.0.0", `sha-${short}`]],
    ["a release", { ref: "refs/tags/v1.0.0", trigger: release }, ["v1.0.0", "latest", `sha-${short}`]],
    ["a prerelease", { ref: "refs/tags/v1.0.0", trigger: flaggedRelease }, ["v1.0.0", `sha-${short}`]],
  ])("%s", (_, situation, expected) => {
    expect(tags(rules, situation, "latest=false")).toEqual(expected);
  });

  test("as its documents say it: full commit always, branch, tag, latest on main only", () => {
    expect(tags("", { ref: "refs/heads/main" })).toEqual(["main", sha, "latest"]);
    expect(tags("", { ref: "refs/heads/fix/ldap" })).toEqual(["fix-ldap", sha]);
  });
});

test("a pinned base image: CalVer with the commit, never latest", () => {
  expect(derive("type=calver", { ref: "refs/heads/stable/1" }).tags).toEqual([
    { tag: "2026.06.10-e973f3c", moves: false },
  ]);
});

test("applications of a homelab: the version in the Dockerfile or in default.nix, a v ensured, and the commit", () => {
  const rule = "type=version,from=arg:CONTAINER_APP_VERSION,from=nix,pattern=v{{version}}-{{sha}}";
  const at = (source: string, version: string) => ({
    ref: "refs/heads/main",
    facts: { ownVersions: new Map([[source, version]]) },
  });
  expect(tags(rule, at("arg:CONTAINER_APP_VERSION", "3.9.1"))).toEqual([`v3.9.1-${short}`]);
  expect(tags(rule, at("nix", "v3.9.1"), "suffix=-nix")).toEqual([`v3.9.1-${short}-nix`]);
  expect(tags(rule, at("nix", "4.0.6-r4"))).toEqual([`v4.0.6-r4-${short}`]);
});

test("a tag that is the content: the first 12 digits of the file's hash", () => {
  const contents = { file: "c0ffee00c0ffee00".repeat(4) };
  expect(derive("type=content,of=file", { ref: "refs/tags/v1.2.3", facts: { contents } }).tags).toEqual([
    { tag: "c0ffee00c0ff", moves: false },
  ]);
});

describe("one image, released by semver", () => {
  const rules = ["{{raw}}", "{{version}}", "{{major}}.{{minor}}", "{{major}}"].map(
    (pattern) => `type=semver,pattern=${pattern}`,
  );
  test.each([
    ["a release", { ref: "refs/tags/v1.2.3", trigger: release }, ["v1.2.3", "1.2.3", "1.2", "1", "latest"]],
    ["its tag's push", { ref: "refs/tags/v1.2.3" }, ["v1.2.3", "1.2.3", "1.2", "1", "latest"]],
    ["a prerelease", { ref: "refs/tags/v1.2.3-rc.1", trigger: release }, ["v1.2.3-rc.1", "1.2.3-rc.1"]],
    ["one by its flag alone", { ref: "refs/tags/v1.2.3", trigger: flaggedRelease }, ["v1.2.3", "1.2.3"]],
    ["main", { ref: "refs/heads/main" }, []],
  ])("%s", (_, situation, expected) => {
    expect(tags(rules.join("\n"), situation)).toEqual(expected);
  });
});

describe("many applications with a VERSION in their bake files", () => {
  const source = "type=version,from=bake:VERSION";
  const rules = `
    ${source},pattern={{version}}
    ${source},pattern={{major}}.{{minor}}
    ${source},pattern={{major}}
    ${source},pattern={{raw}}
    rolling
    type=raw,value=sandbox,enable={{is_not_default_branch}}`;
  const version = (text: string) => ({ facts: { ownVersions: new Map([["bake:VERSION", text]]) } });
  test.each([
    ["a version", "1.2.3", ["1.2.3", "1.2", "1", "rolling"]],
    ["with a v", "v2.0.1", ["2.0.1", "2.0", "2", "v2.0.1", "rolling"]],
    ["of four numbers", "6.4.1.10545", ["6.4.1.10545", "6.4", "6", "rolling"]],
    ["that is no version", "master", ["rolling"]],
  ])("%s", (_, text, expected) => {
    const { tags: given } = derive(rules, { ref: "refs/heads/main", ...version(text) });
    expect(given.map(({ tag }) => tag)).toEqual(expected);
    expect(given.every(({ moves }) => moves)).toBe(true);
  });

  test("a pull request gets sandbox alone", () => {
    const situation = { ref: "refs/pull/3/merge", trigger: pullRequest(3), ...version("1.2.3") };
    expect(tags(rules, situation)).toEqual(["sandbox"]);
  });
});
