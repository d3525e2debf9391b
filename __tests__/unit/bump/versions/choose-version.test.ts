import { describe, expect, test } from "@jest/globals";
import { chooseVersion } from "../../../../src/bump/versions/choose-version.ts";
import { published } from "../published.ts";

const a = `sha256:${"a".repeat(64)}`;
const b = `sha256:${"b".repeat(64)}`;
const sha = "0123456789abcdef0123456789abcdef01234567";
const release = published({ tags: ["1.3.0", "1.3", "1", "v1.3.0", sha, "sha-0123456", "latest"], digest: a });
const prerelease = published({ tags: ["1.3.0-rc.2", "v1.3.0-rc.2", sha], digest: a, isRelease: false });
const only = (...tags: string[]) => published({ tags, digest: a });

describe("a tag", () => {
  test.each<[string, string, ReturnType<typeof published>, string]>([
    ["a full version follows", "1.2.3", release, "1.3.0"],
    ["with its v", "v1.2.3", release, "v1.3.0"],
    ["v0.10 comes after v0.9", "v0.9.1", only("v0.10.0"), "v0.10.0"],
    ["v0.9 comes before v0.10", "v0.10.0", only("v0.9.1"), "not-newer"],
    ["never backwards", "1.4.0", release, "not-newer"],
    ["a minor version that the image left behind", "1.2", release, "1.3"],
    ["a minor version that the image has stays", "1.3", release, "current"],
    ["a major version that the image has stays", "1", release, "current"],
    ["latest stays", "latest", release, "current"],
    ["a branch stays", "main", release, "current"],
    ["a placeholder is no version", "kustomized", release, "current"],
    ["what it should be already", "1.3.0", release, "current"],
    ["a whole commit", "f".repeat(40), release, sha],
    ["a short commit with its prefix", "sha-fffffff", release, "sha-0123456"],
    ["a short commit of digits alone", "sha-7654321", release, "sha-0123456"],
    ["no tag of that form", "1.2.3-alpine", release, "not-newer"],
    ["no minor version though there is a full one", "1.2", only("1.3.0"), "not-newer"],
    ["a variant keeps its name", "1.2.3-alpine", only("1.3.0", "1.3.0-alpine"), "1.3.0-alpine"],
    ["and the version in its name", "18.6-alpine3.24", only("18.7-alpine3.24", "18.7-alpine3.25"), "18.7-alpine3.24"],
    ["so it never becomes another's", "18.6-alpine3.24", only("18.7-alpine3.25"), "not-newer"],
    ["a calendar version", "2026.06.10-e973f3c", only("2026.06.12-0a1b2c3"), "2026.06.12-0a1b2c3"],
    ["of the same day", "2026.06.10-e973f3c", only("2026.06.10-0a1b2c3"), "2026.06.10-0a1b2c3"],
    ["of the day before", "2026.06.10-e973f3c", only("2026.06.09-0a1b2c3"), "not-newer"],
    ["its commit in digits alone", "2026.06.10-9999999", only("2026.06.10-0a1b2c3"), "2026.06.10-0a1b2c3"],
    ["a calendar version isn't taken for a number", "1.2.3", only("2026.06.12"), "not-newer"],
    ["nor the other way", "2026.06.12", only("2027.1.2", "9.9.9"), "2027.1.2"],
    ["a month", "2026.06", only("2026.07", "2026.07.01-0a1b2c3"), "2026.07"],
    ["an application's version and a commit", "v3.9.1-24f7512", only("v3.10.0-e973f3c"), "v3.10.0-e973f3c"],
    ["never back to an older one", "v3.10.0-24f7512", only("v3.9.1-e973f3c"), "not-newer"],
    ["the Nix variant", "v3.9.1-24f7512-nix", only("v3.10.0-e973f3c-nix"), "v3.10.0-e973f3c-nix"],
    ["not from Nix to the Dockerfile's", "v3.9.1-24f7512-nix", only("v3.10.0-e973f3c"), "not-newer"],
    ["nor from the Dockerfile's to Nix", "v3.9.1-24f7512", only("v3.10.0-e973f3c-nix"), "not-newer"],
    ["a version with a dash", "v4.0.6-r4-ffa8727", only("v4.0.6-r5-0a1b2c3"), "v4.0.6-r5-0a1b2c3"],
    ["that has none now", "v4.0.6-r4-ffa8727", only("v4.1.0-0a1b2c3"), "v4.1.0-0a1b2c3"],
    ["that has fewer numbers", "v26.2.1-ffa8727", only("v26.3-0a1b2c3"), "v26.3-0a1b2c3"],
    ["a date is no commit", "v20260101-ffa8727", only("v20260102-0a1b2c3"), "v20260102-0a1b2c3"],
    ["and is compared as one", "v20260102-ffa8727", only("v20260101-0a1b2c3"), "not-newer"],
    ["a commit is no date", "v20260101", only("vabcdef01", "abcdef01"), "not-newer"],
    [
      "more digits than a number holds",
      "1.99999999999999999998",
      only("1.99999999999999999999"),
      "1.99999999999999999999",
    ],
    ["a content tag", "0123456789ab", only("ba9876543210", "latest"), "ba9876543210"],
    ["not to a prerelease", "1.2.3", prerelease, "not-newer"],
    ["not to one that goes by a release's form", "1.2.3", { ...only("1.3.0"), isRelease: false }, "not-newer"],
    ["not to one of a looser form", "v4.0.6-r4-ffa8727", only("v4.1-rc1-0a1b2c3"), "not-newer"],
    ["from a prerelease to the next", "1.3.0-rc.1", prerelease, "1.3.0-rc.2"],
    ["from one kind to the next", "1.3.0-beta.7", prerelease, "1.3.0-rc.2"],
    ["not from one to an older", "1.3.0-rc.3", prerelease, "not-newer"],
    ["from a prerelease to its release", "1.3.0-rc.1", release, "1.3.0"],
    ["with its v", "v1.3.0-rc.1", release, "v1.3.0"],
    ["not to an older release", "1.4.0-rc.1", release, "not-newer"],
    ["two of the form", "1.2.3", only("1.3.0", "2.0.0"), "ambiguous"],
  ])("%s: %s", (_, tag, version, expected) => {
    const choice = chooseVersion({ tag, digest: undefined }, [version]);
    expect(choice.kind === "move" ? choice.tag : choice.kind).toBe(expected);
  });
});

