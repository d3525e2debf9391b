import { expect, test } from "@jest/globals";
import { isWorthChecking } from "../../../../src/oci/registry/check-before-failing.ts";
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
])("after %s it is worth a check: %s", (code, isWorth) => {
  expect(isWorthChecking(new RegistryError(code, "no", { hint: "" }))).toBe(isWorth);
});

test("a defect of ours is no reason to check", () => {
  expect(isWorthChecking(new TypeError("no"))).toBe(false);
});
