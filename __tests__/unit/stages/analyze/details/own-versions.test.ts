// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { short } from "../../../tags/facts.ts";
import { namedImages, tagsByImage, tagsOfOne } from "../../named-images.ts";

const main = { ref: "refs/heads/main" };
const image = (dockerfile: string, more: Readonly<Record<string, string>> = {}) => ({
  ...Object.fromEntries(Object.entries(more).map(([path, content]) => [`images/web/${path}`, content])),
  "images/web/Dockerfile": dockerfile,
});

/** The version that a source gives the image `web`, as its tag. */
async function version(from: string, files: Readonly<Record<string, string>>, inputs = {}): Promise<string> {
  const tags = `type=version,from=${from},pattern={{raw}}`;
  return (await tagsOfOne({ ...main, files, inputs: { tags, ...inputs } })).join(" ");
}

describe("an image's own version, from an ARG of its Dockerfile", () => {
  test.each([
    ["below FROM", "FROM alpine\nARG V=3.9.1\n", "3.9.1"],
    ["above FROM", "ARG V=18.6\nFROM postgres:$V\n", "18.6"],
    ["in quotes", 'FROM alpine\nARG V="v1.2"\n', "v1.2"],
    ["beside others on one line", "FROM alpine\nARG A=1 V=2.0 B=3\n", "2.0"],
    ["made of others", "ARG MAJOR=4\nFROM alpine\nARG MAJOR\nARG MINOR=2\nARG V=${MAJOR}.${MINOR:-0}.1\n", "4.2.1"],
    ["made of a variable", "FROM alpine\nENV X=7.1\nARG V=$X\n", "7.1"],
    ["declared above, used below", "ARG V=5.0\nFROM alpine\nARG V\n", "5.0"],
    ["the first default counts", "FROM alpine AS a\nARG V\nFROM a AS b\nARG V=1.0\nFROM alpine\nARG V=2.0\n", "1.0"],
    ["inherited from a stage", "FROM scratch AS a\nARG X=6\nFROM a\nARG V=$X.1\n", "6.1"],
    ["inherited from ENV of a stage", "FROM alpine AS a\nENV X=6\nFROM a\nARG V=$X.1\n", "6.1"],
    ["inherited, but the base's own environment goes before", "FROM php AS a\nARG X=6\nFROM a\nARG V=$X.1\n", ""],
    ["of a trigger", "FROM scratch AS a\nONBUILD ARG V=6.2\nFROM a\n", "6.2"],
    ["that hangs on the base's own environment", "FROM nginx\nARG V=$NGINX_VERSION\n", ""],
    ["that hangs on the platform", "FROM alpine\nARG TARGETARCH\nARG V=1-$TARGETARCH\n", ""],
    ["without a default", "FROM alpine\nARG V\n", ""],
    ["with an empty one", "FROM alpine\nARG V=\n", ""],
    ["of another name", "FROM alpine\nARG V2=1.0\n", ""],
  ])("%s", async (_, dockerfile, expected) => {
    expect(await version("arg:V", image(dockerfile))).toBe(expected);
  });

  test("what is built counts: a build argument goes before the default", async () => {
    const files = image("FROM alpine\nARG V=1.0\n");
    expect(await version("arg:V", files, { "build-args": "V=1.1" })).toBe("1.1");
    expect(await version("arg:V", image("ARG V\nFROM alpine:$V\n"), { "build-args": "V=1.1" })).toBe("1.1");
    expect(await version("arg:V", image("FROM alpine\n"), { "build-args": "V=1.1" })).toBe("");
    expect(await version("arg:V", files, { "build-args": "V=x-{{sha}}" })).toBe("");
  });

  test.each(["constructor", "__proto__", "toString", "A-B"])("a name such as %s is nothing special", async (name) => {
    expect(await version(`arg:${name}`, image("FROM alpine\nARG V=1.0\n"))).toBe("");
  });
});

