// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Nix interpolates
/** What a Nix file reads of the repository. */
import { describe, expect, test } from "@jest/globals";
import { nixPaths } from "../../../src/catalog/nix/paths.ts";
import { nixReader } from "../../../src/catalog/nix/reads.ts";
import { memoryFiles, repository, type Tree } from "./memory-files.ts";

const own = "containers/app/default.nix";
const named = (text: string) => nixPaths(text, own).named.map(({ path }) => path);
const doubt = (text: string) => nixPaths(text, own).doubt;

describe("the paths that an expression names", () => {
  test.each([
    ["beside it", "import ./x.nix", ["containers/app/x.nix"]],
    ["further up", "{ src = ../../shared; }", ["shared"]],
    ["without a dot", "lib/x.nix", ["containers/app/lib/x.nix"]],
    ["its own directory", "./.", ["containers/app"]],
    ["the root", "../..", ["."]],
    ["in an interpolation", "\"${./a}/b\" + ''c ${./d}''", ["containers/app/a", "containers/app/d"]],
    ["by a default", "{ pkgs ? import ../nixpkgs.nix { } }: pkgs", ["containers/nixpkgs.nix"]],
    ["with text added", './a + "/b" + ".c"', ["containers/app/a", "containers/app/a/b.c"]],
    ["not with what a function's result is added to", 'f ./a + "/b"', ["containers/app/a"]],
    ["out of the repository", "../../../x", ["../x"]],
    ["absolute", "/etc/os-release", ["/etc/os-release"]],
    ["at home", "~/x", ["~/x"]],
  ])("%s", (_, text, paths) => {
    expect(named(text)).toEqual(paths);
    expect(doubt(text)).toBeUndefined();
  });

  test.each([
    ["comments", "1 # ./a\n/* ./b */"],
    ["strings", '"./a \\${./b} $${./c} \\" ./d"'],
    ["scripts", "''./a ''${./b} ''' ./c ''\\n cd ../x $''"],
    ["addresses", "https://example.org/a/b?c=./d"],
    ["what the machine has", "import <nixpkgs/lib> { }"],
    ["operators", "{ } // { a = b.c // d; }"],
    ["names with quotes", "let a'' = 1; in a''"],
  ])("not what looks like one in %s", (_, text) => {
    expect(named(text)).toEqual([]);
    expect(doubt(text)).toBeUndefined();
  });
});

describe("what may read more than it names", () => {
  test.each([
    ["a path with an interpolation", "1\n+ ./${x}/y", 2, "a path with an interpolation"],
    ["one at its end", "./x-${y}", 1, "a path with an interpolation"],
    ["a path that is put together", "./. + x", 1, "a path that is put together"],
    ["by an interpolation", './. + "/${x}"', 1, "a path that is put together"],
    ["a string that leads up", 'toString root + "/../x"', 1, 'the string "/../x"'],
    ["the folder of a path", "dirOf ./x", 1, "dirOf"],
    ["the file's own place", "\n\n__curPos.file", 3, "__curPos"],
    ["a flake", "builtins.getFlake x", 1, "getFlake"],
    ["a string without end", '{\n a = "x', 2, "an expression that isn't understood"],
    ["a comment without end", "/* x", 1, "an expression that isn't understood"],
    ["an interpolation without end", '"${ { a = 1; ', 1, "an expression that isn't understood"],
  ])("%s", (_, text, line, what) => {
    expect(doubt(text)).toEqual({ what, line });
  });

  test("nobody nests as deep as this, and it does no harm", () => {
    expect(doubt('"${'.repeat(100_000))).toMatchObject({ what: "an expression that isn't understood" });
  });
});

describe("what is read for an image", () => {
  const reads = (files: Tree) => nixReader("/repo", memoryFiles(repository(files)))(own, "containers/app");
  const usual = ["containers/app", "containers/app/default.nix", "flake.lock", "flake.nix"];

  test.each<[string, Tree, readonly string[]]>([
    ["its directory and the lock files", { [own]: "{ }" }, []],
    ["a file elsewhere", { [own]: "../../VERSION", VERSION: "1" }, ["VERSION"]],
    [
      "what an imported file names, from where it lies",
      { [own]: "import ../../nix/a.nix", "nix/a.nix": "[ ./b.nix ./c.txt ]", "nix/b.nix": "./a.nix", "nix/c.txt": "" },
      ["nix/a.nix", "nix/b.nix", "nix/c.txt"],
    ],
    [
      "what an imported directory names",
      {
        [own]: "import ../../nix",
        "nix/default.nix": "../data",
        "nix/sub/x.nix": "../../more",
        "data/x": "",
        "more/y": "",
      },
      ["data", "more", "nix", "nix/default.nix", "nix/sub", "nix/sub/x.nix"],
    ],
    ["an imported file of any name", { [own]: "import ../../lib/x", "lib/x": "./y", "lib/y": "" }, ["lib/x", "lib/y"]],
    ["but not a file of data that looks like one", { [own]: "../../lib/x", "lib/x": "./y" }, ["lib/x"]],
    [
      "what other Nix files of its directory name only where they are named",
      { [own]: "1", "containers/app/o.nix": "../.." },
      [],
    ],
  ])("%s", async (_, files, more) => {
    expect(await reads(files)).toEqual({ kind: "paths", paths: [...usual, ...more].sort() });
  });

  test.each<[string, Tree, object]>([
    [
      "a doubt anywhere",
      { [own]: "import ./x.nix", "containers/app/x.nix": "\n./${y}" },
      { what: "a path with an interpolation", at: { file: "containers/app/x.nix", line: 2 } },
    ],
    [
      "a symlink on the way",
      { [own]: "../link/x", "containers/link": { symlink: "../x" } },
      { what: "containers/link/x, a symlink" },
    ],
    ["a path that isn't there", { [own]: "./gone" }, { what: "containers/app/gone, which is not there" }],
  ])("the whole repository: %s", async (_, files, expected) => {
    expect(await reads(files)).toMatchObject({ kind: "whole", ...expected });
  });

  test.each(["/etc/passwd", "../../../x", "~/x"])(
    "what lies outside the repository can't be seen: %s",
    async (path) => {
      expect(await reads({ [own]: path })).toMatchObject({ kind: "outside" });
    },
  );
});
