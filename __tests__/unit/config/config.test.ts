import { describe, expect, test } from "@jest/globals";
import { loadConfig, readConfig } from "../../../src/config/config.ts";
import { byPlace, formatLocation } from "../../../src/errors.ts";
import { memoryFiles, repository } from "../catalog/memory-files.ts";

const read = (text: string) => readConfig(text, ".github/image-publish.yml");

describe("what may be said", () => {
  test("an image with everything", async () => {
    const { config, problems } = await read(`
images:
  workspace:
    path: ./src/containers/
    context: .
    file: src/containers/Dockerfile.base
    target: final
    platforms: linux/amd64, arm64
    publish: false
    build-args: {VERSION: 1.10, EMPTY: , TEXT: "{{version}}"}
  other:
defaults:
  platforms: [linux/amd64]
`);
    expect(problems).toEqual([]);
    expect(config.images).toMatchObject([
      {
        name: "workspace",
        at: { line: 3, column: 3 },
        settings: {
          path: "src/containers",
          context: ".",
          file: "src/containers/Dockerfile.base",
          target: { value: "final", at: { line: 7, column: 13 } },
          platforms: ["linux/amd64", "linux/arm64"],
          publish: false,
          "build-args": { VERSION: { value: "1.10" }, EMPTY: { value: "" }, TEXT: { value: "{{version}}" } },
        },
      },
      { name: "other", settings: {} },
    ]);
    expect(config.defaults.platforms).toEqual(["linux/amd64"]);
  });

  test.each([
    ["an empty file", ""],
    ["a file of comments", "# nothing yet\n"],
    ["keys without values", "images:\ndefaults:\n"],
  ])("%s says nothing", async (_, text) => {
    expect(await read(text)).toMatchObject({ config: { images: [] }, problems: [] });
  });

  test("docker's other name for the file, arguments as lines, and an anchor", async () => {
    const { config, problems } = await read(
      "images:\n  a: {dockerfile: x/Dockerfile.a, build-args: &args [A=1, B=x=y]}\n  b: {path: b, build-args: *args}\n",
    );
    expect(problems).toEqual([]);
    expect(config.images).toMatchObject([
      { settings: { file: "x/Dockerfile.a", "build-args": { A: { value: "1" }, B: { value: "x=y" } } } },
      { settings: { "build-args": { A: { value: "1" }, B: { value: "x=y" } } } },
    ]);
  });
});

describe("settings with lines keep each line's place", () => {
  const lines = async (text: string) => {
    const { config, problems } = await read(text);
    expect(problems).toEqual([]);
    const { tags = [], labels = [] } = config.defaults;
    return [...tags, ...labels].map(({ text: line, at }) => `${at.line}: ${line}`);
  };

  test.each([
    [
      "a block",
      "defaults:\n  tags: |\n    type=sha\n\n    # not yet\n    type=edge\n",
      ["3: type=sha", "6: type=edge"],
    ],
    ["a list", "defaults:\n  tags:\n    - type=sha\n    - type=edge\n", ["3: type=sha", "4: type=edge"]],
    ["a single line", "defaults: {tags: type=sha}\n", ["1: type=sha"]],
    ["a map, values as written", "defaults:\n  labels:\n    a.b: 1.10\n    c: 'd=e'\n", ["3: a.b=1.10", "4: c=d=e"]],
    ["lines where a map may stand", "defaults:\n  labels: |\n    a=b\n", ["3: a=b"]],
  ])("%s", async (_, text, expected) => {
    expect(await lines(text)).toEqual(expected);
  });
});

test("flags where a text may stand are taken as they are written", async () => {
  const { config } = await read("images:\n  a: {provenance: false, sbom: true, cache: none}\n");
  expect(config.images).toMatchObject([
    { settings: { provenance: { text: "false" }, sbom: { text: "true" }, cache: "none" } },
  ]);
});

