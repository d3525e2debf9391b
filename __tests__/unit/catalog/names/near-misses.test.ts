import { describe, expect, test } from "@jest/globals";
import { buildTree, images, type Options } from "../build-tree.ts";

const remarks = async (web: string, options: Options = {}) => {
  const others = images({ base: "FROM scratch", "tools-go": "FROM scratch", node20: "FROM scratch" });
  const { remarks: all } = await buildTree({ ...others, ...images({ web }) }, options);
  return all.map(({ message }) => message);
};

const two = (line: string) => `FROM x AS build\nRUN y\nFROM x AS builder-go\n${line}`;

describe("a name that is nearly a stage's is told, with its place", () => {
  test.each([
    ["swapped letters", "FROM z\nCOPY --from=biuld a b", 5, "build"],
    ["a missing letter", "FROM z\nCOPY --from=buid a b", 5, "build"],
    ["a letter too many", "FROM z\nCOPY --from=buildd a b", 5, "build"],
    ["several letters of a long name", "FROM z\nCOPY --from=bulider_go a b", 5, "builder-go"],
    ["a mount", "FROM z\nRUN --mount=from=biuld,target=/x y", 5, "build"],
    ["a FROM", "FROM biuld", 4, "build"],
  ])("%s", async (_, line, at, stage) => {
    expect(await remarks(two(line))).toEqual([
      expect.stringMatching(new RegExp(`^images/web/Dockerfile:${at}: .*did you mean the stage "${stage}"\\?`)),
    ]);
  });

  test("once, where images share the Dockerfile", async () => {
    const config = "images: {web2: {file: images/web/Dockerfile}}";
    expect(await remarks(two("FROM z\nCOPY --from=biuld a b"), { config })).toHaveLength(1);
  });
});

describe("a name that is nearly that of an image here", () => {
  test.each([
    ["a short one", "FROM z\nCOPY --from=bsae a b", 'this repository\'s image "base"'],
    ["a short one, mounted", "FROM z\nRUN --mount=from=tools-g,target=/x y", 'this repository\'s image "tools-go"'],
    ["in full", "FROM z\nCOPY --from=ghcr.io/o/r/bsae a b", "ghcr.io/o/r/base"],
    ["in full, of a FROM", "FROM ghcr.io/o/r/tool-go:latest", "ghcr.io/o/r/tools-go"],
  ])("%s", async (_, text, like) => {
    expect(await remarks(text)).toEqual([expect.stringContaining(`did you mean ${like}`)]);
  });
});

