/** What the language promises beside what each type gives: priorities, attributes that all types have, and traps of the reference. */
import { describe, expect, test } from "@jest/globals";
import { parseRules } from "../../../src/tags/rules/parse-rules.ts";
import { ruleTypes } from "../../../src/tags/rules/rule-attributes.ts";
import { derive, lines, release, schedule, short, tags } from "./facts.ts";

const main = { ref: "refs/heads/main" };
const v1 = { ref: "refs/tags/v1.2.3" };

/** A rule of every type, as short as it can be. */
const shortest: readonly (readonly [string, string, number])[] = [
  ["schedule", "type=schedule", 1000],
  ["semver", "type=semver,pattern={{version}}", 900],
  ["pep440", "type=pep440,pattern={{version}}", 900],
  ["version", "type=version,from=nix", 900],
  ["calver", "type=calver", 900],
  ["match", "type=match,pattern=v.*", 800],
  ["edge", "type=edge", 700],
  ["ref", "type=ref,event=branch", 600],
  ["raw", "type=raw,value=x", 200],
  ["content", "type=content,of=file", 150],
  ["sha", "type=sha", 100],
];

describe("priorities of the types", () => {
  test.each(shortest)("%s: `%s` has %d", (_, rule, priority) => {
    expect(parseRules(lines(rule)).values.map((each) => each.priority)).toEqual([priority]);
    expect(parseRules(lines(`${rule},priority=-1.5`)).values.map((each) => each.priority)).toEqual([-1.5]);
  });

  test("no type is forgotten here", () => {
    expect(shortest.map(([type]) => type).sort()).toEqual(Object.keys(ruleTypes).sort());
  });
});

describe("what every type takes", () => {
  const all = {
    facts: { ownVersions: new Map([["nix", "3"]]), contents: { file: "f".repeat(64) } },
  };
  test.each(shortest)("%s: enable=false, and a prefix and suffix with expressions", (type, rule) => {
    const ofTag = ["semver", "pep440", "match"].includes(type);
    const situation = { ...(ofTag ? v1 : main), ...all, ...(type === "schedule" ? { trigger: schedule } : {}) };
    expect(tags(`${rule},enable=false`, situation)).toEqual([]);
    const [given, ...others] = tags(`${rule},prefix={{name}}.,suffix=.{{repo}}`, situation, "latest=false");
    expect(given).toMatch(/^base\..+\.opensource-server$/);
    expect(others).toEqual([]);
  });

  test("an empty prefix or suffix of its own takes the flavor's away", () => {
    const flavor = "prefix=a-,suffix=-z";
    expect(tags("type=ref,event=branch\ntype=raw,x,prefix=\ntype=raw,y,suffix=", main, flavor)).toEqual([
      "a-main-z",
      "x-z",
      "a-y",
    ]);
    // The reference's own default prefix of a commit is the rule's, not the flavor's.
    expect(tags("type=sha", main, flavor)).toEqual([`sha-${short}-z`]);
  });

  test.each([
    ["enable={{is_release}}", ["x"], []],
    ["enable={{is_default_branch}}", [], ["x"]],
    ["enable={{is_not_default_branch}}", ["x"], []],
  ])("%s on a release, and on main", (enable, onRelease, onMain) => {
    expect(tags(`type=raw,x,${enable}`, { ...v1, trigger: release })).toEqual(onRelease);
    expect(tags(`type=raw,x,${enable}`, main)).toEqual(onMain);
  });
});

describe("traps", () => {
  test("a prerelease gives its version for every pattern but exactly {{raw}}", () => {
    const rc = { ref: "refs/tags/v1.2.3-rc.1" };
    for (const pattern of ["v{{raw}}", "{{raw}}-x", "{{major}}.{{minor}}", "v{{version}}", "fixed"]) {
      expect(tags(`type=semver,pattern=${pattern}`, rc)).toEqual(["1.2.3-rc.1"]);
    }
    expect(tags("type=semver,pattern={{raw}}", rc)).toEqual(["v1.2.3-rc.1"]);
  });

  test.each([
    ["as the reference needs it", String.raw`"type=match,""pattern=\d{1,3}"""`],
    ["as one would write it", String.raw`type=match,"pattern=\d{1,3}"`],
  ])("a comma in a regular expression, %s", (_, rule) => {
    expect(tags(rule, { ref: "refs/tags/v1234" })).toEqual(["123", "latest"]);
  });

  test("a version of PEP 440 can be taken apart", () => {
    const rule = (pattern: string) => `type=pep440,pattern=${pattern}`;
    expect(tags(rule("{{epoch}}.{{major}}.{{minor}}.{{patch}}"), { ref: "refs/tags/2!1.4" })).toEqual([
      "2.1.4.0",
      "latest",
    ]);
    expect(tags(rule("{{version}}-{{local}}"), { ref: "refs/tags/1.4+ubuntu.1" })).toEqual([
      "1.4-ubuntu.1-ubuntu.1",
      "latest",
    ]);
    for (const unstable of ["1.4.dev2", "1.4.post3", "1.4a1"]) {
      expect(tags(rule("{{major}}"), { ref: `refs/tags/${unstable}` })).toEqual([unstable]);
    }
  });

  test("zero-padded CalVer is no semver: a warning and no tag; as a type of its own it is one", () => {
    const padded = { ref: "refs/tags/2024.01.05" };
    expect(derive("type=semver,pattern={{version}}", padded)).toMatchObject({ tags: [], warnings: [{}] });
    expect(tags("type=ref,event=tag", padded)).toEqual(["2024.01.05", "latest"]);
    expect(tags("type=calver", main)).toEqual([`2026.06.10-${short}`]);
  });

  test("whoever may push a branch can't take a tag over, whichever rule names branches", () => {
    for (const rule of ["type=ref,event=branch", "{{branch}}", "type=raw,x,prefix={{branch}},suffix="]) {
      expect(derive(rule, { ref: "refs/heads/1.2" }).tags.map(({ tag }) => tag)).not.toContain("1.2");
    }
  });
});
