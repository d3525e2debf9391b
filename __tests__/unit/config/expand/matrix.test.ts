/** Entries with a matrix: which images they make, and what each of them says. */
import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../../src/config/config.ts";
import { formatLocation } from "../../../../src/errors.ts";

const file = ".github/image-publish.yml";

async function read(text: string) {
  const { config, problems } = await readConfig(text, file);
  return {
    images: config.images,
    names: config.images.map(({ name }) => name),
    problems: problems.map(({ at, message, hint }) => `${at && formatLocation(at)}: ${message} (${hint})`),
  };
}

const matrix = (text: string, more = "") => read(`images:\n  php: {path: php, ${more}matrix: ${text}}\n`);

describe("the combinations are those of GitHub's matrix", () => {
  test.each([
    { when: "one list", text: '{version: ["8.3", "8.4"]}', names: ["php-8.3", "php-8.4"] },
    {
      when: "two lists, the first one varying last",
      text: '{version: ["8.3", "8.4"], variant: [cli, fpm]}',
      names: ["php-8.3-cli", "php-8.3-fpm", "php-8.4-cli", "php-8.4-fpm"],
    },
    {
      when: "values as they are written",
      text: "{version: [8.10, 08, true]}",
      names: ["php-8.10", "php-08", "php-true"],
    },
    {
      when: "an exclusion fits all that have its values",
      text: "{version: [1, 2], variant: [a, b], exclude: [{version: 1}]}",
      names: ["php-2-a", "php-2-b"],
    },
    {
      when: "what an inclusion says is added after exclusions",
      text: "{version: [1, 2], exclude: [{version: 1}], include: [{version: 1, more: x}]}",
      names: ["php-2", "php-1"],
    },
    {
      when: "an inclusion with a value of its own is another combination",
      text: "{version: [1], variant: [a], include: [{version: 2}]}",
      names: ["php-1-a", "php-2"],
    },
    {
      when: "inclusions alone are named after all that they say",
      text: "{include: [{version: 1, variant: a}, {version: 2}]}",
      names: ["php-1-a", "php-2"],
    },
    { when: "what no name may have is a dash", text: '{version: ["8.4 RC+1"]}', names: ["php-8.4-rc-1"] },
    { when: "empty values are not in the name", text: '{version: [1], suffix: ["", x]}', names: ["php-1", "php-1-x"] },
  ])("$when", async ({ text, names }) => {
    expect(await matrix(text)).toMatchObject({ names, problems: [] });
  });

  test("the example of GitHub's documentation", async () => {
    const { images, problems } = await read(`
images:
  x:
    path: x
    matrix:
      fruit: [apple, pear]
      animal: [cat, dog]
      include:
        - color: green
        - {color: pink, animal: cat}
        - {fruit: apple, shape: circle}
        - fruit: banana
        - {fruit: banana, animal: cat}
    build-args: {ALL: "{{matrix.fruit}} {{matrix.animal}} {{matrix.color}} {{matrix.shape}}"}
`);
    expect(problems).toEqual([]);
    expect(images.map(({ settings }) => settings["build-args"]?.ALL?.value)).toEqual([
      "apple cat pink circle",
      "apple dog green circle",
      "pear cat pink ",
      "pear dog green ",
      "banana   ",
      "banana cat  ",
    ]);
  });
});

