import { describe, expect, test } from "@jest/globals";
import { type Tag, tag } from "../../../src/model/reference.ts";
import { highestOfLine, isHigher, releaseOf } from "../../../src/plan/version-line.ts";

describe("the release that a git tag makes", () => {
  test.each<[string, readonly string[], object | undefined]>([
    ["v1.2.3", ["1.2.3", "v1.2.3"], { version: "1.2.3", tag: "1.2.3", before: "", after: "" }],
    ["v1.2.3", ["v1.2.3-alpine"], { version: "1.2.3", tag: "v1.2.3-alpine", before: "v", after: "-alpine" }],
    ["1.2.3+b7", ["1.2.3-b7"], { version: "1.2.3-b7", before: "", after: "" }],
    ["v1.2.3-rc.1", ["1.2.3-rc.1"], { version: "1.2.3-rc.1" }],
    ["v2024.01.05", ["2024.01.05"], { version: "2024.01.05" }],
    ["v4", ["v4"], { version: "4", before: "v" }],
    ["k8s-v1.2.3", ["k8s-v1.2.3"], { version: "1.2.3" }],
    ["nightly", ["nightly"], undefined],
    ["v1.2.3", ["stable"], undefined],
  ])("%s with %j", (gitTag, exact, expected) => {
    const found = releaseOf(
      gitTag,
      exact.map((each) => ({ tag: tag(each), moves: false })),
    );
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  test("is no moving tag's", () => {
    expect(releaseOf("v1.2.3", [{ tag: tag("1.2.3"), moves: true }])).toBeUndefined();
  });
});

describe("the highest of a line", () => {
  const alpine = releaseOf("v1.2.3", [{ tag: tag("v1.2.3-alpine"), moves: false }]);
  test.each<[string, string, readonly string[], string | undefined]>([
    ["variants are lines of their own", "v1.2-alpine", ["v1.2.9", "v1.2.4-alpine"], "1.2.4"],
    ["latest is of all versions", "latest-alpine", ["v3.0.0-alpine", "v1.2.4-alpine"], "3.0.0"],
    ["prereleases are of none", "latest", ["v3.0.0-rc.1-alpine", "v1.2.4-alpine"], "1.2.4"],
    ["what else stands before the version is another name", "latest", ["xv9.0.0-alpine", "v1.2.4-alpine"], "1.2.4"],
    ["a `v` less is the same release", "latest", ["3.0.0-alpine", "v1.2.4-alpine"], "3.0.0"],
    ["nothing is published", "latest", [], undefined],
  ])("%s", (_, moving, published, version) => {
    if (alpine === undefined) throw new Error("no release");
    expect(highestOfLine(tag(moving), alpine, published as readonly Tag[])?.version).toBe(version);
  });

  test("is by number where dates are versions", () => {
    const release = releaseOf("2024.01.05", [{ tag: tag("2024.01.05"), moves: false }]);
    if (release === undefined) throw new Error("no release");
    const published = ["2024.01.05", "2023.12.31", "2024.02.01"] as readonly string[] as readonly Tag[];
    expect(highestOfLine(tag("latest"), release, published)?.version).toBe("2024.02.01");
    expect(highestOfLine(tag("2024.01"), release, published)?.version).toBe("2024.01.05");
  });
});

test.each([
  ["1.2.10", "1.2.9", true],
  ["1.2.3", "1.2.3-rc.1", true],
  ["1.2.3", "1.2.3", false],
  ["2024.10.1", "2024.9.30", true],
])("%s comes after %s: %s", (one, other, expected) => {
  expect(isHigher(one, other)).toBe(expected);
});
