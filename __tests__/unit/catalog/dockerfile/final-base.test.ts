import { expect, test } from "@jest/globals";
import { type FinalBase, finalBase } from "../../../../src/catalog/dockerfile/final-base.ts";
import { formatReference } from "../../../../src/model/reference.ts";
import { buildTree, type Options } from "../build-tree.ts";

const shown = (base: FinalBase | undefined): string | undefined =>
  base?.kind === "image" ? formatReference(base.reference) : base && `our ${base.name}`;

test.each<[string, string, Options, string | undefined]>([
  ["a FROM", "FROM debian:13", {}, "docker.io/library/debian:13"],
  [
    "the last stage's, not that of what it copies from",
    "FROM golang AS b\nFROM alpine:3\nCOPY --from=b / /",
    {},
    "docker.io/library/alpine:3",
  ],
  ["through its stages", "FROM debian:13 AS a\nFROM a AS b\nFROM b", {}, "docker.io/library/debian:13"],
  ["the target's", "FROM debian:13 AS a\nFROM alpine:3", { target: "A" }, "docker.io/library/debian:13"],
  ["through an ARG", "ARG V=13\nFROM debian:$V", {}, "docker.io/library/debian:13"],
  [
    "through an ARG that is given",
    "ARG V=13\nFROM debian:$V",
    { buildArgs: { V: "12" } },
    "docker.io/library/debian:12",
  ],
  ["from scratch is none", "FROM scratch", {}, undefined],
  ["with an expression in it nobody knows it", "ARG V\nFROM debian:$V", { buildArgs: { V: "{{version}}" } }, undefined],
  [
    "another one for each platform is none",
    "ARG TARGETARCH\nFROM debian-$TARGETARCH",
    { platforms: ["linux/amd64", "linux/arm64"] },
    undefined,
  ],
  ["an image of the repository", "FROM ghcr.io/o/r/base", {}, "our base"],
  ["a pin of one is an image like others", "FROM ghcr.io/o/r/base:1.2.3", {}, "ghcr.io/o/r/base:1.2.3"],
  [
    "a named context",
    "FROM short",
    { config: "images: {app: {build-contexts: {short: 'docker-image://debian:12'}}}" },
    "docker.io/library/debian:12",
  ],
  [
    "a named context that is ours",
    "FROM short",
    { config: "images: {app: {build-contexts: {short: 'target:base'}}}" },
    "our base",
  ],
  [
    "a named context in the place of a stage",
    "FROM debian:13 AS a\nFROM a",
    { config: "images: {app: {build-contexts: {a: 'docker-image://debian:12'}}}" },
    "docker.io/library/debian:12",
  ],
])("%s", async (_, dockerfile, options, expected) => {
  const { target, ...others } = options;
  const config = target === undefined ? options.config : `images: {app: {target: ${target}}}`;
  const { images } = await buildTree(
    { "images/app/Dockerfile": dockerfile, "images/base/Dockerfile": "FROM scratch" },
    { ...others, ...(config === undefined ? {} : { config }) },
  );
  const app = images.find(({ name }) => name === "app");
  expect(shown(app && finalBase(app))).toBe(expected);
});