describe("from a LABEL", () => {
  test.each([
    ["of the last stage", "FROM a AS x\nLABEL v=1\nFROM b\nLABEL v=2.1\n", "2.1"],
    ["of the stage that it is made from", "FROM a AS x\nLABEL v=1.1\nFROM x\n", "1.1"],
    ["not of a stage that is copied from", "FROM a AS x\nLABEL v=1.1\nFROM b\nCOPY --from=x /a /b\n", ""],
    ["the last of several", 'FROM a\nLABEL v=1 w="a b"\nLABEL v="1.2"\n', "1.2"],
    ["with variables", "FROM a\nARG X=3\nLABEL v=$X.0\n", "3.0"],
    ["with a variable that ENV set before ARG did", "FROM a\nENV X=1\nARG X=3\nLABEL v=$X.0\n", "3.0"],
    ["in the old form", "FROM a\nLABEL v 4.0\n", "4.0"],
    ["in quotes, key and all", 'FROM a\nLABEL "v"="5.0"\n', "5.0"],
  ])("%s", async (_, dockerfile, expected) => {
    expect(await version("label:v", image(dockerfile))).toBe(expected);
  });
});

describe("from a file", () => {
  test.each([
    ["its first line", "file:VERSION", { VERSION: " 1.2.3 \nmore\n" }, "1.2.3"],
    ["with a byte order mark and CRLF", "file:VERSION", { VERSION: "\uFEFF1.2.3\r\nmore" }, "1.2.3"],
    ["an empty one is none", "file:VERSION", { VERSION: "\n1.2.3" }, ""],
    ["that isn't there is none", "file:VERSION", {}, ""],
    ["a package", "package.json", { "package.json": '{"name":"x","version":"4.5.6"}' }, "4.5.6"],
    ["a package without version", "package.json", { "package.json": "[]" }, ""],
  ])("%s", async (_, from, files, expected) => {
    expect(await version(from, image("FROM alpine\n", files))).toBe(expected);
  });

  test.each([
    ["Nix", 'rec {\n  pname = "x";\n  version = "3.9.1";\n}', "3.9.1"],
    ["Nix on one line", '{ }: let version="v2"; in x', "2"],
    ["Nix, not in comments", '# version = "1";\n/* version = "2"; */ version = "3";', "3"],
    ["Nix, not in scripts", "x = ''\n version = \"1\";\n''; version = \"3\";", "3"],
    ["Nix, not of another name", 'goVersion = "1"; go.version = "2"; version = "3";', "3"],
    ["Nix, a hash is no comment in a text", 'url = "a#b"; version = "3"; # x', "3"],
    ["Nix by interpolation is none", 'version = "${major}.1";', ""],
  ])("%s", async (_, text, expected) => {
    const files = { "images/app/default.nix": text };
    const tags = "type=version,from=nix";
    expect((await tagsOfOne({ ...main, files, inputs: { tags, flavor: "suffix=" } }))[0] ?? "").toBe(expected);
  });

  test("of the repository, from a folder further up", async () => {
    const files = { ...image("FROM alpine\n"), VERSION: "7.7\n" };
    expect(await version("file:../../VERSION", files)).toBe("7.7");
  });

  test("of the build context, where the image's directory has none", async () => {
    const config = "images: {web: {path: docker/web, context: app}}";
    const files = { "docker/web/Dockerfile": "FROM alpine\n", "app/package.json": '{"version":"1.0.1"}' };
    const tags = "type=version,from=package.json";
    expect(await tagsOfOne({ ...main, files, config, inputs: { tags } })).toEqual(["1.0.1"]);
  });

  test.each([
    ["outside the repository", "file:../../../etc/passwd", {}, "isn't a path inside the repository"],
    ["by an absolute path, which is one inside", "file:/etc/passwd", {}, undefined],
    ["through a symlink", "file:VERSION", { VERSION: { symlink: "/etc/passwd" } }, "is a symlink"],
    ["through a folder that is one", "file:sub/VERSION", { sub: { symlink: "/etc" } }, "images/web/sub is a symlink"],
    ["of a megabyte", "file:VERSION", { VERSION: "1".repeat(1_000_000) }, "is too long to hold a version"],
    ["a package that is no JSON", "package.json", { "package.json": "{" }, "can't be understood"],
  ])("%s", async (_, from, more, problem) => {
    const own = Object.fromEntries(Object.entries(more).map(([path, content]) => [`images/web/${path}`, content]));
    const given = {
      ...main,
      files: { "images/web/Dockerfile": "FROM alpine\n", ...own },
      inputs: { tags: `type=version,from=${from}` },
    };
    if (problem === undefined) expect(await tagsOfOne(given)).toEqual([]);
    else await expect(tagsOfOne(given)).rejects.toThrow(problem);
  });
});

