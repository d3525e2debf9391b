/** A pin moves within its own variant: numbers in a variant's name are no version, and marks may be one. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { PublishedVersion } from "../../../src/bump/moved.ts";
import { chooseVersion } from "../../../src/bump/versions/choose-version.ts";
import type { TagStyle } from "../../../src/bump/versions/tag-form.ts";
import { bareMarks } from "../../../src/bump/versions/tag-pieces.ts";
import { published } from "./published.ts";

const known: TagStyle = { variantMarks: new Set(), numberRoles: new Map() };
const of = (tags: readonly string[], style: TagStyle = known): PublishedVersion => ({ ...published({ tags }), style });
const taken = (tag: string, version: PublishedVersion): string => {
  const choice = chooseVersion({ tag, digest: undefined }, [version]);
  return choice.kind === "move" ? (choice.tag ?? "") : choice.kind;
};

describe("a pin keeps its variant", () => {
  test.each<[held: string, published: readonly string[], taken: string]>([
    ["1.3.0-jdk17", ["1.3.0-jdk21"], "not-newer"],
    ["1.2.0-jdk17", ["1.3.0-jdk21"], "not-newer"],
    ["1.2.0-jdk17", ["1.3.0-jdk17", "1.3.0-jdk21"], "1.3.0-jdk17"],
    ["1.3-jdk17", ["1.4-jdk21"], "not-newer"],
    ["v1.2.0-jdk17", ["v1.3.0-jdk17"], "v1.3.0-jdk17"],
    ["jdk17-1.2.0", ["jdk21-1.3.0"], "not-newer"],
    ["jdk17-1.2.0", ["jdk17-1.3.0", "jdk21-1.3.0"], "jdk17-1.3.0"],
    ["jdk17-1", ["jdk21-2"], "not-newer"],
    ["jdk17", ["jdk21"], "not-newer"],
    ["jdk-17", ["jdk-21"], "not-newer"],
    ["alpine3.20", ["alpine3.21"], "not-newer"],
    ["ubuntu-22.04", ["ubuntu-24.04"], "not-newer"],
    ["main-jdk17", ["main-jdk21"], "not-newer"],
    ["18.6-alpine3.24", ["18.7-alpine3.25"], "not-newer"],
    ["18.6-alpine3.24", ["18.7-alpine3.24", "18.7-alpine3.25"], "18.7-alpine3.24"],
    ["1.2.0-alpine3.20.1", ["1.3.0-alpine3.20.2"], "not-newer"],
    ["1.2.0-py3.11", ["1.3.0-py3.12"], "not-newer"],
    ["python3.11-1.2.0", ["python3.12-1.3.0"], "not-newer"],
    ["1.2.0-cuda12.1-cudnn8", ["1.3.0-cuda12.4-cudnn9"], "not-newer"],
    ["1.2.0-cuda12.1-cudnn8", ["1.3.0-cuda12.1-cudnn8"], "1.3.0-cuda12.1-cudnn8"],
    ["1.2.0-debian-11", ["1.3.0-debian-12"], "not-newer"],
    ["1.2.0-ubuntu-22.04", ["1.3.0-ubuntu-24.04"], "not-newer"],
    ["1.2.0-ubuntu22.04", ["1.3.0-ubuntu24.04"], "not-newer"],
    ["debian-12-1.2.0", ["debian-13-1.3.0"], "not-newer"],
    ["debian-12-1.2.0", ["debian-12-1.3.0"], "debian-12-1.3.0"],
    ["ubuntu-22.04-1.2", ["ubuntu-22.04-1.3"], "ubuntu-22.04-1.3"],
    ["ubuntu-22.04-1.2", ["ubuntu-24.04-1.3"], "not-newer"],
    ["1.2.0-node20-slim", ["1.3.0-node22-slim"], "not-newer"],
    ["1.2.0-slim-node20", ["1.3.0-slim-node20"], "1.3.0-slim-node20"],
    ["1.2.0-64bit", ["1.3.0-32bit"], "not-newer"],
    ["1.2.0_jdk17", ["1.3.0_jdk21"], "not-newer"],
    ["1.2.0.jdk17", ["1.3.0.jdk21"], "not-newer"],
    ["1.2.0-arm32v7", ["1.3.0-arm64v8"], "not-newer"],
    ["1.2.0-temurin-17", ["1.3.0-temurin-21"], "not-newer"],
    ["1.3-temurin-17.0.2", ["1.3-temurin-21.0.1"], "not-newer"],
    ["2026.06.10-jdk17", ["2026.06.12-jdk21"], "not-newer"],
    ["2026.06.10-jdk17", ["2026.06.12-jdk17"], "2026.06.12-jdk17"],
    ["v1.2.0-24f7512-jdk17", ["v1.3.0-0a1b2c3-jdk21"], "not-newer"],
    ["v1.2.0-jdk17-24f7512", ["v1.3.0-jdk21-0a1b2c3"], "not-newer"],
    ["v1.2.0-jdk17-24f7512", ["v1.3.0-jdk17-0a1b2c3"], "v1.3.0-jdk17-0a1b2c3"],
    ["v1.2.0-nix-24f7512", ["v1.3.0-0a1b2c3"], "not-newer"],
    ["24f7512-jdk17", ["0a1b2c3-jdk21"], "not-newer"],
    ["16-3.4", ["17-3.5"], "not-newer"],
  ])("%s, published %j: %s", (held, tags, expected) => {
    expect(taken(held, of(tags))).toBe(expected);
  });

  test.each<[held: string, published: readonly string[], taken: string]>([
    ["1.2.3-r4", ["1.2.3-r5"], "1.2.3-r5"],
    ["1.2.3-4", ["1.2.3-5"], "1.2.3-5"],
    ["1.2.3-build.5", ["1.2.3-build.12"], "1.2.3-build.12"],
    ["1.2.3-ls45", ["1.2.4-ls46"], "1.2.4-ls46"],
    ["1.2.3-debian-12-r5", ["1.2.4-debian-12-r0"], "1.2.4-debian-12-r0"],
    ["1.2.3-debian-12-r5", ["1.2.4-debian-13-r0"], "not-newer"],
    ["1.2.3.post1", ["1.2.3.post2"], "1.2.3.post2"],
    ["8u292-jdk", ["8u302-jdk"], "8u302-jdk"],
    ["bookworm-20260101", ["bookworm-20260201"], "bookworm-20260201"],
    ["1.2.3-bookworm-20260101", ["1.2.4-bookworm-20260201"], "1.2.4-bookworm-20260201"],
    ["build-41", ["build-42"], "build-42"],
    ["main-41", ["main-42"], "main-42"],
    ["app-1.2.3", ["app-1.3.0"], "app-1.3.0"],
    ["release-1.2", ["release-1.3"], "release-1.3"],
    ["nightly-3", ["nightly-4"], "nightly-4"],
  ])("what counts versions and builds moves: %s, published %j: %s", (held, tags, expected) => {
    expect(taken(held, of(tags))).toBe(expected);
  });

  test.each<[held: string, published: string, style: TagStyle, taken: string]>([
    ["1.3.0-17", "1.3.0-21", { literals: [["", "-21"]] }, "not-newer"],
    ["1.2.0-21", "1.3.0-21", { literals: [["", "-21"]] }, "1.3.0-21"],
    ["17-1.2.0", "21-1.3.0", { literals: [["21-", ""]] }, "not-newer"],
    ["21-1.2.0", "21-1.3.0", { literals: [["21-", ""]] }, "21-1.3.0"],
    ["web-1.2", "web-1.3", { literals: [["web-", ""]] }, "web-1.3"],
    ["api-1.2", "web-1.3", { literals: [["web-", ""]] }, "not-newer"],
    ["1.2.0", "1.3.0-21", { literals: [["", "-21"]] }, "not-newer"],
  ])("also one that only the flavor tells: %s, published %s as %j: %s", (held, tag, style, expected) => {
    expect(taken(held, of([tag], { ...known, ...style }))).toBe(expected);
  });

  const word = fc.constantFrom("jdk", "alpine", "py", "cuda", "node", "php", "foo");
  const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((parts) => parts.join("."));
  test("whatever it is", () => {
    fc.assert(
      fc.property(
        word,
        fc.nat(40),
        fc.nat(40),
        version,
        version,
        fc.boolean(),
        (name, held, now, from, to, isPrefix) => {
          const write = (number: number, text: string) =>
            isPrefix ? `${name}${number}-${text}` : `${text}-${name}${number}`;
          const choice = taken(write(held, from), of([write(now, to)]));
          expect(["not-newer", "current", write(held, to)]).toContain(choice);
          if (held !== now) expect(choice).toBe("not-newer");
          // Twice is the same as once.
          if (choice === write(held, to)) expect(taken(choice, of([write(now, to)]))).toBe("current");
        },
      ),
    );
  });
});

describe("a mark", () => {
  const dev: TagStyle = { ...known, variantMarks: new Set(["dev", "a", "nightly"]) };
  test.each<[held: string, published: readonly string[], style: TagStyle, taken: string]>([
    ["1.3.0-dev", ["1.3.0"], dev, "not-newer"],
    ["1.2.0-dev", ["1.3.0", "1.3.0-dev"], dev, "1.3.0-dev"],
    ["1.2.0-dev", ["1.3.0"], dev, "not-newer"],
    ["1.2.0-nightly", ["1.3.0", "1.3.0-nightly"], dev, "1.3.0-nightly"],
    ["1.2.0-alpine-dev", ["1.3.0-alpine", "1.3.0-alpine-dev"], dev, "1.3.0-alpine-dev"],
    ["1.2.0-dev-alpine", ["1.3.0-alpine"], dev, "not-newer"],
    ["1.2.0a", ["1.3.0", "1.3.0a"], dev, "1.3.0a"],
    ["1.2.0a", ["1.3.0"], dev, "not-newer"],
    ["1.2.0", ["1.3.0-dev"], dev, "not-newer"],
    ["1.2.0-dev-24f7512", ["1.3.0-0a1b2c3"], dev, "not-newer"],
    ["1.3.0-dev.1", ["1.3.0", "1.3.0-dev"], dev, "1.3.0"],
    ["1.3.0-dev", ["1.3.0"], known, "1.3.0"],
    ["1.3.0-SNAPSHOT", ["1.3.0"], known, "1.3.0"],
    ["1.3.0-rc.1-alpine", ["1.3.0", "1.3.0-alpine"], known, "1.3.0-alpine"],
    ["1.3.0-rc.1-alpine", ["1.3.0"], known, "not-newer"],
    ["1.3.0-rc.1-alpine", ["1.3.0-slim", "1.3.0"], known, "not-newer"],
    ["1.3.0-rc.1-alpine", ["1.3.0-rc.2-alpine", "1.3.0-rc.2"], known, "1.3.0-rc.2-alpine"],
    ["1.3.0-alpine-rc.1", ["1.3.0", "1.3.0-alpine"], known, "1.3.0-alpine"],
    ["alpine-1.3.0-rc.1", ["1.3.0", "alpine-1.3.0"], known, "alpine-1.3.0"],
    ["v1.3.0-rc1-jdk17", ["v1.3.0", "v1.3.0-jdk17"], known, "v1.3.0-jdk17"],
    ["1.3.0-rc.1-jdk17", ["1.3.0-jdk21"], known, "not-newer"],
    ["1.3.0rc1-alpine", ["1.3.0", "1.3.0-alpine"], known, "1.3.0-alpine"],
    ["1.3.0-beta-2-alpine", ["1.3.0-alpine"], known, "1.3.0-alpine"],
    ["1.3.0-dev.20260101-alpine", ["1.3.0", "1.3.0-alpine"], known, "1.3.0-alpine"],
    ["1.3.0-rc.1-24f7512", ["1.3.0", "1.3.0-0a1b2c3"], known, "1.3.0-0a1b2c3"],
    ["1.3.0-rc.1-24f7512", ["1.3.0"], known, "1.3.0"],
    ["1.3.0-rc.1-24f7512-alpine", ["1.3.0", "1.3.0-0a1b2c3-alpine"], known, "1.3.0-0a1b2c3-alpine"],
    ["dev-1.2.0", ["1.3.0", "dev-1.3.0"], known, "dev-1.3.0"],
    ["beta-1.3.0", ["rc-1.2.0"], known, "not-newer"],
    ["1.3.0-dev", ["1.3.0"], {}, "ambiguous"],
    ["1.3.0-dev-alpine", ["1.3.0-alpine"], {}, "ambiguous"],
    ["1.2.0-dev", ["1.3.0-dev"], {}, "1.3.0-dev"],
    ["1.3.0-rc.1", ["1.3.0"], {}, "1.3.0"],
  ])("%s, published %j as %j: %s", (held, tags, style, expected) => {
    expect(taken(held, of(tags, style))).toBe(expected);
  });

  test("of which nothing is known is told with what to do", () => {
    expect(chooseVersion({ tag: "1.3.0-dev", digest: undefined }, [of(["1.3.0"], {})])).toMatchObject({
      why: "the registry's list of tags, which isn't known, decides whether `dev` in `1.3.0-dev` is a prerelease or a variant",
      remedy: "write the tag that is meant",
    });
  });

  test("is in doubt where the list of one of two images in a repository is not known", () => {
    const two = [of(["latest"]), { ...of(["1.3.0"], {}), name: "other" }];
    const choices = [two, two.toReversed()].map((each) => chooseVersion({ tag: "1.3.0-dev", digest: undefined }, each));
    expect(choices).toMatchObject([{ kind: "ambiguous" }, { kind: "ambiguous" }]);
  });

  test.each<[string, readonly string[]]>([
    ["1.2.3-dev", ["dev: 1.2.3"]],
    ["1.2.3-dev-alpine", ["dev: 1.2.3-alpine"]],
    ["1.2.3-alpine-Dev", ["dev: 1.2.3-alpine"]],
    ["1.2.3a", ["a: 1.2.3"]],
    ["latest-dev", ["dev: latest"]],
    ["1.2.3-dev.1", []],
    ["1.2.3-rc1", []],
    ["1.2.3-dev-24f7512", ["dev: 1.2.3-24f7512"]],
    ["1.2.3-dev-1234567", ["dev: 1.2.3-1234567"]],
    ["dev", []],
    ["dev-1.2.3", []],
    ["1.2.3-alpine", []],
  ])("without a number in %s: %j", (tag, expected) => {
    expect(bareMarks(tag).map(({ mark, without }) => `${mark}: ${without}`)).toEqual(expected);
  });
});
