import { expect, test } from "@jest/globals";
import { renderDiff } from "../../../../src/report/log/diff.ts";

const diff = (before: string, after: string, path = "a.yaml"): string =>
  renderDiff({ path, before: new TextEncoder().encode(before), after: new TextEncoder().encode(after) });
const lines = (count: number, changed: readonly number[] = []): string =>
  Array.from({ length: count }, (_, index) => `${changed.includes(index + 1) ? "new" : "old"} ${index + 1}\n`).join("");

test("a change stands between three lines before and after it", () => {
  expect(diff(lines(9), lines(9, [5]))).toBe(
    "--- a/a.yaml\n+++ b/a.yaml\n@@ -2,7 +2,7 @@\n old 2\n old 3\n old 4\n-old 5\n+new 5\n old 6\n old 7\n old 8",
  );
});

test("changes that are near share their lines, others do not", () => {
  const hunks = (changed: readonly number[]) => diff(lines(40), lines(40, changed)).match(/^@@.*$/gm);
  expect(hunks([5, 12])).toEqual(["@@ -2,14 +2,14 @@"]);
  expect(hunks([5, 13])).toEqual(["@@ -2,7 +2,7 @@", "@@ -10,7 +10,7 @@"]);
  expect(hunks([1, 40])).toEqual(["@@ -1,4 +1,4 @@", "@@ -37,4 +37,4 @@"]);
});

test("lines that follow one another change in one go", () => {
  expect(diff("a\nb\n", "c\nd\n").split("\n").slice(3)).toEqual(["-a", "-b", "+c", "+d"]);
});

test("a missing end of line is told, Windows' ends are not", () => {
  expect(diff("a\r\nb", "a\r\nc").split("\n").slice(3)).toEqual([
    " a",
    "-b",
    "\\ No newline at end of file",
    "+c",
    "\\ No newline at end of file",
  ]);
});

test("nothing changed, nothing said", () => {
  expect(diff("a\n", "a\n")).toBe("");
});

test("text of others obeys nobody", () => {
  const hostile = "\u001b[2J::error::x ##[group]\u202e";
  const text = diff(`${hostile}\n::warning::y\n1\n`, `${hostile}\n::warning::y\n2\n`, "a\u001b\nb");
  expect(text).not.toMatch(/##\[|^\s*::/m);
  expect(text.split("\n").slice(0, 5)).toEqual([
    "--- a/a\\x1b\\x0ab",
    "+++ b/a\\x1b\\x0ab",
    "@@ -1,3 +1,3 @@",
    " \\x1b[2J::error::x ##\u200b[group]\\u202e",
    " :\u200b:warning::y",
  ]);
});

test("lines around a change are shown up to 500 characters, the change as a whole", () => {
  const long = "x".repeat(600);
  expect(diff(`${long}\n${long}1\n`, `${long}\n${long}2\n`).split("\n").slice(3)).toEqual([
    ` ${"x".repeat(499)}…`,
    `-${long}1`,
    `+${long}2`,
  ]);
});

test("removed and added lines have their colours", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const text = renderDiff({ path: "a", before: encode("1\n"), after: encode("2\n") }, { colour: true });
  expect(text).toContain("\u001b[31m-1\u001b[39m\n\u001b[32m+2\u001b[39m");
});