describe("a name that is an image's here, bare", () => {
  test.each([
    ["copied from", "FROM z\nCOPY --from=base a b", "base"],
    ["mounted", "FROM z\nRUN --mount=from=base,target=/x y", "base"],
    ["of two letters", "FROM z\nCOPY --from=go a b", "go"],
    ["with digits", "FROM z\nCOPY --from=node20 a b", "node20"],
    ["where a stage is nearly called so", "FROM z AS bases\nFROM z\nCOPY --from=base a b", 'the stage "bases"'],
    ["in a directory with capital letters", "FROM z\nCOPY --from=big a b", "Big"],
  ])("%s", async (_, text, meant) => {
    const { remarks: all } = await buildTree(images({ ...others, web: text }));
    const like = meant.startsWith("the ") ? meant : `this repository's image "${meant}"`;
    expect(all.map(({ message }) => message)).toEqual([expect.stringContaining(`did you mean ${like}?`)]);
    if (like === meant) return;
    const place = `ghcr.io/o/r/${meant.toLowerCase()}`;
    expect(all[0]?.hint).toContain(`write ${place}, or the other image with its tag`);
    const { images: again } = await buildTree(images({ ...others, web: text.replace(/from=\w+/, `from=${place}`) }));
    expect(again.find(({ name }) => name === "web")?.parents.map(({ parent }) => parent)).toEqual([meant]);
  });

  test.each([
    ["of a FROM, as it is the world's", { web: "FROM base" }],
    ["with a tag", { web: "FROM z\nCOPY --from=base:latest a b" }],
    ["with a digest", { web: `FROM z\nCOPY --from=base@sha256:${"a".repeat(64)} a b` }],
    ["of the image itself, which can't take from itself", { base: "FROM z\nCOPY --from=base a b" }],
    ["of what a stage is based on", { web: "FROM base:2 AS x\nCOPY --from=base a b" }],
    ["of a stage", { web: "FROM z AS base\nFROM z\nCOPY --from=base a b" }],
    ["in a stage that the target doesn't need", { web: "FROM z AS unused\nCOPY --from=base a b\nFROM z" }],
  ])("but not %s", async (_, dockerfiles) => {
    expect((await buildTree(images({ ...others, ...dockerfiles }))).remarks).toEqual([]);
  });

  test("but not of a named context", async () => {
    const tree = images({ ...others, web: "FROM z\nCOPY --from=base a b" });
    const config = "images: {web: {build-contexts: {base: target:base}}}";
    expect((await buildTree(tree, { config })).remarks).toEqual([]);
  });

  test("once, where images are in the place that the bare name means", async () => {
    const tree = images({ ...others, web: "FROM z\nCOPY --from=base a b" });
    expect((await buildTree(tree, { place: "docker.io/acme" })).remarks).toHaveLength(1);
  });

  const others = { base: "FROM scratch", go: "FROM scratch", node20: "FROM scratch", Big: "FROM scratch" };
});

describe("a stage further below", () => {
  test("is nothing that a FROM can mean, nor nearly", async () => {
    expect(await remarks("FROM biuld AS a\nFROM x AS build\nFROM a")).toEqual([]);
    expect(await remarks("FROM build AS a\nFROM x AS build\nFROM a")).toEqual([]);
    expect(await remarks("FROM x AS build\nFROM biuld AS a\nFROM a")).toHaveLength(1);
  });

  test.each([
    ["COPY", "COPY --from=build a b"],
    ["a mount", "RUN --mount=from=build,target=/x y"],
  ])("is an error for %s, which names both lines", async (_, line) => {
    const tree = images({ web: `FROM x AS main\n${line}\nFROM y AS build` });
    const config = "images: {web: {target: main}}";
    await expect(buildTree(tree, { config })).rejects.toMatchObject({
      message: expect.stringMatching(/=build takes from a stage that isn't built before it/),
      hint: "move that stage (line 3) above the one that uses it (line 1)",
      at: { file: "images/web/Dockerfile", line: 2 },
    });
  });
});

test.each([
  ["a stage", "FROM z\nCOPY --from=build a b"],
  ["an image of another name", "FROM nginx\nCOPY --from=composer a b"],
  ["an image with its tag", "FROM z\nCOPY --from=biuld:1 a b"],
  ["one of the world, whatever images here are called", "FROM bas"],
  ["a name that differs in digits", "FROM node\nCOPY --from=node18 a b"],
  ["what a stage is based on", "FROM builds:3 AS c\nFROM z\nCOPY --from=builds a b"],
  ["a number", "FROM z\nCOPY --from=0 a b"],
  ["an image of ours", "FROM ghcr.io/o/r/base"],
  ["an image of another registry", "FROM quay.io/o/r/bsae"],
  ["a pin by digest", `FROM ghcr.io/o/r/bsae@sha256:${"a".repeat(64)}`],
  ["a stage that the target doesn't need", "FROM z AS unused\nCOPY --from=biuld a b\nFROM z"],
])("no remark for %s", async (_, line) => {
  expect(await remarks(two(line))).toEqual([]);
});

test("no remark for a named context", async () => {
  const config = "images: {web: {build-contexts: {biuld: docker-image://x}}}";
  expect(await remarks(two("FROM z\nCOPY --from=biuld a b"), { config })).toEqual([]);
});