describe("from a variable of a bake file", () => {
  const target = (name: string) => ({ context: name, dockerfile: "Dockerfile" });
  const print = { group: { default: { targets: ["web", "api"] } }, target: { web: target("web"), api: target("api") } };
  const files = {
    "images/docker-bake.hcl": "…",
    "images/web/Dockerfile": "FROM alpine\n",
    "images/api/Dockerfile": "FROM alpine\n",
  };

  test("that stands in a folder above, for all its images", async () => {
    const bake = { images: { print, variables: { VERSION: "26.2", OTHER: "" } } };
    const tags = "type=version,from=bake:OTHER,from=bake:VERSION,pattern={{major}}.{{minor}}.{{patch}}";
    expect(await tagsByImage({ ...main, files, bake, inputs: { tags } })).toEqual({ api: ["26.2.0"], web: ["26.2.0"] });
  });

  test("where there is no bake file there is no such version", async () => {
    expect(await version("bake:VERSION", image("FROM alpine\n"))).toBe("");
  });
});

test("an image's own rules in the config file go before the inputs, and read what they need", async () => {
  const files = { "images/a/Dockerfile": "FROM alpine\nARG V=1.5\n", "images/b/Dockerfile": "FROM alpine\n" };
  const config = "images: {a: {tags: 'type=version,from=arg:V', flavor: suffix=-x}}";
  const given = { ...main, files, config, inputs: { tags: "type=ref,event=branch" } };
  expect(await tagsByImage(given)).toEqual({ a: ["1.5-x"], b: ["main"] });
});

describe("several sources and images", () => {
  const tags = "type=version,from=arg:V,from=label:v,from=nix,pattern=v{{version}}-{{sha}}";
  test("the first source that an image has counts, for each by itself", async () => {
    const files = {
      "images/a/Dockerfile": "FROM alpine\nARG V=1\nLABEL v=2\n",
      "images/b/Dockerfile": "FROM alpine\nLABEL v=2\n",
      "images/c/Dockerfile": "FROM alpine\n",
      "images/c/default.nix": 'version = "3";',
      "images/d/Dockerfile": "FROM alpine\n",
    };
    expect(await tagsByImage({ ...main, files, inputs: { tags } })).toEqual({
      a: [`v1-${short}`],
      b: [`v2-${short}`],
      c: [`v3-${short}`],
      "c-nix": [`v3-${short}-nix`],
      d: [],
    });
    const warnings = (await namedImages({ ...main, files, inputs: { tags } })).flatMap((each) => each.warnings);
    expect(warnings).toEqual([
      'the input "tags", line 1: d has no version: there is no arg:V and no label:v and no nix',
    ]);
  });

  test("what no rule asks for is not read: a broken package.json is nobody's business then", async () => {
    const files = image("FROM alpine\n", { "package.json": "{" });
    expect(await tagsOfOne({ ...main, files, inputs: { tags: "type=sha" } })).toEqual([`sha-${short}`]);
  });
});

test("a build argument takes the version, and a FROM that goes by it is left for the build", async () => {
  const files = image("ARG TAG\nFROM ghcr.io/x/y:$TAG\nARG V=1.2\n");
  const inputs = { tags: "type=version,from=arg:V", "build-args": "TAG={{version}}" };
  const [web] = await namedImages({ ...main, files, inputs });
  expect(web?.args).toEqual({ TAG: "1.2" });
});

describe("the hash of the Dockerfile", () => {
  test.each(["FROM alpine\n", "FROM alpine\r\n", "\uFEFFFROM alpine"])("is of its bytes: %j", async (dockerfile) => {
    const expected = createHash("sha256").update(dockerfile).digest("hex").slice(0, 16);
    const inputs = { tags: "type=content,of=file,length=16" };
    expect(await tagsOfOne({ ...main, files: image(dockerfile), inputs })).toEqual([expected]);
  });
});
