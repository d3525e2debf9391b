import { describe, expect, test } from "@jest/globals";
import { exportsOf, sharedNames } from "../../../scripts/names.ts";
import { identifiersOfCode } from "../../../scripts/words/identifiers.ts";
import { textsOfCode, withoutCode } from "../../../scripts/words/texts.ts";
import { retiredNamesIn, retiredWordsIn } from "../../../scripts/words.ts";

describe("which texts are searched for retired words", () => {
  test.each([
    { where: "a string", code: 'use("hang", mend);', texts: ["hang"] },
    { where: "a comment", code: "/** A gate. */\nconst mend = 1; // told", texts: ["/** A gate. */", "// told"] },
    {
      where: "a comment on a part of a type",
      code: "type A =\n  /** A gate. */\n  | B\n  // told\n  | C;",
      texts: ["/** A gate. */", "// told"],
    },
    {
      where: "a comment in an expression",
      code: "f(\n  // told\n  a,\n  b /* mend */ + c,\n);",
      texts: ["// told", "/* mend */"],
    },
    { where: "a comment before what ends a list", code: "f([\n  a,\n  // told\n]);", texts: ["// told"] },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
    { where: "a template, whose values are words", code: "const a = `is no ${what}, ${mend}`;", texts: ["is no X, X"] },
    {
      where: "a template in a template",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
      code: "const a = `is ${b ? `told ${c}` : 'mend'}`;",
      texts: ["is X", "told X", "mend"],
    },
    { where: "no path of an import", code: 'import { a } from "./gate.ts";', texts: [] },
  ])("$where", ({ code, texts }) => {
    expect(textsOfCode("a.ts", code).map(({ text }) => text.trim())).toEqual(texts);
  });

  test("each line has its number", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
    const code = "/**\n * A gate.\n */\nconst a = `one\n${b}\ntold`;";
    const found = textsOfCode("a.ts", code).map(({ line, text }) => [line, text.trim()]);
    expect(found).toContainEqual([2, "* A gate."]);
    expect(found).toContainEqual([6, "told"]);
  });

  test("nothing in code spans, blocks of code and addresses", () => {
    const page = "A `gate` is [told](mend.md).\n```sh\nmend\n```\nhttps://example.com/mend\nIt mends.";
    expect(withoutCode(page).replace(/ +/g, " ")).toBe("A X is [told] .\n \n \n \nX\nIt mends.");
  });

  test("what is found is shown with its place and the word to write", () => {
    const found = retiredWordsIn([
      { file: "a.ts", line: 3, text: "mend the line" },
      { file: "a.ts", line: 4, text: "nothing-to-mend" },
    ]);
    expect(found).toEqual(['a.ts:3: "mend" (fix): mend the line']);
  });

  test("names of code are searched by their words, and public ones are not", () => {
    const code =
      "interface Holder { isTold: boolean; counting: number }\nfunction tellAll(mended: A, { said: b }: C) {\n  return d.told;\n}";
    const names = identifiersOfCode("a.ts", code);
    expect(retiredNamesIn(names).map((line) => line.replace(/ \(.*/, ""))).toEqual([
      "a.ts:1: the name Holder",
      "a.ts:1: the name isTold",
      "a.ts:2: the name tellAll",
    ]);
  });
});

describe("which names are given twice", () => {
  const files = [
    { file: "a/one.ts", content: "export type A = 1; export const b = 1; const c = 1; export interface E { b: 1 }" },
    {
      file: "b/two.ts",
      content:
        'import { b } from "./one.ts"; export { b }; export { A } from "./one.ts"; export const c = 2; export const E = 1;',
    },
    { file: "b/three.ts", content: "const f = 1; export { f }; export function c(): void; export function c() {}" },
  ];

  test("exported things, of which what is passed on is none", () => {
    const places = files.flatMap(({ file, content }) => exportsOf(file, content));
    expect(sharedNames(places)).toEqual(["E: a/one.ts:1, b/two.ts:1", "c: b/two.ts:1, b/three.ts:1"]);
  });

  test("a type and a value of one file that share a name are one thing", () => {
    expect(sharedNames(exportsOf("a.ts", "export type A = 1; export const A = 1;"))).toEqual([]);
  });
});