describe("{{matrix.NAME}} is filled in", () => {
  const value = '"a{{matrix.v}}"';
  test.each([
    { key: "images", of: "ghcr.io/o/{{matrix.v}}", said: { images: [{ text: "ghcr.io/o/1" }] } },
    { key: "tags", of: "type=raw,value={{ matrix.v }}-x", said: { tags: [{ text: "type=raw,value=1-x" }] } },
    { key: "flavor", of: "suffix=-{{{matrix.v}}}", said: { flavor: [{ text: "suffix=-1" }] } },
    { key: "labels", yaml: `{a: ${value}}`, said: { labels: [{ text: "a=a1" }] } },
    { key: "annotations", of: "a={{matrix.v}}", said: { annotations: [{ text: "a=1" }] } },
    { key: "build-args", yaml: `{A: ${value}}`, said: { "build-args": { A: { value: "a1" } } } },
    { key: "build-contexts", yaml: `{a: ${value}}`, said: { "build-contexts": { a: { value: "a1" } } } },
    { key: "target", yaml: value, said: { target: { value: "a1" } } },
    { key: "context", yaml: value, said: { context: "a1" } },
    { key: "file", yaml: value, said: { file: "a1" } },
    { key: "dockerfile", yaml: value, said: { file: "a1" } },
    { key: "platforms", of: "linux/{{matrix.arch}}", said: { platforms: ["linux/arm64"] } },
    { key: "cache-from", of: "type=gha,scope={{matrix.v}}", said: { "cache-from": [{ text: "type=gha,scope=1" }] } },
    { key: "cache-to", of: "type=gha,scope={{matrix.v}}", said: { "cache-to": [{ text: "type=gha,scope=1" }] } },
    { key: "cache", of: "{{matrix.cache}}", said: { cache: "none" } },
    { key: "release-tag", of: "v{{matrix.v}}/{{version}}", said: { "release-tag": [{ text: "v1/{{version}}" }] } },
    { key: "watch", yaml: `[${value}]`, said: { watch: [{ value: "a1" }] } },
    { key: "depends", yaml: `[${value}]`, said: { depends: [{ value: "a1" }] } },
    { key: "vex", yaml: `[${value}]`, said: { vex: [{ value: "a1" }] } },
    { key: "trivyignores", yaml: value, said: { trivyignores: [{ value: "a1" }] } },
    { key: "publish", of: "{{matrix.flag}}", said: { publish: false } },
    { key: "scan", of: "{{matrix.flag}}", said: { scan: false } },
    { key: "provenance", of: "mode={{matrix.v}}", said: { provenance: { text: "mode=1" } } },
    { key: "sbom", of: "{{matrix.flag}}", said: { sbom: { text: "false" } } },
    { key: "compression", of: "{{matrix.zip}}", said: { compression: [{ text: "zstd" }] } },
    { key: "severity", of: "{{matrix.level}}", said: { severity: [{ text: "HIGH" }] } },
    { key: "aliases", of: "docker.io/o/{{matrix.v}}", said: { aliases: [{ text: "docker.io/o/1" }] } },
  ])("in $key", async ({ key, of, yaml, said }) => {
    const { images, problems } = await matrix(
      "{v: [1], flag: [false], arch: [aarch64], cache: [none], zip: [zstd], level: [HIGH]}",
      `${key}: ${yaml ?? JSON.stringify(of)}, `,
    );
    expect(problems).toEqual([]);
    expect(images[0]?.settings).toMatchObject(said);
  });

  test("a value that a combination lacks is not said, and enables nothing", async () => {
    const { images, problems } = await read(`
images:
  php:
    path: php
    matrix: {version: [1, 2], include: [{version: 2, stage: prod, newest: "true"}]}
    target: "{{matrix.stage}}"
    publish: "{{matrix.newest}}"
    tags: |
      type=raw,value=latest,enable={{matrix.newest}}
      type=raw,value={{matrix.version}}{{matrix.stage}},enable={{is_default_branch}}
`);
    expect(problems).toEqual([]);
    const [one, two] = images.map(({ settings }) => settings);
    expect(one).not.toHaveProperty("target");
    expect(one).not.toHaveProperty("publish");
    expect(one?.tags?.map(({ text, at }) => `${at.line} ${text}`)).toEqual([
      "9 type=raw,value=latest,enable=false",
      "10 type=raw,value=1,enable={{is_default_branch}}",
    ]);
    expect(two).toMatchObject({ target: { value: "prod" }, publish: true });
    expect(two?.tags?.map(({ text }) => text)).toEqual([
      "type=raw,value=latest,enable=true",
      "type=raw,value=2prod,enable={{is_default_branch}}",
    ]);
  });

  test("in the name, and in no key", async () => {
    const { images, names } = await read(
      `images:\n  php: {path: x, name: "p{{matrix.v}}", matrix: {v: [1, 2]}, build-args: {"{{matrix.v}}": x}}`,
    );
    expect(names).toEqual(["p1", "p2"]);
    expect(images[0]?.settings["build-args"]).toHaveProperty(["{{matrix.v}}"]);
    expect(images.map(({ group }) => group)).toEqual(["php", "php"]);
  });

  test("for an anchor once, however many aliases lead to it", async () => {
    const lists = Array.from({ length: 30 }, (_, index) => `&a${index + 1} [*a${index}, *a${index}]`);
    const bomb = `{x: &a0 "{{matrix.v}}", ${lists.map((each, index) => `k${index}: ${each}`).join(", ")}}`;
    const { problems } = await matrix("{v: [1]}", `labels: ${bomb}, `);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe("an entry by a generated name", () => {
  test("goes over the result, key by key", async () => {
    const { images } = await read(`
images:
  php-1: {platforms: [linux/arm64], dockerfile: other, labels: [a=b]}
  php: {matrix: {v: [1, 2]}, file: "x{{matrix.v}}", target: "t{{matrix.v}}", labels: [c=d]}
`);
    expect(images).toMatchObject([
      {
        name: "php-1",
        group: "php",
        at: { line: 3 },
        settings: { file: "other", platforms: ["linux/arm64"], target: { value: "t1" }, labels: [{ text: "a=b" }] },
      },
      { name: "php-2", settings: { file: "x2", labels: [{ text: "c=d" }] } },
    ]);
  });

  test("that is empty changes nothing", async () => {
    const { images } = await read("images:\n  php: {matrix: {v: [1]}, file: x}\n  php-1:\n");
    expect(images).toMatchObject([{ name: "php-1", settings: { file: "x" } }]);
  });
});

test("depends on the name of a matrix is on all that it makes, but on the image itself", async () => {
  const { images } = await read(
    "images:\n  web: {path: w, depends: [php, base]}\n  php: {path: p, matrix: {v: [1, 2]}}\n  php-2: {depends: [php]}\n",
  );
  const depends = images.map(({ name, settings }) => [name, settings.depends?.map(({ value }) => value)]);
  expect(Object.fromEntries(depends)).toEqual({
    web: ["php-1", "php-2", "base"],
    "php-1": undefined,
    "php-2": ["php-1"],
  });
});

describe("a mistake has its place and the remedy", () => {
  const many = (count: number) => `[${Array.from({ length: count }, (_, index) => index).join(", ")}]`;
  test.each([
    { when: "no list", text: "{}", expected: /^\S+:2:28: the matrix of the image "php" has no values \(write lists/ },
    { when: "nothing", text: "", expected: /^\S+:2:28: the matrix of the image "php" has no values/ },
    {
      when: "an empty list",
      text: "{version: []}",
      expected: /:2:29: "version" in the matrix .* is no list of values \(write/,
    },
    { when: "a text", text: "{version: 8}", expected: /:2:29: "version" in the matrix .* is no list/ },
    { when: "a map as a value", text: "{version: [{a: b}]}", expected: /:2:39: a value of "version" .* is a map/ },
    { when: "a name with a dot", text: "{a.b: [1]}", expected: /"a\.b" can't be a name in a matrix \(use letters/ },
    {
      when: "all excluded",
      text: "{v: [1, 2], exclude: [{v: 1}, {v: 2}]}",
      expected: /:2:40: the matrix .* makes no image: "exclude" excludes every combination \(take/,
    },
    {
      when: "an exclusion of what is no list",
      text: "{version: [1, 2], exclude: [{vresion: 1}]}",
      expected: /:2:57: "exclude" names "vresion", .*did you mean "version"\?\)$/,
    },
    {
      when: "an exclusion that is no map",
      text: "{v: [1], exclude: [x]}",
      expected: /"exclude" is no list of combinations/,
    },
    {
      when: "an inclusion without a list",
      text: "{v: [1], include: {v: 2}}",
      expected: /"include" is no list of combinations/,
    },
    { when: "too many", text: `{v: ${many(1001)}}`, expected: /makes more than 1,000 images/ },
    {
      when: "a product that nobody waits for",
      text: `{${"abcdefghij"
        .split("")
        .map((key) => `${key}: ${many(100)}`)
        .join(", ")}}`,
      expected: /makes more than 1,000 images/,
    },
    {
      when: "one name twice",
      text: "{v: [1, 1]}",
      expected: /two images have the name "php-1": v 1 and v 1 \(write a name/,
    },
    {
      when: "architectures that share a name",
      text: "{v: [1], arch: [amd64, arm64v8]}",
      more: 'name: "php-{{matrix.v}}", ',
      expected:
        /:2:26: two images have the name "php-1": .* \(one image out of several Dockerfiles, .* is not supported/,
    },
    {
      when: "an unknown name",
      text: "{version: [1]}",
      more: 'target: "{{matrix.vresion}}", ',
      expected: /:2:28: \{\{matrix\.vresion\}\} is in no combination \(did you mean \{\{matrix\.version\}\}\?\)$/,
    },
    {
      when: "no name",
      text: "{v: [1]}",
      more: 'target: "{{matrix}}", ',
      expected: /\{\{matrix\}\} is in no combination \(/,
    },
    {
      when: "more than a name",
      text: "{v: [1]}",
      more: 'target: "{{matrix.v | upper}}", ',
      expected: /has more than a name \(write \{\{matrix\.v\}\}\)/,
    },
    {
      when: "an unknown name in the name",
      text: "{v: [1]}",
      more: 'name: "{{matrix.x}}", ',
      expected: /\{\{matrix\.x\}\} is in no combination/,
    },
    {
      when: "another expression in the name",
      text: "{v: [1]}",
      more: 'name: "{{branch}}", ',
      expected: /\{\{branch\}\} has no meaning in "name" \(use \{\{matrix\.v\}\}\)/,
    },
    {
      when: "include beside",
      text: "{v: [1]}",
      more: "include: [{v: 2}], ",
      expected: /has "include" outside of its matrix \(move it into/,
    },
    {
      when: "exclude beside",
      text: "{v: [1]}",
      more: "exclude: [{v: 2}], ",
      expected: /has "exclude" outside of its matrix \(move it into/,
    },
    {
      when: "a value that its setting doesn't take",
      text: "{v: [x]}",
      more: 'publish: "{{matrix.v}}", ',
      expected: /:2:29: "publish" is neither true nor false/,
    },
  ])("$when", async ({ text, more, expected }) => {
    const { problems } = await matrix(text, more);
    expect(problems.slice(0, 1)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    {
      when: "without a matrix",
      text: 'images: {a: {path: a, target: "{{matrix.v}}"}}',
      expected: /:1:31: .*has no value: the entry has no matrix/,
    },
    {
      when: "a name without a matrix",
      text: "images: {a: {path: a, name: b}}",
      expected: /has a "name", which is for an entry with a matrix/,
    },
    {
      when: "include without a matrix",
      text: "images: {a: {path: a, include: []}}",
      expected: /has "include" outside of its matrix/,
    },
    {
      when: "under defaults",
      text: 'defaults: {build-args: {A: "{{matrix.v}}"}}',
      expected: /:1:28: .*has no value: .*defaults/,
    },
    {
      when: "without quotes",
      text: "images: {a: {target: {{matrix.v}}}}",
      expected: /:1:23: a key isn't a plain word \(.*in quotes/,
    },
    {
      when: "a mistake that all results have, once",
      text: "images:\n  a: {matrix: {v: [1, 2]}, patform: x}",
      expected: /:2:28: the image "a" has the unknown key "patform"/,
    },
  ])("$when", async ({ text, expected }) => {
    const { problems } = await read(text);
    expect(problems).toEqual([expect.stringMatching(expected)]);
  });
});
