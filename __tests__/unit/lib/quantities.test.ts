import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { count, formatDuration, formatSize } from "../../../src/lib/quantities.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [12_345_678, "12.3 MB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [2_500_000_000, "2.5 GB"],
])("%d bytes are %s", (bytes, expected) => {
  expect(formatSize(bytes)).toBe(expected);
});

test.each([
  [0, "0.0 s"],
  [3.44, "3.4 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.7, "1 min"],
  [72, "1 min 12 s"],
  [3599.6, "1 h"],
  [3900, "1 h 5 min"],
  [7199, "2 h"],
])("%d seconds are %s", (seconds, expected) => {
  expect(formatDuration(seconds)).toBe(expected);
});

test("no unit ever shows more than it has", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
      expect(formatDuration(seconds)).not.toMatch(/\b(?:[6-9]\d|\d{3,}) (?:s|min)\b/);
      expect(formatSize(seconds * 1e6)).not.toMatch(/\d{4}/);
    }),
  );
});

test("one image, two images", () => {
  expect([count(1, "image"), count(2, "image")]).toEqual(["1 image", "2 images"]);
});
