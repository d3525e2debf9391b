import { describe, expect, test } from "@jest/globals";
import { buildTree, images, type Options } from "./build-tree.ts";

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
