/** GitHub's packages are imported by their entries, but for what docs/architecture.md names; who moves these sees it here. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../../../..");

/** What is imported of a package by a path inside it, and what of it is used. */
const inside: Readonly<Record<string, readonly string[]>> = {
  "@actions/core/lib/command.js": ["issueCommand"],
  "@actions/core/lib/file-command.js": ["issueFileCommand", "prepareKeyValueMessage"],
  "@actions/cache/lib/internal/config.js": [
    ...["getCacheServiceVersion", "getCacheMode", "isCacheReadable", "isCacheWritable"],
  ],
  "@actions/cache/lib/internal/cacheHttpClient.js": ["getCacheEntry", "reserveCache", "saveCache"],
  "@actions/cache/lib/internal/cacheUtils.js": ["getCacheVersion"],
  "@actions/cache/lib/internal/shared/cacheTwirpClient.js": ["internalCacheTwirpClient"],
};

test.each(Object.entries(inside))("%s is where it was", async (path, names) => {
  const module: object = await import(join(root, "node_modules", path));
  for (const name of names) expect(module).toHaveProperty(name, expect.any(Function));
});

test("nothing else is imported by a path inside a package, and these only by adapters, named in the docs", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((each) =>
    /\.ts$/.test(each),
  );
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, "src", file), "utf8");
    return [...text.matchAll(/node_modules\/(@[^"]+)"/g)].map(([, path = ""]) => ({ file, path }));
  });
  expect(new Set(found.map(({ path }) => path))).toEqual(new Set(Object.keys(inside)));
  expect(found.filter(({ file }) => !file.startsWith("adapters/toolkit/"))).toEqual([]);
  const docs = readFileSync(join(root, "docs/architecture.md"), "utf8");
  for (const path of Object.keys(inside)) expect(docs).toContain(path.replace(/.*\/lib\//, "lib/"));
});
