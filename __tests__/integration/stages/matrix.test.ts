/** Plans of a matrix, with real git: images, tags, what a change affects, `only`, git tags, an untrusted checkout's base. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop, type Said } from "./laptop.ts";

const config = `
images:
  php:
    matrix:
      version: ["8.3", "8.4"]
      variant: [cli, fpm]
      exclude: [{ version: "8.3", variant: fpm }]
      include: [{ version: "8.4", variant: fpm, newest: "true" }]
    build-args: { PHP_VERSION: "{{matrix.version}}" }
    target: "{{matrix.variant}}"
    tags: |
      type=raw,value={{matrix.version}}-{{matrix.variant}},enable={{is_default_branch}}
      type=raw,value=newest,enable={{matrix.newest}}
      type=semver,pattern={{version}}
`;

/** Tags of what is built. */
async function built(laptop: Laptop, said: Said = {}): Promise<Readonly<Record<string, string>>> {
  const { images } = (await laptop.plan(said)).json as Plan;
  return Object.fromEntries(
    images.flatMap((each) => (each.kind === "build" ? [[each.name, each.tags.map(({ tag }) => tag).join(" ")]] : [])),
  );
}

describe("a matrix", () => {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = makeLaptop({
      "images/php/Dockerfile": "ARG PHP_VERSION\nFROM php:$PHP_VERSION AS cli\nFROM cli AS fpm\nCOPY fpm.conf /\n",
      "images/php/fpm.conf": "1",
      "images/web/Dockerfile": "FROM ghcr.io/o/r/php-8.4-fpm\n",
      "images/php-tools/Dockerfile": "FROM alpine\n",
      ".github/image-publish.yml": config,
    });
  });
  afterAll(() => laptop.remove());
  const all = { event: "workflow_dispatch" };

  test("makes an image of each combination, and of the directory itself none", async () => {
    const { images } = (await laptop.plan(all)).json as Plan;
    const builds = images.flatMap((each) => (each.kind === "build" ? [each] : []));
    const php = builds.filter(({ dockerfile }) => dockerfile === "images/php/Dockerfile");
    expect(
      php.map(({ name, args, target, repositories }) => [name, args?.PHP_VERSION, target, ...repositories]),
    ).toEqual([
      ["php-8.3-cli", "8.3", "cli", "ghcr.io/o/r/php-8.3-cli"],
      ["php-8.4-cli", "8.4", "cli", "ghcr.io/o/r/php-8.4-cli"],
      ["php-8.4-fpm", "8.4", "fpm", "ghcr.io/o/r/php-8.4-fpm"],
    ]);
    expect(builds.map(({ name, parents }) => [name, parents.map((each) => each.name)])).toContainEqual([
      "web",
      ["php-8.4-fpm"],
    ]);
    expect(builds).toHaveLength(5);
  });

  test.each([
    { only: "php", expected: ["php-8.3-cli", "php-8.4-cli", "php-8.4-fpm"] },
    { only: "php-8.3-cli", expected: ["php-8.3-cli"] },
    { only: "!php", expected: ["php-tools", "web"] },
    { only: "php-*, !php-8.3-cli", expected: ["php-8.4-cli", "php-8.4-fpm", "php-tools"] },
  ])("only: $only", async ({ only, expected }) => {
    expect(Object.keys(await built(laptop, { ...all, inputs: { only } })).sort()).toEqual(expected);
  });

  test.each([
    {
      ref: "php-v1.2.3",
      expected: { "php-8.3-cli": "1.2.3 latest", "php-8.4-cli": "1.2.3 latest", "php-8.4-fpm": "newest 1.2.3" },
    },
    { ref: "php-8.3-cli-v1.2.3", expected: { "php-8.3-cli": "1.2.3 latest" } },
    { ref: "php-tools-v1.2.3", expected: { "php-tools": "1.2.3 1.2 1 latest" } },
  ])("the git tag $ref", async ({ ref, expected }) => {
    const tags = await built(laptop, { ref: `refs/tags/${ref}` });
    expect(Object.keys(tags)).toEqual(Object.keys(expected));
    for (const [name, text] of Object.entries(expected)) expect(tags[name]).toContain(text.split(" ")[0]);
  });

  test("a git tag that is nearly one of the entry is reported", async () => {
    await expect(laptop.plan({ ref: "refs/tags/phq-v1.2.3" })).rejects.toThrow('did you mean "php" instead of "phq"?');
  });

  test("a change affects what it is built from", async () => {
    laptop.commit({ "images/php/fpm.conf": "2" });
    expect(Object.keys(await built(laptop, { base: "HEAD~1" }))).toContain("php-8.4-fpm");
    laptop.commit({ ".github/image-publish.yml": config.replace('"8.4"]', '"8.4", "8.5"]') });
    expect(Object.keys(await built(laptop, { base: "HEAD~1" }))).toEqual(["php-8.5-cli", "php-8.5-fpm"]);
  });

  test("a release pattern is of the entry, and of each result", async () => {
    laptop.commit({ ".github/image-publish.yml": `${config}    release-tag: "{{name}}/{{version}}"\n` });
    expect(Object.keys(await built(laptop, { ref: "refs/tags/php/1.2.3" }))).toHaveLength(3);
    expect(Object.keys(await built(laptop, { ref: "refs/tags/php-8.3-cli/1.2.3" }))).toEqual(["php-8.3-cli"]);
  });
});
