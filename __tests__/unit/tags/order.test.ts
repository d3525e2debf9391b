import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isTag } from "../../../src/model/reference.ts";
import { parseFlavor } from "../../../src/tags/rules/flavor.ts";
import { anyText } from "../any-text.ts";
import { derive, lines, pullRequest, schedule, sha, short, tags } from "./facts.ts";

const main = { ref: "refs/heads/main" };
const v1 = { ref: "refs/tags/v1.2.3" };

describe("order, version and latest are the reference's", () => {
  test.each([
    ["priorities go before lines", "type=sha\nfoo\ntype=ref,event=branch", main, ["main", "foo", `sha-${short}`]],
    ["equal priorities keep the order of lines", "b\na\nc", main, ["b", "a", "c"]],
    ["a priority can be given", "type=sha,priority=950\nfoo", main, [`sha-${short}`, "foo"]],
    [
      "what two rules give stands once",
      "type=semver,pattern={{version}}\ntype=match,pattern=v(.*),group=1\n1.2.3",
      v1,
      ["1.2.3", "latest"],
    ],
    [
      "a literal latest keeps its place",
      "type=ref,event=branch\ntype=raw,value=latest,enable={{is_default_branch}}\ntype=sha",
      main,
      ["main", "latest", `sha-${short}`],
    ],
    [
      "latest of two rules comes out once, last",
      "latest\ntype=semver,pattern={{version}}\ntype=sha",
      v1,
      ["1.2.3", `sha-${short}`, "latest"],
    ],
    [
      "only the first rule that gives a tag decides on latest",
      "type=raw,foo,priority=1001\ntype=semver,pattern={{version}}",
      v1,
      ["foo", "1.2.3"],
    ],
    [
      "a rule that gives nothing decides nothing",
      "type=ref,event=branch,priority=1001\ntype=semver,pattern={{version}}",
      v1,
      ["1.2.3", "latest"],
    ],
    [
      "a rule that is not enabled decides nothing",
      "type=raw,foo,priority=1001,enable=false\ntype=semver,pattern={{version}}",
      v1,
      ["1.2.3", "latest"],
    ],
    ["no tag, no latest", "type=ref,event=tag", main, []],
    [
      "enable by branch",
      "type=edge,enable={{is_not_default_branch}},branch=main\ntype=sha,enable={{is_default_branch}}",
      main,
      [`sha-${short}`],
    ],
  ])("%s", (_, rules, situation, expected) => {
    expect(tags(rules, situation)).toEqual(expected);
    expect(derive(rules, situation).version).toBe(expected[0]);
  });
});

describe("flavor", () => {
  const semver = "type=semver,pattern={{version}}";
  test.each([
    ["latest can be forced", "type=sha", main, "latest=true", [`sha-${short}`, "latest"]],
    ["latest can be forbidden", semver, v1, "latest=false", ["1.2.3"]],
    [
      "latest=true holds for a prerelease",
      semver,
      { ref: "refs/tags/v1.0.0-rc.1" },
      "latest=true",
      ["1.0.0-rc.1", "latest"],
    ],
    ["a suffix is not latest's", semver, v1, "suffix=-alpine", ["1.2.3-alpine", "latest"]],
    ["unless it says so", semver, v1, "suffix=-alpine,onlatest=true", ["1.2.3-alpine", "latest-alpine"]],
    [
      "prefix and suffix on latest",
      semver,
      v1,
      "prefix=a-,onlatest=true\nsuffix=-z,onlatest=true",
      ["a-1.2.3-z", "a-latest-z"],
    ],
    [
      "a rule's own prefix replaces it, even an empty one",
      `${semver},prefix=\ntype=sha`,
      v1,
      "prefix=x-",
      ["1.2.3", `sha-${short}`, "latest"],
    ],
    ["with expressions", semver, v1, "suffix=-{{sha}}", [`1.2.3-${short}`, "latest"]],
    ["latest=true doubles no literal one", "latest", main, "latest=true", ["latest"]],
  ])("%s", (_, rules, situation, flavor, expected) => {
    expect(tags(rules, situation, flavor)).toEqual(expected);
  });

  test.each([
    ["onlatest=true", /onlatest stands without a prefix or suffix \| .*same line/],
    ["prefix=a,onlatest=maybe", /onlatest=maybe is neither/],
    ["latest=yes", /latest=yes has no meaning/],
    ["sufix=-a", /"sufix" is no entry of a flavor \| .*did you mean "suffix"/],
    ["alpine", /"alpine" is no entry/],
    ["suffix={{nonsense}}", /isn't a valid expression/],
  ])("%s is an error", (entry, problem) => {
    const [only, ...others] = parseFlavor(lines(`prefix=\n${entry}`, "flavor")).problems;
    expect(others).toEqual([]);
    expect(`${only?.message} | ${only?.hint}`).toMatch(/^the input "flavor", line 2: /);
    expect(`${only?.message} | ${only?.hint}`).toMatch(problem);
  });
});

describe("a tag is one that registries take", () => {
  test("a long branch is shortened, two long ones stay two", () => {
    const long = `feature-${"x".repeat(150)}`;
    const [a, b] = ["a", "b"].map((end) => derive("type=ref,event=branch", { ref: `refs/heads/${long}${end}` }));
    expect(a?.tags[0]?.tag).toHaveLength(128);
    expect(a?.tags[0]?.tag).not.toBe(b?.tags[0]?.tag);
    expect(a?.warnings[0]).toMatchObject({
      message: expect.stringContaining("is shortened to"),
      hint: expect.stringContaining("128"),
    });
  });

  test.each([".hidden", "-x", "#12-fix", "日本"])("%s gives none, with a warning", (branch) => {
    expect(derive("", { ref: `refs/heads/${branch}` })).toMatchObject({
      version: sha,
      warnings: [
        { message: expect.stringContaining("registries refuse a leading"), hint: expect.stringContaining("prefix") },
      ],
    });
  });

  test("for whatever branch, tag or value: valid, each once, the first is the version, the same again", () => {
    const rules =
      "type=ref,event=branch\ntype=ref,event=tag\nx{{branch}}{{tag}}\ntype=semver,pattern={{raw}}\ntype=sha\nlatest";
    const ref = fc.tuple(fc.constantFrom("heads", "tags"), anyText({ minLength: 1 }));
    fc.assert(
      fc.property(ref, fc.constantFrom(undefined, schedule, pullRequest(3)), ([kind, name], trigger) => {
        const situation = { ref: `refs/${kind}/${name}`, ...(trigger ? { trigger } : {}) };
        const derived = derive(rules, situation);
        const names = derived.tags.map(({ tag }) => tag);
        expect(names.every(isTag)).toBe(true);
        expect(new Set(names).size).toBe(names.length);
        expect(derived.version).toBe(names[0]);
        expect(derive(rules, situation)).toEqual(derived);
      }),
    );
  });
});
