// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { describe, expect, test } from "@jest/globals";
import { readDockerfile } from "../../../../src/catalog/dockerfile/dockerfile.ts";
import type { BuildChoices } from "../../../../src/catalog/dockerfile/global-arguments.ts";
import { neededStages } from "../../../../src/catalog/dockerfile/stages.ts";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";

interface Choices {
  readonly target?: string;
  readonly platforms?: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
}

function needs(text: string, { target, platforms = [], buildArgs = {} }: Choices = {}) {
  const choices: BuildChoices = { target, platforms: platforms.map(platform), buildArgs };
  return neededStages(readDockerfile(new TextEncoder().encode(text), "Dockerfile"), choices);
}

const uses = (text: string, choices?: Choices) =>
  needs(text, choices).uses.map((use) => `${use.via} ${use.text} :${use.at.line}`);
const indexes = (text: string, choices?: Choices) => needs(text, choices).stages.map((stage) => stage.index);

describe("what the target takes from outside", () => {
  test.each<[string, string, Choices, string[]]>([
    ["its base", "FROM debian:13", {}, ["FROM debian:13 :1"]],
    ["scratch is nothing", "FROM scratch\nCOPY --from=scratch a b", {}, []],
    ["an ARG's default", "ARG TAG=13\nARG IMAGE=debian:${TAG}\nFROM $IMAGE", {}, ["FROM debian:13 :3"]],
    [
      "a build argument in its place",
      "ARG IMAGE=debian\nFROM $IMAGE",
      { buildArgs: { IMAGE: "alpine" } },
      ["FROM alpine :2"],
    ],
    [
      "a build argument that nobody declared is nothing",
      "FROM ${IMAGE:-debian}",
      { buildArgs: { IMAGE: "alpine" } },
      ["FROM debian :1"],
    ],
    ["an ARG of a stage is not seen by FROM", "FROM a AS x\nARG V=1\nFROM b:${V:-2}", {}, ["FROM b:2 :3"]],
    [
      "COPY --from and mounts",
      "FROM a\nCOPY --from=b:1 x y\nRUN --mount=from=c,source=/x,target=/y z",
      {},
      ["FROM a :1", "COPY --from b:1 :2", "RUN --mount c :3"],
    ],
    ["a stage that shadows an image", "FROM alpine AS debian\nFROM debian", {}, ["FROM alpine :1"]],
    ["an image before a stage takes its name", "FROM debian AS debian\nFROM debian", {}, ["FROM debian :1"]],
    ["only what the target needs", "FROM a AS one\nFROM b AS two\nFROM c", {}, ["FROM c :3"]],
    ["another target", "FROM a AS one\nFROM b AS two\nFROM c", { target: "One" }, ["FROM a :1"]],
    [
      "a stage by name, whatever its case",
      "FROM a AS one\nFROM b\nCOPY --from=ONE x y",
      {},
      ["FROM b :2", "FROM a :1"],
    ],
    ["a stage by number", "FROM a\nFROM b\nCOPY --from=0 x y", {}, ["FROM b :2", "FROM a :1"]],
    ["a mount takes no numbers", "FROM a\nFROM b\nRUN --mount=from=0 x", {}, ["FROM b :2", "RUN --mount 0 :3"]],
    [
      "a trigger of a stage above",
      "FROM a AS one\nONBUILD COPY --from=tools x y\nFROM one",
      {},
      ["FROM a :1", "COPY --from tools :2"],
    ],
    [
      "a FROM for each platform",
      "FROM base-$TARGETARCH",
      { platforms: ["linux/amd64", "linux/arm64/v8"] },
      ["FROM base-amd64 :1", "FROM base-arm64 :1"],
    ],
    [
      "the variant of a platform",
      "FROM base-$TARGETARCH$TARGETVARIANT",
      { platforms: ["linux/arm/v7"] },
      ["FROM base-armv7 :1"],
    ],
    ["a default in the place of a platform", "ARG TARGETARCH=amd64\nFROM base-$TARGETARCH", {}, ["FROM base-amd64 :2"]],
  ])("%s", (_, text, choices, expected) => {
    expect(uses(text, choices)).toEqual(expected);
  });

  test("a stage for each platform", () => {
    const text = "FROM a AS for-amd64\nFROM b AS for-arm64\nFROM c AS for-riscv64\nFROM for-$TARGETARCH";
    expect(indexes(text, { platforms: ["linux/amd64", "linux/arm64"] })).toEqual([0, 1, 3]);
  });
});

describe("what nobody knows before the build", () => {
  test.each<[string, string, Choices, string[]]>([
    ["the builder's own platform", "FROM base-$BUILDARCH", { platforms: ["linux/amd64"] }, ["BUILDARCH"]],
    ["the target's platform, where none is wanted", "ARG X=$TARGETARCH\nFROM base-$X", {}, ["TARGETARCH"]],
    ["an expression in a build argument", "ARG TAG\nFROM base:$TAG", { buildArgs: { TAG: "{{version}}" } }, ["TAG"]],
  ])("%s", (_, text, choices, variables) => {
    const { unsettled, uses: known } = needs(text, choices);
    expect(unsettled.map((each) => each.variables)).toEqual([variables]);
    expect(known).toEqual([]);
  });

  test("then every named stage above may be meant", () => {
    expect(indexes("FROM a AS one\nFROM b\nFROM c AS two\nFROM for-$TARGETARCH")).toEqual([0, 2, 3]);
  });
});

describe("what can't be built is an error with its line", () => {
  test.each<[string, string, Choices, number | undefined, string]>([
    ["a base that is empty", "ARG IMAGE\nFROM $IMAGE", {}, 2, "FROM $IMAGE names no image, as IMAGE has no value"],
    ["an ARG that can't be expanded", "ARG A=${B!x}\nFROM a", {}, 1, "can't be expanded"],
    ["a FROM that can't be expanded", "FROM ${A:?needed}", {}, 1, "needed"],
    ["an unknown target", "FROM a AS one", { target: "two" }, undefined, 'no stage named "two"'],
    [
      "a stage from below",
      "FROM a AS one\nCOPY --from=two x y\nFROM b AS two\nFROM one",
      {},
      2,
      "isn't built before it",
    ],
    ["a stage that copies from itself", "FROM a AS one\nCOPY --from=one x y", {}, 2, "isn't built before it"],
    ["a number past the stages", "FROM a\nCOPY --from=3 x y", {}, 2, "counts past the stages"],
    ["a variable in --from", "ARG X=a\nFROM a\nCOPY --from=$X x y", {}, 3, "can't contain a variable"],
  ])("%s", (_, text, choices, line, message) => {
    const at = { file: "Dockerfile", ...(line === undefined ? {} : { line }) };
    expect(() => needs(text, choices)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), at }),
    );
    expect(() => needs(text, choices)).toThrow(UserError);
  });
});
