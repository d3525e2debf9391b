import { describe, expect, test } from "@jest/globals";
import { discover } from "../../../../src/catalog/layout/discover.ts";
import { memoryFiles, repository, type Tree } from "../memory-files.ts";

const run = (tree: Tree, globs: readonly string[] = []) =>
  discover("/repo", globs, memoryFiles(repository(tree)), ".github/image-publish.yml");
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
    ".ci/runner/Dockerfile": "",
    ".git/modules/Dockerfile": "",
    "images/lower/dockerfile": "",
    "images/lower/Containerfile": "",
    "images/upper/DOCKERFILE": "",
    "images/README.md": "",
    "apps/web/Dockerfile": "",
    "node_modules/x/Dockerfile": "",
    "other/one/Dockerfile": "",
    "other/two/Dockerfile": "",
  };

  test.each<[string, string[], string[]]>([
    [
      "by convention",
      [],
      ["Dockerfile", "apps/web/Dockerfile", "images/a/Containerfile", "images/b/Dockerfile", "images/lower/dockerfile"],
    ],
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
        "images/lower/dockerfile",
        "other/one/Dockerfile",
        "other/two/Dockerfile",
      ],
    ],
    ["at any depth below a folder", ["images/**/er"], ["images/deep/er/Dockerfile"]],
    ["by one character", ["images/?"], ["images/a/Containerfile", "images/b/Dockerfile"]],
    ["by a class", ["images/[!b-z]"], ["images/a/Containerfile"]],
    ["a hidden one that is named", ["images/.h*"], ["images/.hidden/Dockerfile"]],
    ["below a hidden one that is named", [".ci/*"], [".ci/runner/Dockerfile"]],
    ["a hidden one that is named, at any depth", ["**/.hidden"], ["images/.hidden/Dockerfile"]],
    ["all hidden ones, but git's own", [".*/*"], [".ci/runner/Dockerfile"]],
    [
      "each once, sorted",
      ["other/*", "other/one", "apps/*"],
      ["apps/web/Dockerfile", "other/one/Dockerfile", "other/two/Dockerfile"],
    ],
  ])("%s", async (_, globs, expected) => {
    expect(await dockerfiles(tree, globs)).toEqual(expected);
  });

  const others = ["other/one/Dockerfile", "other/two/Dockerfile"];
  const conventional = [
    "Dockerfile",
    "apps/web/Dockerfile",
    "images/a/Containerfile",
    "images/b/Dockerfile",
    "images/lower/dockerfile",
  ];
  const without = (...gone: readonly string[]) => conventional.filter((path) => !gone.includes(path));

  test.each<[string, string[], readonly string[]]>([
    ["of those that a glob names", ["other/*", "!other/two"], ["other/one/Dockerfile"]],
    ["by a glob", ["other/*", "images/*", "!images/*"], others],
    ["from the default places, where nothing else is named", ["!images/*"], ["Dockerfile", "apps/web/Dockerfile"]],
    ["of the root", ["!."], without("Dockerfile")],
    ["at any depth", ["**", "!images/**", "!other/**", "!apps/**"], ["Dockerfile"]],
    [
      "of the last part, at any depth",
      ["**", "!**/{one,b,er}"],
      [
        "Dockerfile",
        "apps/web/Dockerfile",
        "images/a/Containerfile",
        "images/lower/dockerfile",
        "other/two/Dockerfile",
      ],
    ],
    ["before what is excluded from: the order counts", ["!other/two", "other/*"], others],
    ["with an exception", ["other/*", "!other/*", "other/two"], ["other/two/Dockerfile"]],
    ["of a directory that is named, too", ["other/one", "other/two", "!other/two"], ["other/one/Dockerfile"]],
    ["in another spelling", ["other/*", "! ./other/two/"], ["other/one/Dockerfile"]],
    ["of what is not there", ["other/*", "!nothing"], others],
    ["with alternatives", ["other/*", "!other/{one,two}"], []],
  ])("exclusions %s", async (_, globs, expected) => {
    const { found, problems } = await run(tree, globs);
    expect([found.map(({ dockerfile }) => dockerfile), problems]).toEqual([expected, []]);
  });

  test.each<[string, string[], readonly string[]]>([
    ["in a typo", ["!image/b"], ["!image/b"]],
    ["beside globs", ["images/*", "!image/b"], ["!image/b"]],
    ["before what includes again", ["!images/b", "images/*"], ["!images/b"]],
    ["outside of the places", ["!other/one"], ["!other/one"]],
    ["in all alternatives", ["!image/{a,b}"], ["!image/{a,b}"]],
    ["but not in one alternative of two", ["!images/{b,c}"], []],
    ["one of several", ["!images/a", "!x/**"], ["!x/**"]],
    ["but not twice", ["!images/b", "!images/*"], []],
    ["but not of a directory without an image", ["**", "!images"], []],
  ])("an exclusion that excludes nothing is idle: %s", async (_, globs, idle) => {
    expect((await run(tree, globs)).idle).toEqual(idle);
  });

  test.each<[string, string[], readonly string[]]>([
    ["of all that is named", ["other/*", "!other/one", "!other/two"], ["other/one", "other/two"]],
    ["of the default places", ["!**"], [".", "apps/web", "images/a", "images/b", "images/lower"]],
    ["but one", ["other/*", "!other/one"], []],
    ["of nothing", ["nothing/*", "!other/one"], []],
  ])("what is excluded is known where nothing is left: %s", async (_, globs, excluded) => {
    expect((await run(tree, globs)).excluded).toEqual(excluded);
  });

  test.each<[string, string[], string[]]>([
    ["within a part", ["images/{a,b}"], ["images/a/Containerfile", "images/b/Dockerfile"]],
    ["of paths", ["{apps/web,other/*}"], ["apps/web/Dockerfile", ...others]],
    [
      "with wildcards",
      ["{app,othe}?/*", "o{t,}her/t*"],
      ["apps/web/Dockerfile", "other/one/Dockerfile", "other/two/Dockerfile"],
    ],
  ])("alternatives %s", async (_, globs, expected) => {
    expect(await dockerfiles(tree, globs)).toEqual(expected);
  });

  test("an excluded folder's bake file doesn't count, also not above what is found", async () => {
    const { bakes } = await run(
      { "apps/a/docker-bake.hcl": "", "apps/b/docker-bake.hcl": "", "apps/docker-bake.hcl": "" },
      ["apps/*", "!apps", "!apps/b"],
    );
    expect(bakes.map(({ file }) => file)).toEqual(["apps/a/docker-bake.hcl"]);
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
    await discover("/repo", ["**", "images/*", "images/b"], files, ".github/image-publish.yml");
    expect(new Set(files.listed).size).toBe(files.listed.length);
  });
});

