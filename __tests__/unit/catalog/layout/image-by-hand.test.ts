import { describe, expect, test } from "@jest/globals";
import { besidesByHand, imageByHand } from "../../../../src/catalog/layout/image-by-hand.ts";
import { readConfig } from "../../../../src/config/config.ts";
import { readSettings } from "../../../../src/config/inputs.ts";
import { type InputName, inputs, type RawInputs } from "../../../../src/config/inputs-specification.ts";

type Given = Partial<Record<InputName, string>>;

function settings(given: Given) {
  return readSettings(Object.fromEntries(inputs.map(({ name }) => [name, given[name] ?? ""])) as RawInputs).settings;
}

test.each<[string, Given, object | undefined]>([
  ["nothing is given by hand unless an input says so", { path: "images/*", platforms: "linux/amd64" }, undefined],
  ["a context", { context: "src" }, { context: "src", file: undefined, contexts: [] }],
  ["a file", { file: "Other.Dockerfile" }, { file: "Other.Dockerfile" }],
  ["a stage of the root's Dockerfile", { target: "release" }, { context: undefined, file: undefined }],
  ["named contexts", { "build-contexts": "a=b\n\nc=target:d\n" }, { contexts: ["a=b", "c=target:d"] }],
])("%s", (_, given, expected) => {
  const found = imageByHand(settings(given));
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(expected);
});

describe("the image has the name that it is pushed under", () => {
  test.each<[string, string, string | undefined]>([
    ["one name", "ghcr.io/vessux/openlock-base", "openlock-base"],
    ["with its attribute", "name=ghcr.io/vessux/Openlock", "openlock"],
    ["not one with expressions", "ghcr.io/{{owner}}/{{repo}}", undefined],
    ["the same in several registries", "ghcr.io/o/a\nquay.io/o/other/a", "a"],
    ["not one of several", "ghcr.io/o/a\nquay.io/o/b", undefined],
    ["not where one has expressions", "ghcr.io/o/a\nquay.io/{{owner}}/{{name}}", undefined],
    ["none", "", undefined],
  ])("%s", (_, images, name) => {
    expect(imageByHand(settings({ context: ".", images }))?.name).toBe(name);
  });
});

describe("what else is said of images is an error", () => {
  test.each<[string, Given, string, (string | RegExp)[]]>([
    ["nothing else", { context: "." }, "images: {a: {platforms: [linux/amd64]}}", []],
    [
      "globs",
      { context: ".", path: "images/*" },
      "",
      [/the input "path" looks for images, but other inputs describe a single image/],
    ],
    ["targets of a bake file", { file: "x", "bake-target": "all" }, "", [/the input "bake-target"/]],
    [
      "images of the config file",
      { file: "x" },
      "images:\n  a:\n  b:\n",
      [/\.github\/image-publish\.yml describes several/],
    ],
  ])("%s", async (_, given, text, expected) => {
    const { config } = await readConfig(text, ".github/image-publish.yml");
    const found = besidesByHand(settings(given), config).map(({ message }) => message);
    expect(found).toEqual(expected.map((message) => expect.stringMatching(message)));
  });
});
