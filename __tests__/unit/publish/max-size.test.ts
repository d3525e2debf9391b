import { describe, expect, test } from "@jest/globals";
import { platform } from "../../../src/model/platform.ts";
import { oversized, parseSize, tooLarge } from "../../../src/publish/max-size.ts";
import { digests } from "../buildx/planned.ts";

describe("a size", () => {
  test.each([
    ["500MB", 500_000_000],
    ["1.5GiB", 1_610_612_736],
    ["200 mb", 200_000_000],
    ["12kB", 12_000],
    ["300000", 300_000],
  ])("%s is %s bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(["", "0", "-1MB", "1,5GB", "500 megs", "MB", "1e9", "NaN"])('"%s" is none', (text) => {
    expect(() => parseSize(text)).toThrow(`"${text}" isn't a valid size`);
  });
});

describe("a candidate", () => {
  const of = (amd64: number, arm64: number) => [
    { platform: platform("linux/amd64"), digest: digests.a, size: amd64 },
    { platform: platform("linux/arm64"), digest: digests.b, size: arm64 },
  ];

  test("passes as long as each of its platforms does", () => {
    expect(oversized(of(200_000_000, 199_000_000), 200_000_000)).toEqual([]);
  });

  test("that is larger doesn't, and how much it grew is told for each platform", () => {
    const found = oversized(of(210_000_000, 260_000_000), 200_000_000, of(190_000_000, 270_000_000));
    expect(found.map(({ platform: each, growth }) => [each, growth])).toEqual([
      ["linux/arm64", -10_000_000],
      ["linux/amd64", 20_000_000],
    ]);
    expect(tooLarge("app", 200_000_000, found).message).toBe(
      "app is larger than `max-size` (200.0 MB): linux/arm64 260.0 MB, 60.0 MB too much, -10.0 MB to what is published; linux/amd64 210.0 MB, 10.0 MB too much, +20.0 MB to what is published",
    );
  });

  test("of which nothing is published has no growth", () => {
    const found = oversized(of(1, 5_250_000), 5_000_000);
    expect(tooLarge("app", 5_000_000, found).message).toBe(
      "app is larger than `max-size` (5.0 MB): linux/arm64 5.3 MB, 250.0 kB too much",
    );
  });
});
