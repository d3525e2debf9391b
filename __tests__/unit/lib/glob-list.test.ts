import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { UserError } from "../../../src/errors.ts";
import { expandBraces, listedGlobs, splitGlobs } from "../../../src/lib/glob-list.ts";

test.each<[string, readonly string[]]>([
  ["a, b,,c ", ["a", "b", "c"]],
  ["{a,b}/*, !{c,{d,e}}", ["{a,b}/*", "!{c,{d,e}}"]],
  ["[a,b], c", ["[a,b]", "c"]],
  ["a}, {b", ["a}", "{b"]],
  ["", []],
])("commas part globs, but not in braces or brackets: %s", (line, expected) => {
  expect(splitGlobs(line)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ["a", ["a"]],
  ["{a,b}", ["a", "b"]],
  ["x/{a,b}/y", ["x/a/y", "x/b/y"]],
  ["{a,b}-{1,2}", ["a-1", "a-2", "b-1", "b-2"]],
  ["{a,{b,c}d}", ["a", "bd", "cd"]],
  ["{apps/web,images}/*", ["apps/web/*", "images/*"]],
  ["web{,-dev}", ["web", "web-dev"]],
  ["{a}", ["{a}"]],
  ["{{cookiecutter.name}}", ["{{cookiecutter.name}}"]],
  ["{{a,b}}", ["{a}", "{b}"]],
  ["[{]a,b", ["[{]a,b"]],
  ["{[,}],b}", ["[,}]", "b"]],
  ["a}", ["a}"]],
  ["\\{a,b", ["\\{a,b"]],
])("alternatives, as a shell has them: %s", (glob, expected) => {
  expect(expandBraces(glob)).toEqual(expected);
});

describe("what can't be a list of globs", () => {
  test.each([
    ["{a,b", /"\{a,b" has a brace that isn't closed/],
    ["a/{b", /brace that isn't closed/],
    ["!{a,{b}", /brace that isn't closed/],
    ["!", /"!" excludes nothing/],
    ["!!a", /"!!a" has more than one "!"/],
    ["! !a", /"! !a" has more than one "!"/],
    ["!!", /"!!" has more than one "!"/],
    ["{a,b}".repeat(30), /too many alternatives/],
    [`{${",".repeat(2_000)}}`, /too many alternatives/],
    ["{".repeat(100_000), /too many alternatives/],
  ])("%#", (text, message) => {
    expect(() => listedGlobs(text)).toThrow(message);
  });

  test("is an error of the user's, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("{", "}", ",", "a", "[", "]", "!", "\\") }), (text) => {
        try {
          expect(listedGlobs(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
