// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { expandWord, unsettled } from "../../../src/catalog/dockerfile/shell/shell-lexer.ts";

const variables: Readonly<Record<string, string>> = { NAME: "linux/amd64", EMPTY: "", VERSION: "1.2.3", A: "aabbaab" };
const expand = (word: string) => expandWord(word, "\\", (name) => variables[name]);

describe("variables", () => {
  test.each([
    ["$VERSION", "1.2.3"],
    ["debian:${VERSION}-slim", "debian:1.2.3-slim"],
    ["$UNSET.", "."],
    ["${UNSET:-d}", "d"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${VERSION:-d}", "1.2.3"],
    ["${VERSION:+x}", "x"],
    ["${EMPTY:+x}", ""],
    ["${EMPTY+x}", "x"],
    ["${UNSET:-${VERSION:+${NAME}}}", "linux/amd64"],
    ["${NAME#*/}", "amd64"],
    ["${NAME%/*}", "linux"],
    ["${VERSION%.*}", "1.2"],
    ["${VERSION%%.*}", "1"],
    ["${VERSION#*.}", "2.3"],
    ["${VERSION##*.}", "3"],
    ["${A/a/x}", "xabbaab"],
    ["${A//a/x}", "xxbbxxb"],
    ["${A//a?/-}", "-bb-b"],
    ["${A//*/-}", "-"],
    ["${NAME/\\//-}", "linux-amd64"],
    ["${A#nothing}", "aabbaab"],
    ["$1", ""],
    ["100$", "100$"],
    ["\\$VERSION", "$VERSION"],
    ["'$VERSION'", "$VERSION"],
    ['"$VERSION"', "1.2.3"],
    ['"a\\"b"', 'a"b'],
    ['"a\\b"', "a\\b"],
    ["a\\b", "ab"],
    ["a'b c'd", "ab cd"],
  ])("%s is %s", (word, expected) => {
    expect(expand(word)).toBe(expected);
  });

  test.each([
    "${",
    "${}",
    "${VERSION",
    "'open",
    '"open',
    "${VERSION!x}",
    "${UNSET:?say it}",
    "${UNSET?}",
    "${A#\\a}",
    "${A:#x}",
  ])("%s is refused", (word) => {
    expect(() => expand(word)).toThrow();
  });

  test("what is asked for decides whether a word is settled", () => {
    const lookup = (name: string) => (name === "TARGETARCH" ? unsettled : variables[name]);
    expect(expandWord("base:${VERSION}", "\\", lookup)).toBe("base:1.2.3");
    expect(expandWord("base-$TARGETARCH", "\\", lookup)).toBe(unsettled);
    expect(expandWord("${TARGETARCH:?needed}", "\\", lookup)).toBe(unsettled);
    expect(expandWord("'$TARGETARCH'", "\\", lookup)).toBe("$TARGETARCH");
  });

  test("words without anything special stay as they are", () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9:/.@_<> -]*$/), (word) => expand(word) === word));
  });

  test("a pattern that would keep a backtracking matcher busy for years is done at once", () => {
    const value = "a".repeat(5_000);
    const pattern = `${"*a".repeat(20)}b`;
    expect(expandWord(`\${V#${pattern}}`, "\\", () => value)).toBe(value);
  });

  test("a value that grows without end is refused", () => {
    expect(() => expandWord("$X$X", "\\", () => "x".repeat(40_000))).toThrow("65,536");
  });
});
