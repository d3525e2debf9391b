import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { readSettings } from "../../../src/config/inputs.ts";
import {
  type InputName,
  type InputSpecification,
  inputs,
  type RawInputs,
} from "../../../src/config/inputs-specification.ts";

const nothing = Object.fromEntries(inputs.map(({ name }) => [name, ""])) as RawInputs;

function read(given: Partial<Record<InputName, string>>): ReturnType<typeof readSettings> {
  return readSettings({ ...nothing, ...given });
}

describe("inputs", () => {
  test("without any, everything has its default and nothing is wrong", () => {
    const { settings, problems } = read({});
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ command: "publish", push: "auto", rebuild: "auto", cache: "auto", qemu: true });
  });

  test.each<[string, Partial<Record<InputName, string>>, string, string]>([
    ["an unknown command names the nearest", { command: "publsh" }, '"command" can\'t be "publsh"', '"publish"'],
    [
      "a word that isn't one of the known",
      { push: "sometimes" },
      '"push" can\'t be "sometimes"',
      "auto, true, false or untrusted",
    ],
    [
      "a malformed platform names its line",
      { platforms: "linux/amd64\nlinux" + "/" },
      '"platforms", line 2',
      "linux/amd64",
    ],
    ["a build argument without a value", { "build-args": "A=1\nNAME" }, '"build-args", line 2', "NAME=value"],
    ["a command that isn't built yet", { command: "prune" }, "doesn't serve", "publish, plan, scan or bump"],
    ["an input that isn't built yet", { "keep-tags": "v1" }, '"keep-tags"', 'remove "keep-tags"'],
  ])("%s", (_, given, message, hint) => {
    const { problems } = read(given);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.hint).toContain(hint);
  });

  const words = inputs.flatMap(({ name, words = [], served = words }: InputSpecification) =>
    served.map((word): [InputName, string] => [name as InputName, word]),
  );
  test.each(words)("%s may be %s", (name, word) => {
    const { settings, problems } = read({ [name]: word });
    expect(problems).toEqual([]);
    const value = Object.entries(settings).find(([key]) => key === name)?.[1];
    if (typeof value === "string") expect(value).toBe(word);
    if (typeof value === "boolean") expect(String(value)).toBe(word);
  });

  test("all problems are told at once", () => {
    const { problems } = read({ command: "x", push: "y", platforms: "a/b/c/d, e/f/g/h", "build-args": "=" });
    expect(problems).toHaveLength(5);
  });

  test("lists are split at commas and lines, without comments, repetitions and empty ones", () => {
    const { settings } = read({
      platforms: "linux/amd64, linux/arm64\n# the small ones\nlinux/arm\nlinux/x86_64",
      path: "images/*, apps/*\n",
      images: "ghcr.io/o/{{name}}\n\n# copy\ndocker.io/o/{{name}}",
      "build-args": "A=1=2\nB=",
    });
    expect(settings.platforms).toEqual(["linux/amd64", "linux/arm64", "linux/arm/v7"]);
    expect(settings.path).toEqual(["images/*", "apps/*"]);
    expect(settings.images).toEqual([
      { text: "ghcr.io/o/{{name}}", input: "images", line: 1 },
      { text: "docker.io/o/{{name}}", input: "images", line: 4 },
    ]);
    expect(settings.buildArgs).toEqual({ A: "1=2", B: "" });
  });
});

describe("a single value", () => {
  test.each(["max-size", "compression", "binfmt-image"] as const)("%s takes no second line", (name) => {
    const value = { "max-size": "1GB\n2GB", compression: "zstd\ngzip", "binfmt-image": "a/b\nc/d" }[name];
    const { problems } = read({ [name]: `# why\n${value}` });
    expect(problems.map(({ message }) => message)).toEqual([
      `the input "${name}", line 3: "${name}" has one value alone`,
    ]);
  });

  test("binfmt-image is the name of an image", () => {
    expect(read({ "binfmt-image": "Not An Image" }).problems).toMatchObject([
      { message: expect.stringMatching(/^the input "binfmt-image", line 1: /) },
    ]);
  });
});

describe("bump", () => {
  test.each([
    ["tru", "true"],
    ["True", "true"],
    ["ture", "true"],
    ["TRUE", "true"],
    ["yes", "true"],
    ["on", "true"],
    ["1", "true"],
    ["fals", "false"],
    ["False", "false"],
    ["no", "false"],
    ["off", "false"],
    ["0", "false"],
  ])("%s is no glob", (value, meant) => {
    expect(read({ bump: value }).problems).toMatchObject([
      {
        message: `the input "bump", line 1: "${value}" is neither true nor false, nor globs of files`,
        hint: expect.stringContaining(`did you mean "${meant}"?`),
      },
    ]);
  });

  test.each(["true", "false", "deploy", "deploy/*.yaml", "Makefile", "true.yaml", "**/tree", "compose.yaml, k8s/**"])(
    "%s is taken",
    (value) => expect(read({ bump: value }).problems).toEqual([]),
  );
});

describe("registries", () => {
  test("are hosts, one per line, each once, with comments", () => {
    const registries = [
      "# ours",
      "Registry.Example.com # the old one",
      "",
      "localhost:5000",
      "registry.example.com",
      "index.docker.io",
      "[::1]:5000",
    ].join("\n");
    expect(read({ registries })).toMatchObject({
      problems: [],
      settings: { registries: ["registry.example.com", "localhost:5000", "docker.io", "[::1]:5000"] },
    });
  });

  test.each([
    "https://registry.example.com",
    "registry.example.com/o/r",
    "registry.example.com/",
    "me@registry.example.com",
    "registry.example.com, other.example.com",
    "registry.example.com other.example.com",
    "*.example.com",
    "{{owner}}.example.com",
    "registry.example.com:",
    "registry.example.com:0",
    "registry.example.com:65536",
    "registry.example.com.",
    ".example.com",
    "exämple.com",
    "registry",
    "-a.example",
  ])("%s is none", (text) => {
    const { problems } = read({ registries: `ghcr.io\n${text}` });
    expect(problems).toMatchObject([
      {
        message: expect.stringContaining('the input "registries", line 2: '),
        hint: expect.stringContaining("registry.example.com"),
      },
    ]);
  });
});

describe("lists of globs", () => {
  test("have commas between them, and within braces", () => {
    const list = "{a,b}/*, !{a,b}/c\n# not this\nd";
    const expected = ["{a,b}/*", "!{a,b}/c", "d"];
    const { settings } = read({ path: list, only: list, bump: list, "check-pins": list });
    expect(settings).toMatchObject({ path: expected, only: expected, bump: expected, checkPins: expected });
  });

  test.each([
    ["true", "all"],
    ["false", "off"],
    ["true, !charts/**", ["!charts/**"]],
    ["!charts/**", ["!charts/**"]],
    ["true, charts/**", ["true", "charts/**"]],
  ])("of bump: %s", (bump, expected) => {
    expect(read({ bump }).settings.bump).toEqual(expected);
  });
});

describe("action.yml", () => {
  const action: unknown = parse(readFileSync(join(import.meta.dirname, "../../../action.yml"), "utf8"));

  test("has exactly the inputs that are read", () => {
    expect(action).toMatchObject({ inputs: expect.anything(), runs: { using: "node24", main: "dist/index.js" } });
    const { inputs: declared } = action as { inputs: Record<string, { description: string }> };
    expect(Object.keys(declared)).toEqual(inputs.map(({ name }) => name));
    for (const { description } of Object.values(declared)) expect(description.length).toBeGreaterThan(10);
  });
});
