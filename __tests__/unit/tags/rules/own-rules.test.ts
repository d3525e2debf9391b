import { describe, expect, test } from "@jest/globals";
import { derive, movingTags, schedule, short, tags } from "../facts.ts";

const main = { ref: "refs/heads/main" };
const withVersion = (version: string) => ({ ...main, facts: { ownVersions: new Map([["arg:V", version]]) } });

describe("type=version: the image's own", () => {
  test.each([
    ["3.9.1", "v{{version}}-{{sha}}", [`v3.9.1-${short}`]],
    ["v3.9.1", "v{{version}}-{{sha}}", [`v3.9.1-${short}`]],
    ["v4.0.6-r4", "v{{version}}-{{sha}}", [`v4.0.6-r4-${short}`]],
    ["v3.9.1", "{{raw}}", ["v3.9.1"]],
    ["6.4.1.10545", "{{version}} {{major}}.{{minor}}.{{patch}}", ["6.4.1.10545-6.4.1"]],
    ["26.2", "{{major}}.{{minor}}.{{patch}}", ["26.2.0"]],
    ["2.2.0-r3", "{{major}}.{{minor}}", ["2.2"]],
    ["1.43.3.10896-cb3ebc72d", "{{version}}", ["1.43.3.10896-cb3ebc72d"]],
    ["18.6-alpine3.24", "{{major}}", ["18"]],
    ["v20260101-build", "{{version}}", ["20260101-build"]],
    ["7", "", ["7"]],
  ])("%s by %s", (version, pattern, expected) => {
    expect(tags(`type=version,from=arg:V,pattern=${pattern}`, withVersion(version))).toEqual(expected);
  });

  test("a version without any number gives none, and says so; the other rules go on", () => {
    const { tags: given, warnings } = derive("type=version,from=arg:V\nrolling", withVersion("master"));
    expect(given.map(({ tag }) => tag)).toEqual(["rolling"]);
    expect(warnings).toEqual([
      { message: `the input "tags", line 1: the version "master" of base has no number`, hint: expect.any(String) },
    ]);
  });

  test("the first source that is there counts; none is a warning", () => {
    const rule = "type=version,from=nix,from=bake:VERSION,from=arg:V,from=package.json";
    const versions = new Map([
      ["package.json", "9"],
      ["bake:VERSION", "1.5"],
    ]);
    expect(tags(rule, { ...main, facts: { ownVersions: versions } })).toEqual(["1.5"]);
    expect(derive(rule, main).warnings[0]?.message).toContain("there is no nix and no bake:VERSION and no arg:V");
  });

  test("match takes a part, with flags", () => {
    const rule = "type=version,from=arg:V,match=/^REL_(.*)$/i";
    expect(tags(rule, withVersion("rel_17"))).toEqual(["17"]);
  });

  test("it follows the commits, unless the commit is in it", () => {
    const rules = "type=version,from=arg:V,pattern={{version}}\ntype=version,from=arg:V,pattern={{version}}-{{sha}}";
    expect(movingTags(rules, withVersion("1.2.3"))).toEqual(["1.2.3"]);
  });

  test("it makes no latest", () => {
    expect(tags("type=version,from=arg:V", withVersion("1.2.3"))).toEqual(["1.2.3"]);
  });
});

describe("type=calver", () => {
  test("is the commit's date in UTC, exact", () => {
    expect(derive("type=calver", main).tags).toEqual([{ tag: `2026.06.10-${short}`, moves: false }]);
  });
  test("on a schedule it is the run's", () => {
    expect(tags("type=calver", { ...main, trigger: schedule })).toEqual([`2026.06.14-${short}`]);
  });
  test("moves without the commit in it", () => {
    expect(derive("type=calver,pattern={{date 'YYYY.MM'}}", main).tags).toEqual([{ tag: "2026.06", moves: true }]);
  });
  test("an unknown date is no date: a warning, no tag", () => {
    expect(derive("type=calver", { ...main, facts: { commitDate: undefined } })).toMatchObject({
      tags: [],
      warnings: [{}],
    });
  });
});

describe("type=content", () => {
  const contents = { file: "0123456789abcdef".repeat(4), inputs: "fedcba9876543210".repeat(4) };
  test.each([
    ["type=content,of=file", "0123456789ab"],
    ["type=content,of=inputs,length=16", "fedcba9876543210"],
    ["type=content,of=file,prefix=c-", "c-0123456789ab"],
  ])("%s", (rule, tag) => {
    expect(derive(rule, { ...main, facts: { contents } }).tags).toEqual([{ tag, moves: false, of: "content" }]);
  });
});

describe("a git tag that names an image releases only that one", () => {
  const names = ["app", "app-web", "base"];
  const rules = "type=semver,pattern={{version}}\ntype=ref,event=tag";
  test.each([
    ["app/v1.2.3", "app", ["1.2.3", "v1.2.3", "latest"]],
    ["app-v1.2.3", "app", ["1.2.3", "v1.2.3", "latest"]],
    ["app@1.2.3", "app", ["1.2.3", "latest"]],
    ["app/v1.2.3", "base", []],
    ["app-web-v1.2.3", "app-web", ["1.2.3", "v1.2.3", "latest"]],
    ["app-web-v1.2.3", "app", []],
    ["v1.2.3", "base", ["1.2.3", "v1.2.3", "latest"]],
  ])("%s for %s", (tag, name, expected) => {
    expect(tags(rules, { ref: `refs/tags/${tag}`, name, names })).toEqual(expected);
  });

  test.each(["app-demo", "application-v1", "app-2fa"])("%s is any other tag, which releases all", (tag) => {
    expect(tags("type=ref,event=tag", { ref: `refs/tags/${tag}`, name: "base", names })).toEqual([tag, "latest"]);
  });

  test("rules that match the image's name themselves go on to work", () => {
    const own = "type=match,pattern=^app-v(.*)$,group=1\ntype=semver,pattern={{major}},match=^app-v(.*)$";
    const { tags: given, warnings } = derive(own, { ref: "refs/tags/app-v1.2.3", name: "app", names });
    expect(given.map(({ tag }) => tag)).toEqual(["1", "1.2.3", "latest"]);
    expect(warnings).toEqual([]);
  });
});
