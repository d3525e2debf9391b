/** Every line of the threat model names a test that is there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/threat-model.md"), "utf8");

/** Rows of the tables whose last column is a test. */
const rows = page
  .split(/^## /m)
  .filter((section) => section.includes("| test |"))
  .flatMap((section) => section.split("\n").filter((line) => line.startsWith("| ")))
  .filter((line) => !line.startsWith("| who may write what"));

test("the threat model has rows", () => {
  expect(rows.length).toBeGreaterThan(40);
});

describe.each(rows.map((row) => ({ who: row.slice(2, 90), cell: row.split(" | ").at(-1) ?? "" })))(
  "$who",
  ({ cell }) => {
    const named = [...cell.matchAll(/`([\w/.-]+\.ts)`: "([^"]+)"/g)].map(([, file = "", title = ""]) => ({
      file,
      title,
    }));

    test("names a test", () => {
      expect(named.length).toBeGreaterThan(0);
    });

    test.each(named)("$file has $title", ({ file, title }) => {
      const path = join(root, "__tests__", file);
      expect(existsSync(path)).toBe(true);
      // Titles of tables stand in the code with their placeholders.
      expect(readFileSync(path, "utf8")).toContain(title);
    });
  },
);
