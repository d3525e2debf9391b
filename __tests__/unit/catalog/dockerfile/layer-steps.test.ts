/** Which lines of a Dockerfile give its image layers. */
import { expect, test } from "@jest/globals";
import { addedLayerSteps, settingPlaces } from "../../../../src/catalog/dockerfile/layer-steps.ts";
import { platform } from "../../../../src/model/platform.ts";
import { buildTree, type Options } from "../build-tree.ts";

test.each<[string, string, Options, readonly string[]]>([
  [
    "each that changes files",
    "FROM scratch\nCOPY root /\nADD a.tar /\nWORKDIR /a\nRUN make",
    {},
    ["COPY 2", "ADD 3", "WORKDIR 4", "RUN 5"],
  ],
  ["and no other", "FROM scratch\nENV A=1\nUSER me\nLABEL a=b\nEXPOSE 1\nCMD a\nVOLUME /a\nONBUILD RUN b", {}, []],
  [
    "where they begin",
    "FROM scratch\n\n# why\nRUN a && \\\n  # b\n  b\nCOPY <<EOF /\ntext\nEOF\nRUN c",
    {},
    ["RUN 4", "COPY 7", "RUN 10"],
  ],
  [
    "of all stages that the last one begins with",
    "FROM scratch AS a\nRUN a\nFROM a AS b\nRUN b\nFROM b\nRUN c",
    {},
    ["RUN 2", "RUN 4", "RUN 6"],
  ],
  ["not of those that it copies from", "FROM golang AS a\nRUN a\nFROM alpine\nCOPY --from=a /a /", {}, ["COPY 4"]],
  ["of the target", "FROM alpine AS a\nRUN a\nFROM alpine\nRUN b", { target: "a" }, ["RUN 2"]],
  [
    "with what a stage hands on",
    "FROM alpine AS a\nONBUILD COPY . /\nRUN a\nFROM a\nRUN b",
    {},
    ["RUN 3", "COPY 2", "RUN 5"],
  ],
])("%s", async (_, dockerfile, options, steps) => {
  const { target } = options;
  const config = target === undefined ? "" : `images: {app: {target: ${target}}}`;
  const {
    images: [app],
  } = await buildTree({ "images/app/Dockerfile": dockerfile }, { config });
  const found = app === undefined ? [] : addedLayerSteps(app, platform("linux/amd64"));
  expect(found.map(({ keyword, at }) => `${keyword} ${at.line}`)).toEqual(steps);
  expect(new Set(found.map(({ at }) => at.file)).size).toBeLessThanOrEqual(1);
});

test.each<[string, string, Options, readonly string[]]>([
  ["a stage", "FROM golang AS a\nRUN a\nFROM alpine\nCOPY --from=a /a /", {}, ["a at 1"]],
  ["a stage by its number", "FROM golang\nRUN a\nFROM alpine\nCOPY --from=0 /a /", {}, ["0 at 1"]],
  ["an image", "FROM alpine\nCOPY --from=golang:1 /a /", {}, ["golang:1 at -"]],
  ["the context", "FROM alpine\nCOPY a /", {}, ["- at -"]],
])("a step that copies from %s", async (_, dockerfile, options, sources) => {
  const {
    images: [app],
  } = await buildTree({ "images/app/Dockerfile": dockerfile }, options);
  const found = app === undefined ? [] : addedLayerSteps(app, platform("linux/amd64"));
  expect(found.map(({ from, fromAt }) => `${from ?? "-"} at ${fromAt?.line ?? "-"}`)).toEqual(sources);
});

test.each<[string, string, Readonly<Record<string, number>>]>([
  [
    "variables, arguments and labels",
    'FROM alpine\nENV A=1 B=2\nARG C\nARG D=1 E=2\nLABEL f=1 "g.h"=2\nENV I 3',
    { A: 2, B: 2, C: 3, D: 4, E: 4, f: 5, "g.h": 5, I: 6 },
  ],
  ["the last of several", "FROM alpine\nENV A=1\nENV A=2", { A: 3 }],
  ["of all stages that the last one begins with", "FROM alpine AS a\nENV A=1\nFROM a\nENV B=1", { A: 2, B: 4 }],
  ["not of those that it copies from", "FROM alpine AS a\nENV A=1\nFROM alpine\nCOPY --from=a /a /", {}],
])("where settings are: %s", async (_, dockerfile, places) => {
  const {
    images: [app],
  } = await buildTree({ "images/app/Dockerfile": dockerfile });
  const found = app === undefined ? new Map() : settingPlaces(app, platform("linux/amd64"));
  expect(Object.fromEntries([...found].map(([name, { line }]) => [name, line]))).toEqual(places);
});
