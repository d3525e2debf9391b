import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readAction, withTables } from "../../../scripts/readme.ts";

test("the README's tables are those of action.yml", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
  expect(withTables(readme, readAction())).toBe(readme);
});
