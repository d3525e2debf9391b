import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { aboutProgram, readArguments } from "../../../src/command-line.ts";
import { type InputSpecification, inputs } from "../../../src/config/inputs-specification.ts";
import { explain } from "../../../src/errors.ts";
import { commandHelp, inputGroups, usage } from "../../../src/usage.ts";
import { version } from "../../../src/version.ts";

/** What is written otherwise on a command line. */
const own = ["command", "ref", "dry-run"];

interface Problem {
  readonly message: string;
  readonly hint: string | undefined;
  readonly error?: unknown;
}

function problemWith(...args: readonly string[]): Problem {
  try {
    return { message: JSON.stringify(readArguments(args)), hint: undefined };
  } catch (error) {
    return { message: (error as Error).message, hint: (error as { hint?: string }).hint, error };
  }
}

test("a command, every input but the secret ones, and what is asked about", () => {
  const args = ["plan", "--event", "push", "--images", "ghcr.io/o/r", "--push=false", "--no-graph", "--json"];
  expect(readArguments(args)).toEqual({
    command: "plan",
    options: { event: "push", images: "ghcr.io/o/r", push: "false", graph: false, json: true },
  });
});

describe("a slip is told with its remedy:", () => {
  const all = "image-publish --help lists them";
  test.each([
    ["in an option", ["plan", "--explian", "web"], 'there is no option "--explian"', `did you mean --explain? ${all}`],
    ["an option of another program", ["plan", "--xyzzy"], 'there is no option "--xyzzy"', all],
    ["a letter in another case", ["-v"], 'there is no option "-v"', "did you mean -V (--version)?"],
    ["an image's name", ["plan", "base"], '"base" is one word too many', "write --only base; "],
    ["a command to be explained", ["help", "plna"], 'there is no command "plna"', "did you mean plan?"],
    ["a letter alone", ["plan", "-x"], 'there is no option "-x"', all],
    ["no value", ["plan", "--event"], "the option --event needs a value", "write --event VALUE"],
    [
      "another option for a value",
      ["plan", "--event", "--json"],
      "the option --event needs a value",
      "write --event VALUE, or --event=VALUE where the value begins with a dash",
    ],
    ["a value too many", ["plan", "--json=3"], "the option --json takes no value", "write --json alone"],
    ["no for an input", ["plan", "--no-qemu"], 'there is no option "--no-qemu"', "write --qemu false"],
    ["no for what is no input", ["plan", "--no-event"], 'there is no option "--no-event"', all],
    ["two commands", ["plan", "publish"], '"publish" is one word too many', "write COMMAND [--option value …]"],
    ["a command", ["pln"], 'there is no command "pln"', `did you mean plan? ${all}`],
    ["a command in capitals", ["PLAN"], 'there is no command "PLAN"', "did you mean plan?"],
    ["a command that is something else", ["build"], 'the command "build" isn\'t supported yet', "publish, plan, scan"],
    ["no command at all", ["xyzzy"], 'there is no command "xyzzy"', "the commands are publish, plan, scan, bump"],
    ["help", ["hlep"], 'there is no command "hlep"', "did you mean help?"],
    ["version", ["verison"], 'there is no command "verison"', "did you mean version?"],
    ["a command with dashes", ["--plan"], 'there is no option "--plan"', "write image-publish plan, without dashes"],
    ["one dash", ["plan", "-event", "push"], 'there is no option "-event"', "write --event"],
    ["one dash before a typo", ["plan", "-evnt", "push"], 'there is no option "-evnt"', "did you mean --event?"],
    ["one dash, in full", ["plan", "-images=a/b"], 'there is no option "-images"', "write --images"],
    ["a dash of a text editor", ["plan", "—json"], 'there is no option "—json"', "write --json"],
    ["underscores", ["bump", "--dry_run"], 'there is no option "--dry_run"', "did you mean --dry-run?"],
    ["an option's version", ["--versoin"], 'there is no option "--versoin"', "did you mean --version?"],
    [
      "a value for an option that takes none",
      ["bump", "--dry-run", "true"],
      '"true" is one word too many',
      "--dry-run takes no value: write --dry-run alone",
    ],
  ])("%s", (_, args, message, hint) => {
    const problem = problemWith(...args);
    expect(problem.message).toBe(message);
    expect(problem.hint).toContain(hint);
    expect(explain(problem.error)).toBe(message);
  });

  test("a secret, whose value is not repeated", () => {
    for (const args of [["--token", "s3cret"], ["--token=s3cret"]]) {
      const { message, hint } = problemWith("publish", ...args);
      expect(message).toBe("the option --token would show a secret to everyone on this machine");
      expect(hint).toBe("set IMAGE_PUBLISH_TOKEN in the environment");
    }
  });
});

test.each([
  { args: ["--version"], options: { version: true } },
  { args: ["-V"], options: { version: true } },
  { args: ["version"], options: { version: true } },
  { args: ["help"], options: { help: true } },
  { args: ["-h"], options: { help: true } },
])("$args asks about the program", ({ args, options }) => {
  expect(readArguments(args)).toEqual({ command: undefined, options });
});

test.each([
  { args: ["help", "plan"], topic: "plan" },
  { args: ["plan", "help"], topic: "plan" },
  { args: ["scan", "--help"], topic: "scan" },
  { args: ["--help", "bump"], topic: "bump" },
  { args: ["publish", "--event", "-h"], topic: "publish" },
  { args: ["help", "--workflow"], topic: undefined },
  { args: ["help", "version"], topic: undefined },
])("$args asks about a command", ({ args, topic }) => {
  expect(readArguments(args)).toEqual({ command: undefined, options: { help: true }, ...(topic && { topic }) });
});

test("each command's help has its options, and none is left out of all", () => {
  const all = Object.values(inputGroups).flat() as readonly string[];
  const served = inputs.filter((input: InputSpecification) => input.secret !== true && input.served?.length !== 0);
  expect(all.toSorted()).toEqual(
    served
      .map(({ name }) => name)
      .filter((name) => !own.includes(name))
      .toSorted(),
  );
  for (const name of Object.keys(commandHelp)) {
    const shown = usage(name);
    expect(shown).toContain(`Usage: image-publish ${name} `);
    for (const [, option = ""] of shown.matchAll(/ --(?!option)([a-z][\w-]*)/g)) {
      const value = option.startsWith("no-") ? [`--${option}`] : [`--${option}=x`];
      expect(problemWith(name, ...value).message).not.toContain("there is no option");
    }
    expect(Math.max(...shown.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  }
  expect(usage("scan")).not.toContain("--build-args");
});

test.each([
  { given: [], text: /^Usage: /, code: 1 },
  { given: ["--graph"], text: /^Usage: /, code: 1 },
  { given: ["--version"], text: /^image-publish \d/, code: 0 },
  { given: ["help"], text: /^Usage: image-publish COMMAND/, code: 0 },
])("$given needs nothing but the words", ({ given, text, code }) => {
  expect(aboutProgram(given)).toEqual({ text: expect.stringMatching(text), code });
});

test.each([{ given: ["plan"] }, { given: ["help", "plna"] }, { given: ["--xyzzy"] }])(
  "$given is more than that",
  (each) => {
    expect(aboutProgram(each.given)).toBeUndefined();
  },
);

test("a value may begin with a dash", () => {
  expect(readArguments(["plan", "--only=-x", "--tags=type=raw,value=—"]).options).toEqual({
    only: "-x",
    tags: "type=raw,value=—",
  });
});

test("the version is the package's", () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"));
  expect(version).toBe(manifest.version);
});