describe("mistakes name their place and the remedy", () => {
  test.each<[string, string, [string, string, string][]]>([
    ["an unknown key", "image: {}", [["1:1", 'unknown key "image"', 'did you mean "images"?']]],
    [
      "a key of an image",
      "images:\n  a:\n    platform: x",
      [["3:5", 'unknown key "platform"', 'did you mean "platforms"?']],
    ],
    ["a word where a yes or no is", "images:\n  a:\n    publish: nope", [["3:14", '"publish"', "true or false"]]],
    [
      "no platform",
      "images:\n  a:\n    platforms: [linux/amd64, a/b/c/d]",
      [["3:30", '"a/b/c/d" isn\'t a valid platform', "os/architecture"]],
    ],
    [
      "a path that leads out",
      "images:\n  a: {context: ../x}",
      [["2:16", '"context"', "relative to the repository's root"]],
    ],
    ["a list of images", "images: [a]", [["1:9", `"images" isn't a map`, "name: {…}"]]],
    ["a map as a path", "images:\n  a: {file: {x: y}}", [["2:13", '"file" is a map', "a path"]]],
    ["file and dockerfile", "images:\n  a: {file: x, dockerfile: y}", [["2:16", "mean the same", "keep one"]]],
    [
      "a build argument without value",
      "images:\n  a: {build-args: [X]}",
      [["2:20", '"X" in "build-args" has no value', "NAME: value"]],
    ],
    [
      "a gate that is none",
      "images:\n  a: {gate: no-worst}",
      [["2:13", '"gate" can\'t be "no-worst"', 'did you mean "no-worse"?']],
    ],
    [
      "an ignore file outside of the repository",
      "defaults:\n  trivyignores: [.trivyignore, ../x]",
      [["2:32", '"../x" isn\'t a path inside the repository', "relative to the repository's root"]],
    ],
    [
      "a cache that is none",
      "images:\n  a: {cache: registy}",
      [["2:14", '"cache" can\'t be "registy"', 'did you mean "registry"?']],
    ],
    ["a map of tags", "defaults:\n  tags: {a: b}", [["2:9", '"tags" is a map', "write lines, or a list of them"]]],
    ["a label that is a list", "defaults:\n  labels: {a: [b]}", [["2:15", '"a" is a list', "write a text"]]],
    [
      "a setting of one image among those of all",
      "defaults:\n  path: x",
      [["2:3", '"defaults" has the unknown key "path"', "the keys are context, file"]],
    ],
    ["no YAML", "images: [", [["1:10", "isn't valid YAML", "correct that line"]]],
    ["a list that isn't closed", "images:\n  web: [a\n", [["2:8", "isn't valid YAML", "correct that line"]]],
    [
      "the outer of two that isn't closed",
      "images:\n  web: [[a], 2\n\n",
      [["2:8", "isn't valid YAML", "correct that line"]],
    ],
    ["a quote that isn't closed", "images:\n  'web: {}\n\n", [["2:3", "isn't valid YAML", "correct that line"]]],
    ["a key twice", "images:\n  a: {}\n  a: {}\n", [["3:3", "unique", "correct that line"]]],
    ["an alias inside what it names", "images: &x\n  a: *x\n", [["2:6", "alias", "write the value out"]]],
    [
      "several at once",
      "foo: 1\nimages:\n  a: {bar: 2}",
      [
        ["1:1", '"foo"', "images"],
        ["3:7", '"bar"', "path"],
      ],
    ],
  ])("%s", async (_, text, expected) => {
    const { problems } = await read(text);
    expect(problems.map(({ at, message, hint }) => [at && formatLocation(at), message, hint])).toEqual(
      expected.map(([place, message, hint]) => [
        `.github/image-publish.yml:${place}`,
        expect.stringContaining(message),
        expect.stringContaining(hint),
      ]),
    );
  });

  test("many aliases of aliases are read in no time", async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `  a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
    expect((await read(`images:\n  a0: &a0 x\n${lines.join("\n")}\n`)).problems).toHaveLength(31);
  });
});

describe("where the file is", () => {
  test.each<[string, Record<string, string>, string | undefined, string | undefined, number]>([
    ["nowhere", {}, undefined, undefined, 0],
    ["in GitHub's folder", { ".github/image-publish.yml": "" }, undefined, ".github/image-publish.yml", 0],
    ["with the other ending", { ".github/image-publish.yaml": "" }, undefined, ".github/image-publish.yaml", 0],
    [
      "with both endings",
      { ".github/image-publish.yaml": "", ".github/image-publish.yml": "" },
      undefined,
      ".github/image-publish.yml",
      1,
    ],
    ["in Forgejo's folder", { ".forgejo/image-publish.yml": "" }, undefined, ".forgejo/image-publish.yml", 0],
    [
      "in two folders",
      { ".github/image-publish.yml": "", ".gitea/image-publish.yml": "" },
      undefined,
      ".github/image-publish.yml",
      1,
    ],
    ["named by its path", { "ci/images.yml": "" }, "ci/images.yml", "ci/images.yml", 0],
    ["named by its name alone", { ".gitea/mine.yml": "" }, "mine.yml", ".gitea/mine.yml", 0],
    ["named, and not there", {}, "mine.yml", undefined, 1],
  ])("%s", async (_, tree, given, file, problems) => {
    const loaded = await loadConfig("/repo", given, memoryFiles(repository(tree)));
    expect([loaded.config.file, loaded.problems.length]).toEqual([file, problems]);
  });
});

describe("so many images that the file is read in pieces", () => {
  const count = 1_000;
  const path = "d".repeat(300);
  const images = (line: (index: number) => string) =>
    `images:\n${Array.from({ length: count }, (_, index) => `  i${index}: ${line(index)}`).join("\n")}\n`;

  test("are read as fewer are, each with its line", async () => {
    const text = `watch-all: [x]\n${images((index) => `{path: ${path}${index}}`)}defaults:\n  tags: |\n    type=sha\n`;
    const { config, problems } = await readConfig(text, "c.yml");
    expect(problems).toEqual([]);
    expect(config.images.map(({ name, at }) => [name, at.line])).toEqual(
      Array.from({ length: count }, (_, index) => [`i${index}`, index + 3]),
    );
    expect(config.images.at(-1)?.settings).toEqual({ path: `${path}999` });
    expect([config.watchAll[0]?.value, config.defaults.tags?.[0]?.at.line]).toEqual(["x", 1_005]);
  });

  const usual = () => `{path: ${path}}`;

  test.each([
    ["a key twice", `${images(usual)}  i7: {}\n`, "c.yml isn't valid YAML: Map keys must be unique", 1_002],
    [
      "an open brace",
      images((index) => (index === 500 ? "{" : usual())),
      expect.stringContaining("c.yml isn't valid YAML"),
      undefined,
    ],
    [
      "an anchor",
      images((index) => (index === 0 ? `&a ${usual()}` : index === 1 ? "*a" : usual())),
      "c.yml has more than 200,000 characters in one piece",
      undefined,
    ],
    ["too much nested", `images: ${"[".repeat(10_000)}`, "c.yml isn't valid YAML: it is nested too deeply", undefined],
    ["too much", `# ${"x".repeat(2_100_000)}\n`, "c.yml has more than 2,097,152 characters", undefined],
  ])("with %s", async (_, text, message, line) => {
    const { problems } = await readConfig(text, "c.yml");
    expect(problems[0]?.message).toEqual(message);
    if (line !== undefined) expect(problems[0]?.at?.line).toBe(line);
  });
});

