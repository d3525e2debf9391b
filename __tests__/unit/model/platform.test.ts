import { expect, test } from "@jest/globals";
import { platform, wantedPlatform } from "../../../src/model/platform.ts";

test.each([
  ["linux/amd64", "linux/amd64"],
  ["amd64", "linux/amd64"],
  [" Linux/AArch64 ", "linux/arm64"],
  ["linux/arm64/v8", "linux/arm64"],
  ["linux/arm", "linux/arm/v7"],
  ["armhf", "linux/arm/v7"],
  ["macos/arm64", "darwin/arm64"],
])("%s means %s", (text, normal) => {
  expect(platform(text)).toBe(normal);
});

test.each([
  ["an operating system alone, which says nothing of the processor", "linux"],
  ["another one", "Windows"],
  ["nothing", ""],
  ["too many parts", "linux/arm/v7/x"],
  ["an empty part", "linux/"],
  ["what no name holds", "linux/amd 64"],
])("%s isn't a valid platform", (_, text) => {
  expect(() => platform(text)).toThrow("isn't a valid platform");
});

test.each([
  ["linux/arm64/v8", "linux/arm64"],
  ["riscv64", "linux/riscv64"],
])("%s is a platform that one may want", (text, expected) => {
  expect(wantedPlatform(text)).toBe(expected);
});

test.each([
  ["linux/amd46", /"amd46".*nobody builds for/, /did you mean "amd64"/],
  ["foo", /"foo"/, /write one of/],
  ["linux", /isn't a valid platform/, /os\/architecture/],
])("%s is none that one may want", (text, message, hint) => {
  const thrown = () => wantedPlatform(text);
  expect(thrown).toThrow(message);
  expect(thrown).toThrow(expect.objectContaining({ hint: expect.stringMatching(hint) }));
});
