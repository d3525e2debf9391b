import { expect, test } from "@jest/globals";
import { type ListOptions, someOf } from "../../../../src/lib/text/some-of.ts";

test.each<{ readonly all: readonly string[]; readonly options?: ListOptions<string>; readonly text: string }>([
  { all: [], text: "" },
  { all: ["a"], options: { last: "and" }, text: "a" },
  { all: ["a", "b"], text: "a, b" },
  { all: ["a", "b"], options: { last: "and" }, text: "a and b" },
  { all: ["a", "b", "c"], options: { last: "or" }, text: "a, b or c" },
  { all: ["a", "b", "c"], options: { most: 2, last: "or" }, text: "a, b or c" },
  { all: ["a", "b", "c", "d"], options: { most: 2 }, text: "a, b and 2 more" },
  { all: ["a", "b", "c", "d"], options: { most: 2, last: "or" }, text: "a, b and 2 more" },
  { all: ["a", "b"], options: { write: (each) => `"${each}"` }, text: '"a", "b"' },
])("$all with $options: $text", ({ all, options, text }) => {
  expect(someOf(all, options)).toBe(text);
});
