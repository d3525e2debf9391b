import { describe, expect, test } from "@jest/globals";
import { find, readPattern } from "../../../../src/tags/text/pattern.ts";

describe("a regular expression of the user's", () => {
  test.each([
    ["finds its groups", "v(\\d+)\\.(\\d+)", "v1.2", ["v1.2", "1", "2"]],
    ["has flags", "/^V(.*)$/i", "v1", ["v1", "1"]],
    ["may look ahead and behind", "(?<=v)1(?=\\.)(?!\\.3)", "v1.2", ["1"]],
    ["finds nothing", "x", "v1", undefined],
    ["has groups that take no part", "(a)|b", "b", ["b", undefined]],
  ])("%s", (_, text, tag, expected) => {
    const pattern = readPattern(text);
    expect(find(pattern, tag)).toEqual(expected);
    // Asked again, it says the same.
    expect(find(pattern, tag)).toEqual(expected);
  });

  test.each([
    ["(a+)+$", `${"a".repeat(40)}b`],
    ["/^(\\w+\\s?)*$/u", `${"word ".repeat(20)}!`],
    ["(?=(x+x+)+y)", "x".repeat(60)],
  ])("that would take for ever is ended, and told: %s", (text, tag) => {
    const pattern = readPattern(text);
    expect(() => find(pattern, tag, 20)).toThrow(
      expect.objectContaining({ name: "UserError", message: expect.stringContaining(`${pattern} takes too long`) }),
    );
    expect(find(readPattern("b"), "abc")).toEqual(["b"]);
  });
});
