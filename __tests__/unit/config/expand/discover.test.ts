/** Patterns of `discover` over files in memory: what they find, and what is wrong with them. */
import { describe, expect, test } from "@jest/globals";
import { placeFinder } from "../../../../src/catalog/patterns/find-places.ts";
import { readConfig } from "../../../../src/config/config.ts";
import { formatLocation, type UserError } from "../../../../src/errors.ts";
import { memoryFiles, repository } from "../../catalog/memory-files.ts";

const file = ".github/image-publish.yml";

async function read(text: string, paths: readonly string[]) {
  const files = memoryFiles(repository(Object.fromEntries(paths.map((path) => [path, "FROM alpine\n"]))));
  const layout = { rootName: "repo", find: placeFinder({ root: "/repo", files }) };
  const { config, problems } = await readConfig(text, file, layout);
  const written = (all: readonly UserError[] = []) =>
    all.map(({ at, message, hint }) => `${at && formatLocation(at)}: ${message} (${hint})`);
  return {
    images: config.images,
    names: config.images.map(({ name }) => name).sort(),
    problems: [...written(problems), ...written(config.discovered?.problems)],
    remarks: config.discovered?.remarks.map(({ message }) => message) ?? [],
  };
}

const found = (pattern: string, paths: readonly string[]) => read(`discover:\n  - ${pattern}\n`, paths);

