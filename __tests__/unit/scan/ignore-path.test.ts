/** What is shown of a place works in an ignore file. */
import { expect, test } from "@jest/globals";
import { ignorePath } from "../../../src/scan/ignore-path.ts";
import { secret, vulnerability } from "./findings.ts";

test.each([
  ["app/.env", "/app/.env"],
  ["/app/.env", "/app/.env"],
  ["app/ghp_….env", "/app/ghp_*.env"],
  ["pages/[id]/.env", "/pages/\\[id\\]/.env"],
  ["a b{c}*?\\.env", "/a b\\{c\\}\\*\\?\\\\.env"],
  ["(image configuration)", "(image configuration)"],
])("a secret in %s is at %s", (path, shown) => {
  expect(ignorePath(secret(path))).toBe(shown);
});

test.each([
  ["app/package-lock.json", "app/package-lock.json"],
  ["pages/[id]/package-lock.json", "pages/\\[id\\]/package-lock.json"],
  [undefined, undefined],
])("a package in %s is at %s", (path, shown) => {
  expect(ignorePath(vulnerability("CVE-2026-1", { path }))).toBe(shown);
});
