import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { code, codeBlock, markdown, mermaidLabel, prose, sentence } from "../../../src/lib/markdown.ts";
import { inertLine, plainLine, plainLines } from "../../../src/lib/plain-text.ts";
import { anyText } from "../any-text.ts";

/** Text made of what breaks things, and of anything else. */
const hostileText = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ..."|`\\<>&@#[]()!*_~$:/.-+= \n\r\t1a",
        ..."\u0000\u0007\u001b\u007f\u0085\u2028\u202e\ud800é漢",
        "<script>",
        "</code>",
        "https://",
        "www.",
        "@octocat",
        "&lt;",
        "\\|",
        "```",
        "\u001b[31m",
        "::error::",
        "##[",
      ),
      { maxLength: 24 },
    )
    .map((parts) => parts.join("")),
  anyText({ maxLength: 40 }),
);
const controls = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

describe("running text in Markdown", () => {
  test.each([
    ["plain words stay as they are", "base changed, 3 files (of 12)", "base changed, 3 files (of 12)"],
    ["a cell's border is a character", "a|b", "a&#124;b"],
    ["an element is text", "<img src=x>", "&#60;img src=x&#62;"],
    ["nobody is mentioned", "by @octocat", "by @\u200boctocat"],
    ["no issue is linked", "see #12", "see #\u200b12"],
    ["a link is no link", "[x](https://evil.example)", "&#91;x&#93;(https&#58;//evil.example)"],
    ["an address does not become a link", "www.evil.example", "www&#46;evil.example"],
    ["an entity is shown as it was written", "&lt;", "&#38;lt;"],
    ["lines become one", "a\r\nb\nc", "a b c"],
    ["no heading begins", "# title", "&#35; title"],
    ["no list begins", "12. item", "&#49;&#50;. item"],
    ["not even when a full stop follows", "12", "&#49;&#50;"],
    ["colours are dropped, other control characters shown", "\u001b[31mred\u001b[0m bell \u0007", "red bell &#92;x07"],
    ["text cannot be turned around", "\u202egnp.exe", "&#92;u202egnp.exe"],
  ])("%s", (_, given, expected) => {
    expect(markdown(given)).toBe(expected);
  });

  test("whatever goes in, no row breaks, nothing becomes an element, a link or a mention", () => {
    fc.assert(
      fc.property(hostileText, (given) => {
        const out = markdown(given);
        expect(out).not.toMatch(/[|`<>[\]*_\\$"~]/);
        expect(out).not.toMatch(controls);
        expect(out).not.toMatch(/@[^\u200b]|:\/\/|www\./i);
        expect(out).not.toMatch(/^(?:[#+=-]|\d+(?:[.)]|$))/);
        expect(out.replaceAll(/&#\d+;/g, "")).not.toContain("&");
      }),
    );
  });

  test("what stands between backticks in a message is set as code, and is as harmless", () => {
    expect(prose("add `packages: write` to the job")).toBe("add `packages: write` to the job");
    expect(prose("lone ` backtick")).toBe("lone &#96; backtick");
    fc.assert(
      fc.property(hostileText, (given) => {
        const outside = prose(given)
          .replaceAll(/`[^`]+`/g, "")
          .replaceAll(/<\/?code>/g, "");
        expect(outside).not.toMatch(/[|`<>[\]\\]/);
      }),
    );
  });
});

describe("names set as code", () => {
  test.each([
    ["a path is a code span", "images/base/Dockerfile:12", "`images/base/Dockerfile:12`"],
    ["inside a code span nothing is markup", "<b>@x [y](z)", "`<b>@x [y](z)`"],
    ["a cell's border needs an element", "a|b", "<code>a&#124;b</code>"],
    ["so does a backtick", "a`b", "<code>a&#96;b</code>"],
    ["so does a backslash, which tables take for an escape", "a\\|b", "<code>a&#92;&#124;b</code>"],
    ["nothing is nothing", "", "<code></code>"],
  ])("%s", (_, given, expected) => {
    expect(code(given)).toBe(expected);
  });

  test("whatever goes in, it is one code span or one element, in one cell of one row", () => {
    fc.assert(
      fc.property(hostileText, (given) => {
        const out = code(given);
        expect(out).toMatch(/^(?:`[^`|\\]+`|<code>[^`|<>\\]*<\/code>)$/);
        expect(out).not.toMatch(controls);
      }),
    );
  });
});

describe("blocks of code", () => {
  test("a fence that the text cannot close", () => {
    expect(codeBlock(["a", "````", "b"], "text")).toBe("`````text\na\n````\nb\n`````");
    fc.assert(
      fc.property(fc.array(hostileText), (given) => {
        const block = codeBlock(given.flatMap((each) => plainLines(each))).split("\n");
        const fence = block[0] ?? "";
        expect(block.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
        expect(block.at(-1)).toBe(fence);
      }),
    );
  });

  test("of a progress bar the last state is kept", () => {
    expect(plainLines("10%\r50%\r100%\r\ndone\r\n\tindented")).toEqual(["100%", "done", "    indented"]);
  });
});

describe("lines of a log", () => {
  test.each([
    ["::error::x", ":\u200b:error::x"],
    ["  ::add-mask::x", "  :\u200b:add-mask::x"],
    ["a ##[command]x", "a ##\u200b[command]x"],
    ["std::string", "std::string"],
  ])("%s is no command to a runner", (given, expected) => {
    expect(inertLine(given)).toBe(expected);
  });

  test("whatever goes in, a terminal gets one line without control characters, and twice changes nothing", () => {
    fc.assert(
      fc.property(hostileText, (given) => {
        const out = plainLine(given);
        expect(out).not.toMatch(controls);
        expect(out.isWellFormed()).toBe(true);
        expect(plainLine(out)).toBe(out);
      }),
    );
  });
});

test("whatever goes in, a Mermaid label holds no quote, no bracket and no markup", () => {
  expect(mermaidLabel('a"b<c>;`')).toBe("a#34;b#60;c#62;#59;#96;");
  fc.assert(
    fc.property(hostileText, (given) => {
      expect(mermaidLabel(given).replaceAll(/#\d+;/g, "")).toMatch(/^[\p{L}\p{N} ._/-]*$/u);
    }),
  );
});

test.each([
  ["mend it", "mend it."],
  ["Really? ", "Really?"],
  ["done.", "done."],
])("%j ends as a sentence", (given, expected) => {
  expect(sentence(given)).toBe(expected);
});
