/** Which bake files are printed by one process: what makes a file plain, and what keeps two apart. */
import { describe, expect, test } from "@jest/globals";
import { type BakeOutline, bakeOutline } from "../../../src/catalog/bake/joined/bake-outline.ts";
import { batchesOf, isApart, partsOfPrint, wantedOf } from "../../../src/catalog/bake/joined/joined-prints.ts";

const group = (...targets: readonly string[]) => `group "default" {\n  targets = ${JSON.stringify(targets)}\n}\n`;
const target = (name: string, body = "") => `target "${name}" {\n${body}\n}\n`;
const variable = (name: string, value = '"1"') => `variable "${name}" {\n  default = ${value}\n}\n`;

const outline = (text: string): BakeOutline => {
  const found = bakeOutline(text);
  if (found === undefined) throw new Error(`not plain: ${text}`);
  return found;
};

test("the outline of a file", () => {
  const text = `# a comment with target "x" {
// another
/* and
   one more */
${group("web", "all")}
group "all" { targets = ["web"] } # on one line
${variable("TAG", `"v\${OTHER}"`)}
variable "EMPTY" {}
${target("base", '  args = { A = "a}b", "B" = upper(TAG) }')}
${target("web", `  inherits = ["base",\n  ]\n  output = ["type=image,push=true"]\n  tags = [\n    "x:\${TAG}", # why\n  ]\n  target = "prod"`)}`;
  const { targets, groups, variables, names } = outline(text);
  expect([...targets]).toEqual(["base", "web"]);
  expect([...groups]).toEqual([
    ["default", ["web", "all"]],
    ["all", ["web"]],
  ]);
  expect([...variables]).toEqual([
    ["TAG", `\n  default = "v\${OTHER}"\n`],
    ["EMPTY", ""],
  ]);
  expect([...names]).toEqual(expect.arrayContaining(["TAG", "OTHER", "upper"]));
});

test.each([
  ["a function", 'function "f" {\n  params = []\n  result = "x"\n}\n'],
  ["an attribute outside of blocks", 'x = "y"\n'],
  ["a matrix", target("a", `  matrix = { x = ["1"] }\n  name = "a-\${x}"`)],
  ["an attribute of another target", target("a") + target("b", "  context = target.a.context")],
  ["one in a text", target("a") + target("b", `  context = "\${target.a.context}"`)],
  ["a name that is made", target("a", `  inherits = ["\${X}"]`)],
  ["a list that is made", `${target("a")}group "g" {\n  targets = [for x in ["a"] : x]\n}\n`],
  ["inheriting from what another file may have", target("a", '  inherits = ["b"]')],
  ["a member that another file may have", group("a")],
  ["a group in which the default one is", `${group("a")}${target("a")}group "g" {\n  targets = ["default"]\n}\n`],
  ["an output on the disk", target("a", '  output = ["type=local,dest=out"]')],
  ["an output that is only a path", target("a", '  output = ["out"]')],
  ["an archive", target("a", '  output = ["type=docker,dest=x.tar"]')],
  ["an output that is made", target("a", `  output = ["type=image,\${X}"]`)],
  ["an attribute of a later version", target("a", '  policy = ["x"]')],
  ["a block in a target", target("a", '  extra {\n    x = "y"\n  }')],
  ["a target twice", target("a") + target("a")],
  ["a heredoc", target("a", "  dockerfile-inline = <<EOT\nFROM x\nEOT")],
  ["an escaped expression", target("a", `  args = { A = "$\${x}" }`)],
  ["texts in texts without end", target("a", `  context = ${`"\${`.repeat(2000)}`)],
  ["a label without quotes", "target a {\n}\n"],
  ["a label that is no name", target("a.b")],
  ["a bracket that is not closed", 'target "a" {\n'],
  ["a bracket too many", `${target("a")}}\n`],
  ["a text without end", 'target "a" {\n  context = "x\n}\n'],
  ["JSON", '{"target": {"a": {}}}'],
  ["something long", `${"# \n".repeat(200_000)}${target("a")}`],
])("%s is buildx's to understand", (_, text) => {
  expect(bakeOutline(text)).toBeUndefined();
});

describe("two files are printed together", () => {
  test.each([
    ["targets of their own", target("a"), target("b")],
    ["a group default each", group("a") + target("a"), group("b") + target("b")],
    ["the same variable", variable("V") + target("a", "  context = V"), variable("V") + target("b")],
    ["a variable that the other has no use for", variable("V") + target("a"), target("b")],
    ["the other's variable in a text that is none", variable("V") + target("a"), target("b", '  context = "V"')],
  ])("with %s", (_, one, other) => {
    expect([isApart(outline(one), outline(other)), isApart(outline(other), outline(one))]).toEqual([true, true]);
  });

  test.each([
    ["a target of the same name", target("a"), target("a")],
    ["a target default", target("default"), group("b") + target("b")],
    [
      "a group of the same name",
      `${target("a")}group "g" { targets = ["a"] }`,
      `${target("b")}group "g" { targets = ["b"] }`,
    ],
    ["a group of a target's name", `${target("a")}group "b" { targets = ["a"] }`, target("b")],
    ["another value of a variable", variable("V") + target("a"), variable("V", '"2"') + target("b")],
    ["another comment at it", variable("V", '"1" # one') + target("a"), variable("V", '"1" # two') + target("b")],
    ["the use of a variable that only the other has", variable("V") + target("a"), target("b", "  context = V")],
    ["one in a text", variable("V") + target("a"), target("b", `  context = "x-\${lower("\${V}")}"`)],
    [
      "a variable made of one that only the other has",
      variable("V", "W") + target("a"),
      variable("V", "W") + variable("W") + target("b"),
    ],
  ])("but not with %s", (_, one, other) => {
    expect([isApart(outline(one), outline(other)), isApart(outline(other), outline(one))]).toEqual([false, false]);
  });
});

test("no print has more than 64 files, and one that meets another goes elsewhere", () => {
  const files = Array.from({ length: 130 }, (_, at) => ({
    at: { folder: `f${at}`, file: `f${at}/docker-bake.hcl` },
    outline: outline(target(at === 5 ? "t4" : `t${at}`)),
    wanted: [],
  }));
  const batches = batchesOf(files).map((batch) => batch.map(({ at }) => at.folder));
  expect(batches.map(({ length }) => length)).toEqual([64, 64, 2]);
  expect(batches[1]).toContain("f5");
});

const two = `${group("web")}${target("web")}${target("db")}group "all" {\n  targets = ["web", "db"]\n}\n`;

test.each([
  ["the group default", two, [], ["web"]],
  ["no group default", target("web"), [], undefined],
  ["a group default without members", `${group()}${target("web")}`, [], undefined],
  ["names, of which it has one", two, ["db", "other"], ["db"]],
  ["a group", two, ["all"], ["all"]],
  ["names that it doesn't have", two, ["other"], undefined],
  ["a pattern", two, ["w*"], undefined],
  ["the name default", two, ["default", "db"], undefined],
  ["everything", two, ["*"], ["web", "db"]],
])("what is wanted of a file: %s", (_, text, names, wanted) => {
  expect(wantedOf(outline(text), names)).toEqual(wanted);
});

describe("each file's part of a print", () => {
  const file = (text: string, wanted: readonly string[]) => ({
    at: { folder: "", file: "" },
    outline: outline(text),
    wanted,
  });
  const shown = (contexts: Readonly<Record<string, string>> = {}) => ({ contexts }) as never;
  const files = [file(two, ["web", "all"]), file(target("c"), ["c"])];
  const groups = new Map([
    ["default", ["all", "c", "web"]],
    ["all", ["db", "web"]],
  ]);

  test("has its own targets and groups", () => {
    const targets = new Map([
      ["web", shown({ x: "target:db", y: "../c" })],
      ["db", shown()],
      ["c", shown()],
    ]);
    expect(partsOfPrint({ groups, targets }, files)).toEqual([
      {
        groups: new Map([
          ["default", ["all", "web"]],
          ["all", ["db", "web"]],
        ]),
        targets: new Map([
          ["web", shown({ x: "target:db", y: "../c" })],
          ["db", shown()],
        ]),
      },
      { groups: new Map([["default", ["c"]]]), targets: new Map([["c", shown()]]) },
    ]);
  });

  test.each([
    [
      "takes something from another file's target",
      [
        ["web", shown({ x: "target:c" })],
        ["c", shown()],
      ] as const,
    ],
    [
      "is nobody's",
      [
        ["web", shown()],
        ["other", shown()],
      ] as const,
    ],
  ])("is not there where a target %s", (_, targets) => {
    expect(partsOfPrint({ groups, targets: new Map(targets) }, files)).toBeUndefined();
  });
});