describe("a capture", () => {
  const of = async (pattern: string, ...paths: string[]) => {
    const { images, problems } = await found(`${pattern}\n    labels: ["{{matrix.a}}=x{{matrix.b}}"]`, paths);
    expect(problems).toEqual([]);
    return images.map(({ settings }) => settings.labels?.[0]?.text);
  };
  test.each([
    { when: "the leftmost takes most", pattern: 'file: "{a}_{b}.Dockerfile"', path: "x_1_2.Dockerfile", is: "x_1=x2" },
    { when: "and leaves one character to each", pattern: 'path: "{a}{b}"', path: "abc/Dockerfile", is: "ab=xc" },
    {
      when: "a star behind takes what is left",
      pattern: 'path: "{a}-*/{b}"',
      path: "a-b-c/d/Dockerfile",
      is: "a-b=xd",
    },
    { when: "stars may be nothing", pattern: 'path: "*{a}*/{b}"', path: "abc/d/Dockerfile", is: "c=xd" },
    { when: "a class in brackets", pattern: 'path: "{a}[0-9]/{b}"', path: "v12/d/Dockerfile", is: "v1=xd" },
    { when: "a question mark", pattern: 'path: "{a}?/{b}"', path: "v12/d/Dockerfile", is: "v1=xd" },
    { when: "letters beside, of another script", pattern: 'path: "ä{a}ß/{b}"', path: "äöß/ü/Dockerfile", is: "ö=xü" },
    { when: "any depth before", pattern: 'path: "**/{a}/{b}"', path: "p/q/r/s/Dockerfile", is: "r=xs" },
    { when: "any depth between", pattern: 'path: "{a}/**/{b}"', path: "p/q/r/s/Dockerfile", is: "p=xs" },
    { when: "any depth that is none", pattern: 'path: "{a}/**/{b}"', path: "p/s/Dockerfile", is: "p=xs" },
    { when: "in one of the alternatives", pattern: 'path: "{x/{a},y/{b}}"', path: "y/z/Dockerfile", is: "=xz" },
  ])("$when", async ({ pattern, path, is }) => {
    expect(await of(`${pattern}\n    name: n`, path)).toEqual([is]);
  });

  test("takes its time, but no more, for names that nearly match", async () => {
    const name = `${"a-".repeat(120)}b`;
    const pattern = `path: "${Array.from({ length: 20 }, (_, index) => `{c${index}}-`).join("")}c"`;
    const before = performance.now();
    await found(
      pattern,
      Array.from({ length: 50 }, (_, index) => `${name}${index}/Dockerfile`),
    );
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe("a name", () => {
  test.each([
    { when: "of the capture {name}", pattern: 'path: "x/{name}"', path: "x/WebApp/Dockerfile", name: "web-app" },
    { when: "of the path", pattern: 'path: "{a}/{b}"', path: "src/NodeChrome/Dockerfile", name: "src-node-chrome" },
    { when: "of the file's folder", pattern: 'file: "{a}/Dockerfile"', path: "Base/Dockerfile", name: "base" },
    { when: "of the root", pattern: 'path: "**"', path: "Dockerfile", name: "repo" },
    {
      when: "with {{path}} in it",
      pattern: 'path: "{a}"\n    name: "x-{{ path }}"',
      path: "AbC/Dockerfile",
      name: "x-ab-c",
    },
    { when: "with what can't be in one", pattern: 'path: "{name}"', path: "a+b@c/Dockerfile", name: "a-b-c" },
    {
      when: "with a run of capitals",
      pattern: 'path: "{name}"',
      path: "MyHTTPServer2Go/Dockerfile",
      name: "my-http-server2-go",
    },
  ])("$when", async ({ pattern, path, name }) => {
    expect(await found(pattern, [path])).toMatchObject({ names: [name], problems: [] });
  });
});

describe("what is not found", () => {
  test.each([
    { when: "hidden directories", pattern: 'path: "{name}"', paths: ["a/Dockerfile", ".b/Dockerfile"], names: ["a"] },
    {
      when: "packages and git's own",
      pattern: 'path: "**/{name}"',
      paths: ["a/Dockerfile", "node_modules/p/Dockerfile"],
      names: ["a"],
    },
    {
      when: "ignore files",
      pattern: 'file: "Dockerfile.{name}"',
      paths: ["Dockerfile.a", "Dockerfile.a.dockerignore"],
      names: ["a"],
    },
    {
      when: "templates",
      pattern: 'file: "{name}.Dockerfile*"',
      paths: ["a.Dockerfile", "a.Dockerfile.j2"],
      names: ["a"],
    },
    {
      when: "a directory that is called like a file",
      pattern: 'file: "{name}.Dockerfile"',
      paths: ["a.Dockerfile", "b.Dockerfile/x"],
      names: ["a"],
    },
    {
      when: "what exclude has",
      pattern: 'path: "{name}/x"\n    exclude: [b/x, "{c,d}/*", "!d/x"]',
      paths: ["a/x/Dockerfile", "b/x/Dockerfile", "c/x/Dockerfile", "d/x/Dockerfile"],
      names: ["a", "d"],
    },
    {
      when: "files in a folder that exclude has",
      pattern: 'file: "{name}/Dockerfile"\n    exclude: b',
      paths: ["a/Dockerfile", "b/Dockerfile"],
      names: ["a"],
    },
  ])("$when", async ({ pattern, paths, names }) => {
    expect(await found(pattern, paths)).toMatchObject({ names, problems: [] });
  });
});

describe("a mistake has its place and the remedy", () => {
  const there = ["3.12/slim/Dockerfile", "3.13/slim/Dockerfile"];
  test.each([
    { when: "a word", text: "discover: x", expected: /:1:11: "discover" is no list of patterns \(write a list/ },
    { when: "an empty list", text: "discover: []", expected: /:1:11: "discover" is no list of patterns/ },
    {
      when: "a text as a pattern",
      text: "discover: [x]",
      expected: /:1:12: .* has neither "path" nor "file" \(write path/,
    },
    { when: "both", text: "discover: [{path: a, file: b}]", expected: /:1:22: .* has both "path" and "file" \(keep/ },
    {
      when: "a list of paths",
      text: "discover: [{path: [a]}]",
      expected: /:1:19: "path" isn't a text \(write one text/,
    },
    {
      when: "a path that leads out",
      text: "discover: [{path: ../x}]",
      expected: /:1:19: "path": "\.\.\/x" isn't a path inside/,
    },
    {
      when: "an unknown key",
      text: "discover: [{path: '*', exclde: x}]",
      expected: /:1:24: the pattern "\*" has the unknown key "exclde" \(did you mean "exclude"/,
    },
    {
      when: "dockerfile",
      text: "discover: [{path: '*', dockerfile: x}]",
      expected: /unknown key "dockerfile" \(did you mean "file"/,
    },
    {
      when: "one capture twice",
      text: 'discover: [{path: "{v}/{v}"}]',
      expected: /:1:19: "path": .* captures \{v\} twice \(give/,
    },
    {
      when: "a capture without a name",
      text: 'discover: [{path: "{}"}]',
      expected: /capture without a usable name: \{\}/,
    },
    {
      when: "a capture with a bad name",
      text: 'discover: [{path: "{a b}"}]',
      expected: /capture without a usable name: \{a b\}/,
    },
    { when: "a brace that isn't closed", text: 'discover: [{path: "{v"}]', expected: /a brace that isn't closed/ },
    {
      when: "an expression",
      text: 'discover: [{path: "{{matrix.v}}"}]',
      expected: /has \{\{…\}\}, which has no value before .*\(write a capture/,
    },
    { when: "a file without a name", text: 'discover: [{file: "x/**"}]', expected: /:1:19: "file" names no file/ },
    {
      when: "an unknown name",
      text: 'discover: [{path: "{version}/{variant}", target: "{{matrix.vriant}}"}]',
      expected: /:1:50: \{\{matrix\.vriant\}\} is in no combination \(did you mean \{\{matrix\.variant\}\}/,
    },
    {
      when: "a name without captures",
      text: 'discover: [{path: "3.12/slim", target: "{{matrix.x}}"}]',
      expected: /has no value: the pattern captures nothing/,
    },
    {
      when: "a matrix with a capture's name",
      text: 'discover: [{path: "{v}", matrix: {v: [1]}}]',
      expected: /:1:35: the pattern and its matrix both have "v"/,
    },
    {
      when: "another expression in the name",
      text: 'discover: [{path: "{v}", name: "{{branch}}"}]',
      expected: /\{\{branch\}\} has no meaning in "name" \(use \{\{matrix\.v\}\} \{\{path\}\}/,
    },
    {
      when: "a bad exclusion",
      text: 'discover: [{path: "{v}/{w}", exclude: ["[a"]}]',
      expected: /:1:40: "exclude": .*bracket that isn't closed/,
    },
    {
      when: "no match",
      text: 'discover: [{path: "images/{name}"}]',
      expected:
        /:1:19: the pattern "images\/\{name\}" finds no image: no directory matches it, below images \(.*Dockerfiles are in 3\.12\/slim, 3\.13\/slim\)$/,
    },
    {
      when: "no match of a file",
      text: 'discover: [{file: "Dockerfile.{name}"}]',
      expected: /finds no image: no file matches it, below the root \(.*Dockerfiles are 3\.12\/slim\/Dockerfile, /,
    },
    {
      when: "directories without an image",
      text: 'discover: [{path: "{v}"}]',
      expected: /none of the directories that it matches holds .*: 3\.12, 3\.13 \(/,
    },
    {
      when: "all excluded",
      text: 'discover: [{path: "{v}/{w}", exclude: ["**"]}]',
      expected: /"exclude" has all that it matches: 3\.12\/slim, 3\.13\/slim/,
    },
    {
      when: "all combinations excluded",
      text: 'discover: [{path: "{v}/{w}", matrix: {x: [1], exclude: [{w: slim}]}}]',
      expected: /makes no image: "exclude" in its matrix excludes every/,
    },
    {
      when: "one name twice",
      text: 'discover: [{path: "{v}/{w}", name: "{{matrix.w}}"}]',
      expected:
        /:1:36: two images have the name "slim": 3\.12\/slim \(v 3\.12, w slim\) of the pattern .* and 3\.13\/slim .*\(write a name .*\{\{matrix\.v\}\}/,
    },
    {
      when: "two patterns that find one directory",
      text: 'discover: [{path: "{v}/{w}"}, {path: "3.12/{x}", name: "x-{{matrix.x}}"}]',
      expected:
        /:1:38: the pattern "\{v\}\/\{w\}" \(\S+:1:19\) and the pattern "3\.12\/\{x\}" both find 3\.12\/slim \(exclude it/,
    },
    {
      when: "two patterns that find one file",
      text: 'discover: [{file: "{v}/{w}/Dockerfile"}, {path: "3.12/{x}", name: "x"}]',
      expected: /both find 3\.12\/slim \(exclude/,
    },
  ])("$when", async ({ text, expected }) => {
    const { problems } = await read(text, there);
    expect(problems).toEqual([expect.stringMatching(expected)]);
  });

  test("an exclusion of nothing is a remark", async () => {
    const { remarks } = await found('path: "{v}/{w}"\n    exclude: ["*/windows", 3.12/slim]', there);
    expect(remarks).toEqual([expect.stringMatching(/"exclude" has \*\/windows, which excludes nothing/)]);
  });

  test.each(["a,b", "a b", "a=b", 'a"b', "a{{x}}", "a\nb", "a#b", "a\u202eb", "$(x)", "`x`"])(
    "a captured value that would be more than a text: %j",
    async (name) => {
      const { problems, names } = await found('path: "x/{name}"', [`x/${name}/Dockerfile`, "x/fine/Dockerfile"]);
      expect(names).toEqual(["fine"]);
      expect(problems).toEqual([
        expect.stringMatching(/:2:11: the pattern .* finds names that can't be filled in: .* \(name them/),
      ]);
    },
  );
});

describe("what is right", () => {
  test("two patterns that build one Dockerfile differently", async () => {
    const { names, problems } = await read(
      'discover: [{file: "{name}/Dockerfile", target: prod}, {path: "{name}", name: "{{matrix.name}}-dev", target: dev}]',
      ["web/Dockerfile"],
    );
    expect({ names, problems }).toEqual({ names: ["web", "web-dev"], problems: [] });
  });

  test("no pattern", async () => {
    expect(await read("discover:\n", [])).toMatchObject({ names: [], problems: [] });
  });

  test("an inclusion for one captured value", async () => {
    const { images } = await found(
      'path: "{v}"\n    matrix: {include: [{v: "2", newest: "true"}]}\n    labels: ["n={{matrix.newest}}"]',
      ["1/Dockerfile", "2/Dockerfile"],
    );
    expect(images.map(({ name, settings }) => [name, settings.labels?.[0]?.text])).toEqual([
      ["1", "n="],
      ["2", "n=true"],
    ]);
  });

  test("an entry with a place of its own for what was found", async () => {
    const { images } = await read("discover: [{path: '{name}'}]\nimages: {web: {path: other, context: .}}", [
      "web/Dockerfile",
    ]);
    expect(images).toMatchObject([{ name: "web", settings: { path: "other", context: "." } }]);
    expect(images[0]).not.toHaveProperty("recipe");
  });
});
