import { expect, test } from "@jest/globals";
import { didYouMean } from "../../../src/lib/did-you-mean.ts";

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
  expect(didYouMean(given, known)).toBe(expected);
});
