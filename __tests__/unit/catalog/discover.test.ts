import { describe, expect, test } from "@jest/globals";
import { discover } from "../../../src/catalog/discover.ts";
import { memoryFiles, repository, type Tree } from "./memory-files.ts";

const run = (tree: Tree, globs: readonly string[] = []) => discover("/repo", globs, memoryFiles(repository(tree)));
const dockerfiles = async (tree: Tree, globs?: readonly string[]) =>
  (await run(tree, globs)).found.map(({ dockerfile }) => dockerfile);

describe("directories that hold an image", () => {
  const tree = {
    Dockerfile: "",
    "images/b/Dockerfile": "",
    "images/b/Containerfile": "",
    "images/a/Containerfile": "",
    "images/deep/er/Dockerfile": "",
    "images/.hidden/Dockerfile": "",
    "images/lower/dockerfile": "",
    "images/README.md": "",
    "apps/web/Dockerfile": "",
    "node_modules/x/Dockerfile": "",
    "other/one/Dockerfile": "",
    "other/two/Dockerfile": "",
  };

  test.each<[string, string[], string[]]>([
    ["by convention", [], ["Dockerfile", "apps/web/Dockerfile", "images/a/Containerfile", "images/b/Dockerfile"]],
    ["by a name", ["./images/b/"], ["images/b/Dockerfile"]],
    ["the root", ["."], ["Dockerfile"]],
    [
      "at any depth, but neither hidden nor of packages",
      ["**"],
      [
        "Dockerfile",
        "apps/web/Dockerfile",
        "images/a/Containerfile",
        "images/b/Dockerfile",
        "images/deep/er/Dockerfile",
        "other/one/Dockerfile",
        "other/two/Dockerfile",
      ],
    ],
    ["at any depth below a folder", ["images/**/er"], ["images/deep/er/Dockerfile"]],
    ["by one character", ["images/?"], ["images/a/Containerfile", "images/b/Dockerfile"]],
    ["by a class", ["images/[!b-z]"], ["images/a/Containerfile"]],
    ["a hidden one that is named", ["images/.h*"], ["images/.hidden/Dockerfile"]],
    [
      "each once, sorted",
      ["other/*", "other/one", "apps/*"],
      ["apps/web/Dockerfile", "other/one/Dockerfile", "other/two/Dockerfile"],
    ],
  ])("%s", async (_, globs, expected) => {
    expect(await dockerfiles(tree, globs)).toEqual(expected);
  });

  test("a symlinked directory is not followed, a symlinked Dockerfile is one", async () => {
    const linked = { "images/a/Dockerfile": { symlink: "../../Dockerfile" }, "images/b": { symlink: "a" } };
    expect(await dockerfiles(linked)).toEqual(["images/a/Dockerfile"]);
  });

  test("a glob's letters mean themselves", async () => {
    expect(await dockerfiles({ "a.b/Dockerfile": "", "axb/Dockerfile": "" }, ["a.?"])).toEqual(["a.b/Dockerfile"]);
  });

  test("no directory is listed twice", async () => {
    const files = memoryFiles(repository(tree));
    await discover("/repo", ["**", "images/*", "images/b"], files);
    expect(new Set(files.listed).size).toBe(files.listed.length);
  });
});

describe("what the user named and isn't there", () => {
  test.each<[string, string, string]>([
    ["no such directory", "images/c", "is not there"],
    ["a file", "README", "is no directory"],
    ["a symlink", "link", "is a symlink"],
    ["a directory without Dockerfile", "images/a", "neither Dockerfile nor Containerfile"],
    ["out of the repository", "../x", "no path inside the repository"],
    ["absolute", "/etc", "no path inside the repository"],
    ["an open bracket", "images/[a", "isn't closed"],
  ])("%s", async (_, glob, message) => {
    const tree = { README: "", "images/a/x": "", link: { symlink: "images" } };
    expect((await run(tree, [glob])).problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test("the default places need not be there", async () => {
    expect(await run({ "src/x": "" })).toEqual({ found: [], notes: [], problems: [] });
  });
});

describe("build files that aren't read yet are said to be so", () => {
  test.each<[string, Tree, string[]]>([
    ["a Nix file", { "containers/a/default.nix": "" }, ["containers/a/default.nix"]],
    [
      "a bake file above the images",
      { "images/docker-bake.hcl": "", "images/a/Dockerfile": "" },
      ["images/docker-bake.hcl"],
    ],
    [
      "a bake file beside a Dockerfile",
      { "apps/a/docker-bake.hcl": "", "apps/a/Dockerfile": "" },
      ["apps/a/docker-bake.hcl; the Dockerfiles beside"],
    ],
    [
      "many, in one note",
      Object.fromEntries([..."abcdefg"].map((name) => [`apps/${name}/docker-bake.hcl`, ""])),
      ["apps/d/docker-bake.hcl and 3 more"],
    ],
    ["a development shell at the root is no image", { "default.nix": "", Dockerfile: "" }, []],
  ])("%s", async (_, tree, expected) => {
    const { notes } = await run(tree);
    expect(notes.map((note) => note.message)).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
});
