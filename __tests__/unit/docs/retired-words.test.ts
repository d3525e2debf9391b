import { describe, expect, test } from "@jest/globals";
import { textsOfCode, withoutCode } from "../../../scripts/words/texts.ts";
import { retiredWordsIn } from "../../../scripts/words.ts";

describe("which texts are searched for retired words", () => {
  test("strings, templates and comments of code, and no names in it", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
    const code = '/** A gate. */\nconst mend = `tell ${mend} said`; // told\nuse("hang", mend);\n';
    expect(textsOfCode("a.ts", code).map(({ line, text }) => [line, text.trim()])).toEqual([
      [1, "/** A gate. */"],
      [2, "// told"],
      [2, "tell"],
      [2, "said"],
      [3, "hang"],
    ]);
  });

  test("nothing in code spans, blocks of code and addresses", () => {
    const page = "A `gate` is [told](mend.md).\n```sh\nmend\n```\nhttps://example.com/mend\nIt mends.";
    expect(withoutCode(page).replace(/ +/g, " ")).toBe("A is [told] .\n \n \n \n \nIt mends.");
  });

  test("what is found is shown with its place and the word to write", () => {
    const found = retiredWordsIn([
      { file: "a.ts", line: 3, text: "mend the line" },
      { file: "a.ts", line: 4, text: "nothing-to-mend" },
    ]);
    expect(found).toEqual(['a.ts:3: "mend" (fix): mend the line']);
  });
});
