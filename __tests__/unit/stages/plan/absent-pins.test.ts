/** Pins on own images that the registry doesn't have: what waits for a release, and what is a mistake. */
import { describe, expect, test } from "@jest/globals";
import { absentTag } from "../../../../src/bump/versions/awaited-tag.ts";
import { describeReason } from "../../../../src/changes/describe-reason.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import { isTag } from "../../../../src/model/reference.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import { absentPins } from "../../../../src/stages/plan/registry-state/absent-pins.ts";
import { buildTree, images, type Options } from "../../catalog/build-tree.ts";

interface Case {
  readonly child: string;
  /** What the repository of the base has; `undefined`: there is none. */
  readonly tags: readonly string[] | undefined;
  readonly options?: Options;
  readonly failing?: boolean;
}

async function ask({ child, tags, options, failing = false }: Case) {
  const catalog = await buildTree(
    images({ base: "FROM debian:13", child, grandchild: "FROM ghcr.io/o/r/child", other: "FROM debian:13" }),
    options,
  );
  const asked: string[] = [];
  const found = await absentPins({
    catalog,
    building: new Map(catalog.images.map(({ name }) => [name, []])),
    registry: {
      async head(repository, tag) {
        asked.push(`${repository}:${tag}`);
        if (failing) throw new RegistryError("unavailable", "it is down", { hint: "run again" });
        return tags?.some((each) => each === tag) ? digestOf(new Uint8Array()) : undefined;
      },
      tags: async () => tags?.filter(isTag),
    },
    literalsOf: ({ name }) => (name === "slim" ? [["", "-slim"]] : []),
  });
  return {
    asked,
    waiting: Object.fromEntries([...found.waiting].map(([name, reasons]) => [name, reasons.map(describeReason)[0]])),
    problems: Object.fromEntries([...found.problems].map(([name, { message }]) => [name, message])),
    remarks: found.remarks,
  };
}

describe("a version of an own image", () => {
  const waits = "waits for the release of base 1.3.0";

  test.each<{ name: string; pin?: string; tags: readonly string[] | undefined; waiting: object; problems: object }>([
    { name: "that is published", tags: ["1.3.0"], waiting: {}, problems: {} },
    {
      name: "above all published ones is waited for, with all that is built on it",
      tags: ["1.2.0", "1.2", "latest", "main", "src-0123456789abcdef"],
      waiting: { child: waits, grandchild: waits },
      problems: {},
    },
    {
      name: "of an image that was never published is waited for",
      tags: undefined,
      waiting: { child: waits, grandchild: waits },
      problems: {},
    },
    {
      name: "below a published one is a mistake",
      tags: ["1.2.0", "1.4.0"],
      waiting: {},
      problems: { child: "FROM names ghcr.io/o/r/base:1.3.0, which the registry doesn't have" },
    },
    {
      name: "that is a prerelease above all is waited for",
      pin: "1.3.0-rc.1",
      tags: ["1.2.0"],
      waiting: { child: `${waits}-rc.1`, grandchild: `${waits}-rc.1` },
      problems: {},
    },
    {
      name: "that is a prerelease of what is published is a mistake",
      pin: "1.3.0-rc.1",
      tags: ["1.3.0"],
      waiting: {},
      problems: { child: expect.stringContaining("1.3.0-rc.1") },
    },
    {
      name: "that is no version is a mistake",
      pin: "stabel",
      tags: ["1.2.0", "stable"],
      waiting: {},
      problems: { child: expect.stringContaining("stabel") },
    },
  ])("$name", async ({ pin = "1.3.0", tags, waiting, problems }) => {
    expect(await ask({ child: `FROM ghcr.io/o/r/base:${pin}`, tags })).toMatchObject({ waiting, problems });
  });

  test("is not asked for where a digest is beside it, and where it is another's", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    expect(await ask({ child: `FROM ghcr.io/o/r/base:1.3.0@${digest}\nCOPY --from=debian:99 / /`, tags: [] })).toEqual({
      ...{ asked: [], waiting: {}, problems: {}, remarks: [] },
    });
  });

  test("is asked for once, and left to the build where the registry doesn't answer", async () => {
    const child = "FROM ghcr.io/o/r/base:1.3.0 AS one\nFROM ghcr.io/o/r/base:1.3.0\nCOPY --from=one / /";
    expect(await ask({ child, tags: [], failing: true })).toEqual({
      asked: ["ghcr.io/o/r/base:1.3.0"],
      ...{ waiting: {}, problems: {}, remarks: [] },
    });
  });

  test("is remarked with its place and what to do", async () => {
    const { remarks } = await ask({ child: "FROM ghcr.io/o/r/base:1.3.0", tags: ["1.2.0"] });
    expect(remarks).toEqual([
      {
        message: "images/child/Dockerfile:1: child is not built, because it waits for the release of base 1.3.0",
        hint: "release base 1.3.0; the next run then builds child",
      },
    ]);
  });
});

describe("in a repository of several images", () => {
  test.each<[string, string, readonly string[], "higher" | "not-higher"]>([
    ["the same variant's versions count", "1.3.0-slim", ["1.2.0-slim", "1.4.0"], "higher"],
    ["another variant's don't", "1.3.0-slim", ["1.4.0-slim", "1.2.0"], "not-higher"],
    ["the first of a variant", "1.3.0-slim", ["1.4.0"], "higher"],
  ])("%s: %s of %j is %s", async (_, tag, tags, expected) => {
    expect(await absentTag(tag, tags, [["", "-slim"]], true)).toBe(expected);
  });
});