describe("places of mistakes", () => {
  const placesOf = async (text: string) => {
    const { problems } = await read(text);
    return byPlace(problems).map(({ at }) => at && formatLocation(at).replace(/^.*yml:/, ""));
  };

  test.each([
    ["a way of merging", "bump:\n  auto-merge: sqash\n", ["2:15"]],
    [
      "platforms below their key",
      "defaults:\n  platforms: |\n    linux/amd64\n    linuks\n      linux/\n",
      ["4:5", "5:7"],
    ],
    ["a path below its key", "images:\n  a:\n    vex: |\n      ok.json\n\n      ../out.json\n", ["6:7"]],
    ["a list with a block", "defaults:\n  vex:\n    - |2\n        ../out.json\n", ["4:9"]],
    ["Windows line ends", "defaults:\r\n  vex: |\r\n    ok.json\r\n    ../out.json\r\n", ["4:5"]],
    [
      "several, by line",
      "bump: {auto-merge: x}\nimages:\n  b: {gate: x, nope: 1}\n  a: {cache: y}\ndefaults:\n  scan: perhaps\n",
      ["1:20", "3:13", "3:16", "4:14", "6:9"],
    ],
  ])("%s", async (_, text, expected) => {
    expect(await placesOf(text)).toEqual(expected);
  });

  test.each(["merge", "squash", "rebase", "true", "false", "True"])("auto-merge: %s is taken", async (word) => {
    const { config, problems } = await read(`bump:\n  auto-merge: ${word}\n`);
    expect(problems).toEqual([]);
    expect(config.bump["auto-merge"]).toBe(word.toLowerCase());
  });
});