describe("what the user named and isn't there", () => {
  test.each<[string, string, string]>([
    ["no such directory", "images/c", "is not there"],
    ["a file", "README", "isn't a directory"],
    ["a symlink", "link", "is a symlink"],
    ["a directory without Dockerfile", "images/a", "neither Dockerfile, Containerfile, default.nix nor bake file"],
    ["out of the repository", "../x", "isn't a path inside the repository"],
    ["absolute", "/etc", "isn't a path inside the repository"],
    ["an open bracket", "images/[a", "isn't closed"],
    ["an empty bracket", "images/[!]", "isn't closed"],
    ["a range from high to low", "images/[z-a]", "has a range that runs backwards: [z-a]"],
    ["one of several alternatives", "READ{M?,ME}", "isn't a directory"],
    ["an open brace", "images/{a,b", "has a brace that isn't closed"],
    ["an exclusion that leads out of the repository", "!../x", "isn't a path inside the repository"],
    ["an exclusion of nothing", "!", "excludes nothing"],
  ])("%s", async (_, glob, message) => {
    const tree = { README: "", "images/a/x": "", link: { symlink: "images" } };
    expect((await run(tree, [glob])).problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test("the default places need not be there", async () => {
    expect(await run({ "src/x": "" })).toEqual({
      found: [],
      looked: ["."],
      bakes: [],
      composes: [],
      problems: [],
      idle: [],
      excluded: [],
      unusual: [],
    });
  });
});

describe("bake files", () => {
  test.each<[string, string[], Tree, string[]]>([
    ["beside Dockerfiles", [], { "apps/a/docker-bake.hcl": "", "apps/a/Dockerfile": "" }, ["apps/a/docker-bake.hcl"]],
    ["above the images", [], { "images/docker-bake.json": "", "images/a/x": "" }, ["images/docker-bake.json"]],
    ["above images of which there is none", [], { "images/docker-bake.hcl": "" }, ["images/docker-bake.hcl"]],
    [
      "in the root, above what is named",
      ["docker"],
      { "docker-bake.hcl": "", "docker/Dockerfile": "" },
      ["docker-bake.hcl"],
    ],
    ["not two levels up", ["a/b/*"], { "a/docker-bake.hcl": "", "a/b/c/Dockerfile": "" }, []],
    [
      "the first of several in a folder names them all",
      [],
      { "docker-bake.override.hcl": "", "docker-bake.hcl": "" },
      ["docker-bake.hcl"],
    ],
  ])("%s", async (_, globs, tree, expected) => {
    expect((await run(tree, globs)).bakes.map(({ file }) => file)).toEqual(expected);
  });

  test("a compose file is another matter", async () => {
    const { bakes, composes } = await run({
      "compose.yaml": "",
      "apps/a/docker-compose.yml": "",
      "apps/a/docker-bake.hcl": "",
    });
    expect([bakes.map(({ file }) => file), composes.map(({ file }) => file)]).toEqual([
      ["apps/a/docker-bake.hcl"],
      ["compose.yaml"],
    ]);
  });
});

describe("Nix files make images, alone or beside a Dockerfile", () => {
  test.each<[string, Tree, readonly string[], readonly unknown[]]>([
    ["one", { "containers/a/default.nix": "" }, [], [["containers/a", undefined, "containers/a/default.nix"]]],
    [
      "one beside a Dockerfile",
      { "containers/a/default.nix": "", "containers/a/Dockerfile": "" },
      [],
      [["containers/a", "containers/a/Dockerfile", "containers/a/default.nix"]],
    ],
    [
      "not at the root, where it is a development shell",
      { "default.nix": "", Dockerfile: "" },
      [],
      [[".", "Dockerfile", undefined]],
    ],
    ["but at a root that is named", { "default.nix": "" }, ["."], [[".", undefined, "default.nix"]]],
  ])("%s", async (_, tree, path, expected) => {
    const { found, problems } = await discover(
      "/repo",
      path,
      memoryFiles(repository(tree)),
      ".github/image-publish.yml",
    );
    expect(found.map(({ directory, dockerfile, nix }) => [directory, dockerfile, nix])).toEqual(expected);
    expect(problems).toEqual([]);
  });
});
