import { describe, expect, test } from "@jest/globals";
import type { Pin } from "../../../../src/bump/pins/find-pins.ts";
import { type ReleasedImage, stalePins } from "../../../../src/bump/pins/stale-pins.ts";
import type { TagStyle } from "../../../../src/bump/versions/tag-form.ts";
import { repository } from "../../../../src/model/reference.ts";

const app: ReleasedImage = {
  name: "app",
  repositories: [repository("ghcr.io/o/app"), repository("quay.io/o/app")],
  version: "1.2.3",
  tags: ["1.2.3", "1.2", "1", "v1.2.3", "latest"],
};
const at = { file: "values.yaml", line: 7 };
const pin = (tag: string | undefined, of: string | undefined = "ghcr.io/o/app"): Pin => ({
  repository: of === undefined ? undefined : repository(of),
  tag,
  text: `${of}:${tag}`,
  at,
});
const chart = (version: string): Pin => ({ repository: undefined, tag: version, text: `appVersion: ${version}`, at });

test.each<[string, Pin, boolean]>([
  ["the release's version", pin("1.2.3"), true],
  ["its git tag", pin("v1.2.3"), true],
  ["a tag that the release moves", pin("1.2"), true],
  ["the version before", pin("1.2.2"), false],
  ["a branch", pin("main"), false],
  ["a digest alone", pin(undefined), false],
  ["in another of its registries", pin("1.2.2", "quay.io/o/app"), false],
  ["an image that isn't released", pin("0.1", "ghcr.io/o/other"), true],
  ["a chart of this version", chart("1.2.3"), true],
  ["a chart of this version with a v", chart("v1.2.3"), true],
  ["a chart of the version before", chart("1.2.2"), false],
])("%s: right is %s", (_, given, isRight) => {
  expect(stalePins([given], [app])).toHaveLength(isRight ? 0 : 1);
});

test("a chart may leave a version's commit out, as a bump of it does", () => {
  const released = { ...app, version: "v3.10.0-e973f3c", tags: ["v3.10.0-e973f3c"] };
  expect(stalePins([chart("3.10.0"), chart("v3.10.0-e973f3c")], [released])).toEqual([]);
  expect(stalePins([chart("3.9.1"), chart("v3.9.1-e973f3c")], [released])).toHaveLength(2);
});

test("the problem names file and line, what stands there and what should", () => {
  expect(stalePins([pin("1.2.2")], [app])).toEqual([
    expect.objectContaining({
      message: '"ghcr.io/o/app:1.2.2" doesn\'t name 1.2.3, the version of this release',
      at: { file: "values.yaml", line: 7 },
    }),
  ]);
});

describe("a job of one variant", () => {
  const released = (tags: readonly string[], style: TagStyle): ReleasedImage => ({
    ...app,
    version: tags[0] ?? "",
    tags,
    style,
  });
  const jdk21 = released(["1.3.0-jdk21", "1.3-jdk21"], { literals: [["", "-jdk21"]] });
  const alpine = released(["v1.3.0-alpine3.20"], { literals: [["", "-alpine3.20"]] });
  const front = released(["jdk21-1.3.0"], { literals: [["jdk21-", ""]] });
  const dev = released(["1.3.0-dev"], { literals: [["", "-dev"]] });
  const plain = released(["1.3.0", "1.3", "latest"], {});
  const numbers = released(["1.3.0-21"], { literals: [["", "-21"]] });
  const both = released(["1.3.0", "1.3.0-alpine"], {});

  test.each<{ readonly of: ReleasedImage; readonly tag: string; readonly isRight: boolean }>([
    { of: jdk21, tag: "1.3.0-jdk21", isRight: true },
    { of: jdk21, tag: "1.2.0-jdk21", isRight: false },
    { of: jdk21, tag: "1.2-jdk21", isRight: false },
    { of: jdk21, tag: "1.3.0-rc.1-jdk21", isRight: false },
    { of: jdk21, tag: "1.3.0-jdk17", isRight: true },
    { of: jdk21, tag: "1.2.0-jdk17", isRight: true },
    { of: jdk21, tag: "1.2.0", isRight: true },
    { of: jdk21, tag: "main", isRight: false },
    { of: alpine, tag: "v1.2.0-alpine3.19", isRight: true },
    { of: alpine, tag: "v1.2.0-alpine3.20", isRight: false },
    { of: front, tag: "jdk17-1.2.0", isRight: true },
    { of: front, tag: "jdk21-1.2.0", isRight: false },
    { of: dev, tag: "1.2.0", isRight: true },
    { of: dev, tag: "1.2.0-dev", isRight: false },
    { of: plain, tag: "1.2.0-jdk17", isRight: true },
    { of: plain, tag: "1.2.0", isRight: false },
    { of: plain, tag: "1.3.0-rc.1", isRight: false },
    { of: plain, tag: "1.2.0-24f7512", isRight: false },
    { of: both, tag: "1.2.0-alpine", isRight: false },
    { of: plain, tag: "1.3.0-dev", isRight: true },
    { of: plain, tag: "1.2.0-SNAPSHOT", isRight: false },
    { of: plain, tag: "1.2.0-17", isRight: true },
    { of: plain, tag: "1.2.0-r5", isRight: false },
    { of: numbers, tag: "1.2.0-17", isRight: true },
    { of: numbers, tag: "1.2.0-21", isRight: false },
    { of: both, tag: "1.2.0-slim", isRight: true },
  ])("of $of.version: $tag is right: $isRight", ({ of, tag, isRight }) => {
    expect(stalePins([pin(tag)], [of])).toHaveLength(isRight ? 0 : 1);
  });

  test("its digest doesn't make another variant of a tag", () => {
    expect(stalePins([pin(undefined)], [jdk21])).toHaveLength(1);
  });
});
