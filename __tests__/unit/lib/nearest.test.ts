import { expect, test } from "@jest/globals";
import { nearest } from "../../../src/lib/nearest.ts";

const known = ["agent", "base", "nodejs", "platforms"];

test.each([
  ["agnet", "agent"],
  ["bsae", "base"],
  ["Base", "base"],
  ["nodej", "nodejs"],
  ["plattform", "platforms"],
  ["web", undefined],
  ["", undefined],
])("%s is most like %s", (given, expected) => {
  expect(nearest(given, known)).toBe(expected);
});
