import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { configSchema, pagePath, schemaPath, withSettings } from "../../../scripts/schema.ts";
import { readConfig } from "../../../src/config/config.ts";

const page = readFileSync(pagePath, "utf8");

test("the published schema is that of the code: node scripts/schema.ts writes it", () => {
  expect(readFileSync(schemaPath, "utf8")).toBe(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
});

test("so are the page's tables", () => {
  expect(page).toBe(withSettings(page));
});

describe("the page's example", () => {
  const [, example = ""] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];

  test("is read without a problem", async () => {
    const { config, problems } = await readConfig(example, ".github/image-publish.yml");
    expect(problems).toEqual([]);
    expect(config.images.map(({ name }) => name)).toEqual(["builder", "tools"]);
  });

  test("tells editors where the schema is", () => {
    expect(example).toMatch(/^# yaml-language-server: \$schema=https:\S+\/docs\/image-publish\.schema\.json\n/);
  });
});