describe("a digest", () => {
  const main = published({ tags: ["main", sha], digest: a });
  test.each<[string, { tag?: string; digest?: string }, unknown]>([
    ["follows its tag", { tag: "1.2.3", digest: b }, { tag: "1.3.0", digest: a }],
    ["follows a tag that stays", { tag: "latest", digest: b }, { tag: undefined, digest: a }],
    ["is left where the tag is", { tag: "1.4.0", digest: b }, "not-newer"],
    ["is what it should be", { tag: "1.3.0", digest: a }, "current"],
    ["alone follows latest", { digest: b }, { tag: undefined, digest: a }],
    ["alone is what it should be", { digest: a }, "current"],
  ])("%s", (_, { tag, digest }, expected) => {
    const choice = chooseVersion({ tag, digest }, [release]);
    expect(choice.kind === "move" ? { tag: choice.tag, digest: choice.digest } : choice.kind).toEqual(expected);
  });

  test("alone stays where latest is something else", () => {
    expect(chooseVersion({ tag: undefined, digest: b }, [main])).toMatchObject({ kind: "not-newer" });
  });

  test("alone may be any of the variants that are latest", () => {
    const nix = published({ name: "app-nix", tags: ["latest"], digest: `sha256:${"c".repeat(64)}` });
    expect(chooseVersion({ tag: undefined, digest: b }, [release, nix])).toEqual({
      kind: "ambiguous",
      image: "app, app-nix",
      why: "a digest alone follows `latest`, which names several images",
      remedy: "write the tag of the one that is meant before the digest",
    });
    expect(chooseVersion({ tag: undefined, digest: a }, [release, nix])).toMatchObject({ kind: "current" });
  });
});

test("of two variants in one repository, the tag says which is meant", () => {
  const dockerfile = published({ name: "ntfy", tags: ["v2.12.0-0a1b2c3"], digest: a });
  const nix = published({ name: "ntfy-nix", tags: ["v2.12.0-0a1b2c3-nix"], digest: b });
  const choose = (tag: string) => chooseVersion({ tag, digest: undefined }, [dockerfile, nix]);
  expect(choose("v2.11.0-24f7512-nix")).toMatchObject({ image: "ntfy-nix", tag: "v2.12.0-0a1b2c3-nix" });
  expect(choose("v2.11.0-24f7512")).toMatchObject({ image: "ntfy", tag: "v2.12.0-0a1b2c3" });
});

test("tags of one image that differ in their commits alone are one and the same", () => {
  const twice = published({ tags: ["v1-aaaaaaa", "v1-bbbbbbb"] });
  expect(chooseVersion({ tag: "v1-ccccccc", digest: undefined }, [twice])).toMatchObject({ tag: "v1-aaaaaaa" });
  const other = published({ name: "other", tags: ["v1-bbbbbbb"] });
  const either = [published({ tags: ["v1-aaaaaaa"] }), other];
  expect(chooseVersion({ tag: "v1-ccccccc", digest: undefined }, either)).toMatchObject({ kind: "ambiguous" });
});

test("says why a pin stays, as a clause", () => {
  const why = (tag: string, version = release) => {
    const choice = chooseVersion({ tag, digest: undefined }, [version]);
    return choice.kind === "move" ? undefined : choice.why;
  };
  expect([
    why("kustomized"),
    why("1.4.0"),
    why("1.3"),
    why("nightly-3"),
    why("1.2.3", { ...release, isRelease: false }),
  ]).toEqual([
    "`kustomized` isn't a version",
    "`1.3.0` is not newer",
    "it names what is published",
    "what is published has no tag of the form of `nightly-3`",
    "`1.3.0` is a prerelease",
  ]);
});
