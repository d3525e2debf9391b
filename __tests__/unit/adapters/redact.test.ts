import { expect, test } from "@jest/globals";
import { redact } from "../../../src/adapters/redact.ts";

test.each<[string, string, readonly string[], string]>([
  ["every place of every secret", "a s3cret and s3cret, t0ken", ["s3cret", "t0ken"], "a *** and ***, ***"],
  ["the longer of two that begin alike", "abcdef", ["abc", "abcdef"], "***"],
  ["nothing for an empty one, or one too short to be any", "a b", ["", "a"], "a b"],
  ["a secret that looks like a pattern", "x$&y", ["$&y"], "x***"],
])("hides %s", (_, text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});
