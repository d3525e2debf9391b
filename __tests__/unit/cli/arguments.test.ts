import { describe, expect, test } from "@jest/globals";
import { readArguments } from "../../../src/command-line.ts";

function problemWith(...args: readonly string[]): { readonly message: string; readonly hint: string | undefined } {
  try {
    return { message: JSON.stringify(readArguments(args)), hint: undefined };
  } catch (error) {
    return { message: (error as Error).message, hint: (error as { hint?: string }).hint };
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
  ])("%s", (_, args, message, hint) => {
    const problem = problemWith(...args);
    expect(problem.message).toBe(message);
    expect(problem.hint).toContain(hint);
  });

  test("a secret, whose value is not repeated", () => {
    for (const args of [["--token", "s3cret"], ["--token=s3cret"]]) {
      const { message, hint } = problemWith("publish", ...args);
      expect(message).toBe("the option --token would show a secret to everyone on this machine");
      expect(hint).toBe("set IMAGE_PUBLISH_TOKEN in the environment");
    }
  });
});
