/** Bake files that an input names, read by real buildx. */
import { readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import type { Plan } from "../../src/plan/plan.ts";
import { firstPush, pushed } from "./events.ts";
import { type Changes, makeProject } from "./project.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const planning = { command: "plan", converge: "false", cache: "none" };
const dockerfile = "FROM scratch\nARG V\nCOPY . /\n";
const json = (targets: Readonly<Record<string, object>>) =>
  JSON.stringify({ group: { default: { targets: Object.keys(targets) } }, target: targets });

/** Of each image its context, Dockerfile and arguments. */
async function planned(files: Changes, inputs: Readonly<Record<string, string>>) {
  const run = await runAction(makeProject(files), { ...firstPush, inputs: { ...planning, ...inputs } });
  if (run.code !== 0) throw new Error(run.log);
  const { images } = JSON.parse(readFileSync(run.outputs.plan ?? "", "utf8")) as Plan;
  return Object.fromEntries(
    images.map((each) => [each.name, each.kind === "build" ? [each.context, each.dockerfile, each.args] : each.kind]),
  );
}

describe("the images are", () => {
  test.each<{
    readonly what: string;
    readonly files: Changes;
    readonly inputs: Readonly<Record<string, string>>;
    readonly are: object;
  }>([
    {
      what: "those of files that start in the repository's root, as for `bake --file`",
      files: {
        "dockerfiles/r-ver_4.6.0.Dockerfile": dockerfile,
        "dockerfiles/binder_4.6.0.Dockerfile": dockerfile,
        "bakefiles/4.6.0.docker-bake.json": json({ "r-ver": { dockerfile: "dockerfiles/r-ver_4.6.0.Dockerfile" } }),
        "bakefiles/4.6.0.extra.docker-bake.json": json({
          binder: { dockerfile: "dockerfiles/binder_4.6.0.Dockerfile" },
        }),
        "bakefiles/old.json": json({ old: { dockerfile: "dockerfiles/old.Dockerfile" } }),
      },
      inputs: { "bake-file": "bakefiles/4.6.0.docker-bake.json\nbakefiles/4.6.0.extra.docker-bake.json" },
      are: {
        binder: [".", "dockerfiles/binder_4.6.0.Dockerfile", {}],
        "r-ver": [".", "dockerfiles/r-ver_4.6.0.Dockerfile", {}],
      },
    },
    {
      what: "those of files that start in their own folder, as where they are found",
      files: {
        "one/ci.hcl":
          'group "default" { targets = ["a", "b"] }\ntarget "a" { context = "a" }\ntarget "b" { context = "b" }\n',
        "one/a/Dockerfile": dockerfile,
        "one/b/Dockerfile": dockerfile,
        "two/ci.hcl": 'target "default" { args = { V = "1" } }\n',
        "two/Dockerfile": dockerfile,
      },
      inputs: { "bake-file": "one/ci.hcl, two/ci.hcl" },
      are: {
        a: ["one/a", "one/a/Dockerfile", {}],
        b: ["one/b", "one/b/Dockerfile", {}],
        two: ["two", "two/Dockerfile", { V: "1" }],
      },
    },
    {
      what: "apart with their targets' names, where several files are in one folder",
      files: {
        "ci/a.hcl": 'group "default" { targets = ["a"] }\ntarget "a" { dockerfile = "a.Dockerfile" }\n',
        "ci/b.hcl": 'group "default" { targets = ["b"] }\ntarget "b" { dockerfile = "b.Dockerfile" }\n',
        "ci/a.Dockerfile": dockerfile,
        "ci/b.Dockerfile": dockerfile,
      },
      inputs: { "bake-file": "ci/a.hcl\nci/b.hcl" },
      are: { a: ["ci", "ci/a.Dockerfile", {}], b: ["ci", "ci/b.Dockerfile", {}] },
    },
    {
      what: "those of files that belong together",
      files: {
        "ci/base.hcl":
          'variable "X" { default = "1" }\ngroup "default" { targets = ["a", "b"] }\ntarget "a" { args = { V = X } }\ntarget "b" {}\n',
        "ci/release.hcl": 'variable "X" { default = "2" }\n',
        "ci/Dockerfile": dockerfile,
      },
      inputs: { "bake-file": "ci/base.hcl + ci/release.hcl" },
      are: { a: ["ci", "ci/Dockerfile", { V: "2" }], b: ["ci", "ci/Dockerfile", {}] },
    },
    {
      what: "the targets that `bake-target` names",
      files: {
        "ci/a.hcl": 'target "a" {}\ntarget "b" {}\n',
        "ci/Dockerfile": dockerfile,
        "other/c.json": json({ c: {} }),
        "other/Dockerfile": dockerfile,
      },
      inputs: { "bake-file": "ci/a.hcl\nother/c.json", "bake-target": "b,c" },
      are: { ci: ["ci", "ci/Dockerfile", {}], other: ["other", "other/Dockerfile", {}] },
    },
    {
      what: "those of a compose file of another name",
      files: {
        "ci/build.yml": "services:\n  a:\n    build: {context: ./a, args: {V: '1'}}\n  b:\n    image: x\n",
        "ci/a/Dockerfile": dockerfile,
      },
      inputs: { "bake-file": "ci/build.yml" },
      are: { a: ["ci/a", "ci/a/Dockerfile", { V: "1" }] },
    },
    {
      what: "none of files that are found by convention",
      files: {
        "docker-bake.hcl": 'target "default" { context = "x" }\n',
        "x/Dockerfile": dockerfile,
        "release.hcl": 'group "default" { targets = ["y"] }\ntarget "y" { context = "y" }\n',
        "y/Dockerfile": dockerfile,
        "images/z/Dockerfile": dockerfile,
      },
      inputs: { "bake-file": "release.hcl" },
      are: { y: ["y", "y/Dockerfile", {}], z: ["images/z", "images/z/Dockerfile", {}] },
    },
  ])("$what", async ({ files, inputs, are }) => {
    expect(await planned(files, inputs)).toEqual(are);
  });
});

describe("an error names the place", () => {
  test.each<{ readonly what: string; readonly files: Changes; readonly input: string; readonly says: RegExp }>([
    {
      what: "a missing file",
      files: {},
      input: "a.hcl\nci/no.hcl",
      says: /"bake-file", line 2: the bake file ci\/no\.hcl is not there/,
    },
    {
      what: "a path outside",
      files: {},
      input: "../a.hcl",
      says: /"bake-file", line 1: .*isn't a path inside the repository/,
    },
    {
      what: "a malformed file",
      files: { "ci/b.hcl": 'target "b" {\n  context =\n}\n' },
      input: "ci/b.hcl",
      says: /can't read ci\/b\.hcl/,
    },
    {
      what: "a file of those that belong together",
      files: { "ci/b.hcl": "x = {\n" },
      input: "a.hcl + ci/b.hcl",
      says: /can't read ci\/b\.hcl/,
    },
    {
      what: "a file without a group",
      files: { "b.hcl": 'target "b" {}\n' },
      input: "b.hcl",
      says: /b\.hcl has no group or target "default"; it has b/,
    },
  ])("$what", async ({ files, input, says }) => {
    const project = makeProject({ "a.hcl": 'target "default" {}\n', Dockerfile: dockerfile, ...files });
    const run = await runAction(project, { ...firstPush, inputs: { ...planning, "bake-file": input } });
    expect(run.code).toBe(1);
    expect(run.annotations.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
  });
});

describe("a push affects", () => {
  const files: Changes = {
    "bakefiles/one.json": json({ a: { context: "a", args: { V: "1" } }, b: { context: "b" } }),
    "bakefiles/two.json": json({ c: { context: "c" } }),
    "a/Dockerfile": dockerfile,
    "b/Dockerfile": dockerfile,
    "c/Dockerfile": dockerfile,
  };
  test.each<{ readonly what: string; readonly changes: Changes; readonly affected: readonly string[] }>([
    {
      what: "what a file changes",
      changes: { "bakefiles/one.json": json({ a: { context: "a", args: { V: "2" } }, b: { context: "b" } }) },
      affected: ["a"],
    },
    {
      what: "nothing by a file that isn't named",
      changes: { "bakefiles/three.json": json({}), "docker-bake.json": json({}) },
      affected: [],
    },
    {
      what: "what a file adds",
      changes: { "bakefiles/two.json": json({ c: { context: "c" }, d: { context: "b" } }) },
      affected: ["d"],
    },
    { what: "the context of a target", changes: { "c/x": "1" }, affected: ["c"] },
  ])("$what", async ({ changes, affected }) => {
    const project = makeProject(files);
    const from = project.git("rev-parse", "HEAD");
    project.commit(changes);
    const inputs = { ...planning, "bake-file": "bakefiles/one.json\nbakefiles/two.json" };
    const { code, outputs, log } = await runAction(project, { ...pushed(from), inputs });
    expect([code, code === 0 ? [...JSON.parse(outputs.affected || "[]")].sort() : log]).toEqual([0, affected]);
  });
});
