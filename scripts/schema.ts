/**
 * Writes the JSON Schema of the config file (docs/image-publish.schema.json) and the tables of docs/config.md, from the one
 * definition in src/config/config-schema.ts. `node scripts/schema.ts` writes them, a test compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  bumpSettings,
  type Form,
  imageSettings,
  matrixSettings,
  patternSettings,
  type Setting,
  sharedSettings,
  wholeSettings,
} from "../src/config/config-schema.ts";
import { replaced } from "./readme.ts";

const root = resolve(import.meta.dirname, "..");
export const schemaPath = resolve(root, "docs/image-publish.schema.json");
export const pagePath = resolve(root, "docs/config.md");

type Json = Readonly<Record<string, unknown>>;

const scalar = { type: ["string", "number", "boolean"] };
const list = { type: "array", items: scalar };
/** What a matrix fills in is checked afterwards. */
const filled = { type: "string", pattern: "\\{\\{\\s*matrix\\." };
const combination = { type: "object", additionalProperties: scalar };
const combinations = { type: "array", items: combination };
const map = { type: "object", additionalProperties: { type: ["string", "number", "boolean", "null"] } };

/** What an editor accepts for each form; the reader says more exactly what is wrong. */
const forms: Readonly<Record<Form, Json>> = {
  text: scalar,
  "placed-text": scalar,
  "text-or-flag": scalar,
  line: scalar,
  flag: { anyOf: [{ type: "boolean" }, filled] },
  path: { type: "string" },
  platforms: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
  names: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
  pairs: { anyOf: [map, list, { type: "string" }] },
  lines: { anyOf: [{ type: "string" }, list] },
  "lines-or-map": { anyOf: [{ type: "string" }, list, map] },
  cache: { anyOf: [{ enum: ["gha", "registry", "none"] }, filled] },
  gate: { anyOf: [{ enum: ["no-worse", "strict"] }, filled] },
  network: { anyOf: [{ enum: ["default", "none", "host"] }, filled] },
  merge: { enum: ["merge", "squash", "rebase", true, false] },
  words: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
  paths: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
  matrix: {
    type: "object",
    minProperties: 1,
    properties: { include: combinations, exclude: combinations },
    additionalProperties: { ...list, minItems: 1 },
  },
};

/** How a form is written, for people. */
const spelled: Readonly<Record<Form, string>> = {
  text: "text",
  "placed-text": "text",
  "text-or-flag": "text, `true` or `false`",
  line: "text",
  flag: "`true` or `false`",
  path: "path from the repository's root",
  platforms: "list",
  names: "list of names",
  pairs: "map, or lines `NAME=value`",
  lines: "lines or list",
  "lines-or-map": "lines `key=value`, or map",
  cache: "word",
  gate: "word",
  network: "word",
  merge: "word, `true` or `false`",
  words: "list of words",
  paths: "list of paths from the repository's root",
  matrix: "map of lists",
};

/** The schema as it should be published. */
export function configSchema(): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "image-publish.yml",
    description: "Images of a repository, and what image-publish does with them.",
    type: "object",
    additionalProperties: false,
    properties: {
      images: {
        description: "What differs from the convention, by the image's name.",
        type: "object",
        additionalProperties: { anyOf: [settings({ ...imageSettings, ...matrixSettings }), { type: "null" }] },
      },
      discover: {
        description: "Patterns that find images, in place of the convention.",
        type: "array",
        items: { ...settings(patternKeys), oneOf: [{ required: ["path"] }, { required: ["file"] }] },
      },
      defaults: {
        description: "What holds where neither an image nor an input says anything.",
        ...settings(sharedSettings),
      },
      bump: {
        description: "The pull requests that move pins.",
        ...settings(bumpSettings),
      },
      ...properties(wholeSettings),
    },
  };
}

const { dockerfile: _, ...ofFound } = imageSettings;
const patternKeys: Readonly<Record<string, Setting>> = { ...ofFound, ...patternSettings };

function settings(table: Readonly<Record<string, Setting>>): Json {
  return { type: "object", additionalProperties: false, properties: properties(table) };
}

function properties(table: Readonly<Record<string, Setting>>): Json {
  const found = Object.entries(table).map(([key, { form, means }]) => [key, { description: means, ...forms[form] }]);
  return Object.fromEntries(found);
}

/** The page's text with the tables as they should be. */
export function withSettings(page: string): string {
  const shared = Object.entries(sharedSettings);
  const own = Object.entries(imageSettings).filter(([key]) => !Object.hasOwn(sharedSettings, key));
  const whole = Object.entries(wholeSettings);
  const tables = {
    ...{ image: own, shared, bump: Object.entries(bumpSettings), whole },
    ...{ matrix: Object.entries(matrixSettings), pattern: Object.entries(patternSettings) },
  };
  return Object.entries(tables).reduce((text, [name, entries]) => replaced(text, name, table(entries)), page);
}

function table(entries: readonly (readonly [string, Setting])[]): string {
  const rows = entries.map(([key, { form, means }]) => `| \`${key}\` | ${spelled[form]} | ${means} |`);
  return ["| key | form | meaning |", "|---|---|---|", ...rows].join("\n");
}

if (import.meta.main) {
  writeFileSync(schemaPath, `${JSON.stringify(configSchema(), undefined, 2)}\n`);
  writeFileSync(pagePath, withSettings(readFileSync(pagePath, "utf8")));
}
