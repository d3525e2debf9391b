import { expect, test } from "@jest/globals";
import { isWorthLooking } from "../../../../src/oci/registry/look.ts";
import { RegistryError, type RegistryErrorCode } from "../../../../src/oci/registry/registry-error.ts";

test.each<[RegistryErrorCode, boolean]>([
  ["unauthorized", false],
  ["unnamed", false],
  ["tls", false],
  ["rate-limited", false],
  ["denied", true],
  ["refused", true],
  ["unavailable", true],
  ["unreachable", true],
  ["missing", true],
  ["invalid", true],
])("after %s it is worth to look: %s", (code, isWorth) => {
  expect(isWorthLooking(new RegistryError(code, "no", { hint: "" }))).toBe(isWorth);
});

test("a defect of ours is none to look after", () => {
  expect(isWorthLooking(new TypeError("no"))).toBe(false);
});
