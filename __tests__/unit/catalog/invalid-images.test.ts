/** One image's problem stays its own: which images it leaves in the catalog, and which wait. */
import { expect, test } from "@jest/globals";
import { images, type Options, readTree } from "./build-tree.ts";
import type { Tree } from "./memory-files.ts";

interface Case {
  readonly when: string;
  readonly tree: Tree;
  readonly options?: Options;
  /** Images that are planned. */
  readonly kept: readonly string[];
  /** Each image that is not, with what it waits for, or with its first problem. */
  readonly apart: Readonly<Record<string, unknown>>;
}

const family = { base: "FROM a:1", web: "FROM ghcr.io/o/r/base", api: "FROM ghcr.io/o/r/web", docs: "FROM b:1" };

test.each<Case>([
  { when: "nothing is wrong", tree: images(family), kept: ["base", "docs", "web", "api"], apart: {} },
  {
    when: "a leaf has an ARG without a value",
    tree: images({ ...family, docs: "ARG V\nFROM b:$V" }),
    kept: ["base", "web", "api"],
    apart: { docs: expect.stringContaining("V") },
  },
  {
    when: "a base can't be read",
    tree: images({ ...family, base: "FORM a:1" }),
    kept: ["docs"],
    apart: { base: "images/base/Dockerfile has no FROM, so it builds no image", web: "base", api: "web" },
  },
  {
    when: "two images depend on each other",
    tree: images({ ...family, web: "FROM ghcr.io/o/r/api" }),
    kept: ["base", "docs"],
    apart: {
      web: expect.stringContaining("circle"),
      api: expect.stringContaining("circle"),
    },
  },
])("when $when, the others are planned", async ({ tree, options, kept, apart }) => {
  const read = await readTree(tree, options);
  expect(read.images.map(({ name }) => name)).toEqual(kept);
  const found = read.troubled.map(({ image, waitsFor, problems }) => [image.name, waitsFor ?? problems[0]?.message]);
  expect(Object.fromEntries(found)).toEqual(apart);
});
