import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ignoresNothing, readIgnore } from "../../../../src/changes/ignore/ignore.ts";

function ignored(file: string, paths: readonly string[]): readonly string[] {
  const ignore = readIgnore(Buffer.from(file));
  return paths.filter((path) => ignore.ignores(path));
}

describe("patterns (each answer is moby's own)", () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    [
      "a name is at the root alone",
      "node_modules",
      ["node_modules", "node_modules/a/b"],
      ["x/node_modules", "node_modules2"],
    ],
    ["a slash before or after means nothing", "/docs/", ["docs", "docs/a"], ["x/docs"]],
    ["dots in a path are resolved", "./a/../b", ["b"], ["a"]],
    ["a star stays within a name", "*.md", ["a.md", "a.md/b"], ["x/a.md", "amd"]],
    ["a star for the middle of a path", "*/tmp", ["x/tmp", "x/tmp/y"], ["tmp", "x/y/tmp"]],
    ["two stars cross directories", "**/tmp", ["tmp", "x/tmp", "x/y/tmp/z"], ["tmpx"]],
    ["two stars and more of a name", "**.md", ["a.md", "x/y/a.md"], ["a.mdx"]],
    ["two stars at the end", "docs/**", ["docs/a", "docs/a/b"], ["docs"]],
    ["two stars between", "a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["a/bz", "z"]],
    ["two stars alone are everything", "**", ["a", "a/b", ".git"], []],
    ["a question mark is one character", "a?", ["ab", "aé"], ["a", "abc", "a/"]],
    ["a class", "v[0-9]", ["v1"], ["v", "vx", "v12"]],
    ["a class, negated, takes a slash too", "a[^b]c", ["axc", "a/c"], ["abc"]],
    ["an escaped star is a star", "a\\*", ["a*"], ["ab"]],
    ["plus, parentheses, dollar and dot are themselves", "a+(b)$.c", ["a+(b)$.c"], ["aa+b$.c", "a+(b)$xc"]],
    ["and beside a star, too", "*+(b).c", ["a+(b).c"], ["ab.c"]],
    ["spaces around are dropped, spaces within are not", "  a b  ", ["a b"], ["a", "b"]],
    ["carriage returns are dropped", "a\r\nb\r\n", ["a", "b"], []],
    ["a byte order mark is dropped", "\ufeffa", ["a"], []],
    ["a comment begins the line", "#a\n #b", ["#b"], ["#a", "a"]],
    ["case counts", "readme", ["readme"], ["README"]],
    ["an exception lets in again", "*\n!a", ["b"], ["a", "a/x"]],
    ["an exception below what is ignored", "docs\n!docs/keep.md", ["docs", "docs/a"], ["docs/keep.md"]],
    ["the last that matches wins", "docs\n!docs/*.md\ndocs/secret.md", ["docs/secret.md"], ["docs/a.md"]],
    ["an exception with slash and space", "docs\n! /docs/a", ["docs/b"], ["docs/a"]],
    ["an exception for a file is none for those of its name below", "**\n!a.md", ["x/a.md"], ["a.md"]],
    ["an exception by suffix", "**\n!**/*.md", ["a", "x/a"], ["a.md", "x/y/a.md"]],
    ["an exception that came before is none", "!a\na", ["a"], []],
    ["an exception and the same pattern again", "a\n!a\na", ["a", "a/x", "a/x/y"], ["ab"]],
    ["an exception twice, and the pattern between", "a\n!a\na\n!a", [], ["a", "a/x"]],
    [
      "an exception below stays where the folder's pattern comes again, which was not asked for the folder",
      "docs\n!docs/a\ndocs",
      ["docs", "docs/b"],
      ["docs/a", "docs/a/x"],
    ],
    ["a path and its exception, and the path again", "a/b\n!a/b\na/b", ["a/b", "a/b/c"], ["a"]],
    ["a folder that is let in, and a path of it", "docs\n!docs\ndocs/a", ["docs/a"], ["docs", "docs/b"]],
    ["an exception below, and its path again", "docs\n!docs/a\ndocs/a", ["docs/a", "docs/a/x", "docs/b"], []],
    ["an exception by suffix, and the pattern again", "*.md\n!*.md\n*.md", ["a.md", "a.md/x"], ["x/a.md"]],
    [
      "what a directory's pattern did not match is asked again below",
      "x\n!x/y\nx/y/z",
      ["x/a", "x/y/z"],
      ["x/y", "x/y/a"],
    ],
  ])("%s", (_, file, yes, no) => {
    expect(ignored(file, [...yes, ...no])).toEqual(yes);
  });

  test("bytes that are no text", () => {
    const ignore = readIgnore(Buffer.from([0x61, 0xff, 0x2a]));
    expect(ignore.ignores("a\udcffb")).toBe(true);
    expect(ignore.ignores("a\udcfeb")).toBe(false);
  });
});

describe("in doubt nothing is ignored", () => {
  test.each([
    ["an open bracket", "*\n[a"],
    ["an empty bracket", "*\n[]"],
    ["a range without end", "*\n[a-]"],
    ["a backslash at the end", "*\na\\"],
    ["an exception of nothing", "*\n!"],
    ["an escape that Go refuses", "*\n*\\é"],
    ["a range from high to low", "*\n[b-a]"],
    ["a counted repetition", "*\n*a{2}"],
    ["a class by name", "*\n[[:alpha:]]"],
    ["no patterns", "# nothing\n\n"],
  ])("%s", (_, file) => {
    expect(readIgnore(Buffer.from(file))).toBe(ignoresNothing);
  });

  test("any bytes are read, and any path answered", () => {
    const piece = fc.constantFrom(
      "*",
      "**",
      "?",
      "[",
      "]",
      "^",
      "-",
      "\\",
      "!",
      "/",
      "a",
      ".",
      "{1}",
      "|",
      "é",
      "\n",
      "#",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(piece, { minLength: 1, maxLength: 8 }), (file, path) => {
        expect(typeof readIgnore(Buffer.from(file.join(""))).ignores(path.join(""))).toBe("boolean");
      }),
    );
  });

  test.each([
    ["stars between the same letter", `${"*a".repeat(30)}b`, "a".repeat(3000)],
    ["directories of the same name", `${"**/a/".repeat(30)}b/*c`, "a/".repeat(500)],
    ["ways of which some match", `${"*a*|".repeat(20)}b`, "a/".repeat(500)],
  ])("an expression and a path that somebody made for one another take no time: %s", (_, pattern, path) => {
    expect(readIgnore(Buffer.from(pattern)).ignores(`x/${path}c`)).toBe(pattern.includes("|"));
  });

  test("a pattern that is longer than two paths may be ignores nothing", () => {
    expect(readIgnore(Buffer.from(`*\n${"?".repeat(20_000)}`))).toBe(ignoresNothing);
  });

  test("many stars in a row take no time", () => {
    const ignore = readIgnore(Buffer.from(`${"**/".repeat(30)}a*${"*".repeat(30)}b`));
    expect(ignore.ignores(`${"x/".repeat(200)}c`)).toBe(false);
  });
});
