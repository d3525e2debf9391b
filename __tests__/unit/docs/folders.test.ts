/** The folders of src/: each has a README and few files, and docs/architecture.md lists what the import rules enforce. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

interface ImportRules {
  readonly everybody: readonly string[];
  readonly folders: Readonly<Record<string, readonly string[]>>;
  readonly exceptions: Readonly<Record<string, readonly string[]>>;
}

const root = join(import.meta.dirname, "../../..");
const rulesFile = join(root, ".dependency-cruiser.mjs");
const { everybody, folders, exceptions }: ImportRules = await import(rulesFile);

const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true }).filter(
  (entry) => entry.isFile() && entry.name.endsWith(".ts"),
);
const withSources = [...new Set(sources.map(({ parentPath }) => parentPath))].sort();

describe.each(withSources.map((path) => ({ path, folder: path.slice(root.length + 1) })))("$folder", ({ path }) => {
  test("has a README of three to ten lines", () => {
    const [title, ...rest] = readFileSync(join(path, "README.md"), "utf8").trimEnd().split("\n");
    expect(title).toMatch(/^# \w/);
    expect(rest.length).toBeGreaterThanOrEqual(2);
    expect(rest.length).toBeLessThan(10);
  });

  test("has at most fifteen files", () => {
    expect(sources.filter(({ parentPath }) => parentPath === path).length).toBeLessThanOrEqual(15);
  });
});

test("at most seven single files import what their folder may not", () => {
  expect(Object.keys(exceptions).length).toBeLessThanOrEqual(7);
});

describe("docs/architecture.md", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([\w/]+)\/` \| .* \|(.*)\|$/gm)].map(([, folder = "", imports = ""]) => ({
    folder,
    imports: imports.trim(),
  }));
  const namesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([\w/]+)`/g)].map(([, name = ""]) => name);

  test("lists the folders in the order of the import rules", () => {
    expect(rows.map(({ folder }) => folder)).toEqual(Object.keys(folders));
  });

  test.each(rows)("says what $folder may import", ({ folder, imports }) => {
    const order = Object.keys(folders);
    const above = order.slice(0, order.indexOf(folder)).filter((each) => !everybody.includes(each));
    const said = imports.startsWith("every folder above")
      ? above.filter((each) => !namesIn(imports).includes(each))
      : namesIn(imports);
    expect([...said].sort()).toEqual([...new Set(folders[folder])].sort());
  });

  test("names no file or folder that isn't there", () => {
    const files = sources.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
    const named = [...page.matchAll(/`([\w/-]+(?:\.ts|\/))`/g)].map(([, name = ""]) => name);
    const missing = named.filter((name) => !files.some((file) => `/${file}`.includes(`/${name}`)));
    expect(missing.filter((name) => !/^(dist|rig|docs|__tests__|bench|scripts|src)\b/.test(name))).toEqual([]);
  });
});
