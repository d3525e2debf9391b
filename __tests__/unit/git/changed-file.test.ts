import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseDiffTree } from "../../../src/git/changed-file.ts";
import { decodePath, encodePath } from "../../../src/git/checkout/path-bytes.ts";
import { anyText } from "../any-text.ts";

describe("paths as text", () => {
  test("give their bytes again, whatever these are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...encodePath(decodePath(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  test("survive JSON", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(JSON.parse(JSON.stringify(decodePath(bytes)))).toBe(decodePath(bytes));
      }),
    );
  });

  test("are what people see where they are UTF-8", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(decodePath(Buffer.from(text, "utf8"))).toBe(text);
      }),
    );
  });

  test.each([
    ["a byte that begins nothing", [0x61, 0xff], "a\udcff"],
    ["a character cut short", [0xe6, 0x95], "\udce6\udc95"],
    ["an encoded surrogate", [0xed, 0xb2, 0x80], "\udced\udcb2\udc80"],
    ["a byte order mark, which is part of the name", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ])("%s", (_, bytes, expected) => {
    expect(decodePath(Uint8Array.from(bytes))).toBe(expected);
  });
});

describe("a list from git", () => {
  const header = `:100644 100644 ${"1".repeat(40)} ${"2".repeat(40)} M`;
  const parse = (text: string) => parseDiffTree(Buffer.from(text));

  test("that is empty", () => {
    expect(parse("")).toEqual([]);
  });

  test.each([
    ["that ends within a path", `${header}\0a\0${header}\0b`],
    ["that ends after a header", `${header}\0`],
    ["that holds something else", "hello\0a\0"],
    ["that has a path without name", `${header}\0\0`],
  ])("%s is never taken for the whole", (_, text) => {
    expect(() => parse(text)).toThrow(/git diff-tree wrote/);
  });
});
