import { expect, test } from "@jest/globals";
import { globMatches, pathGlob, pathList } from "../../../../src/catalog/layout/path-glob.ts";

test.each<[string, readonly string[], readonly string[]]>([
  ["deploy/app.yaml", ["deploy/app.yaml"], ["deploy/app.yaml.bak", "x/deploy/app.yaml", "deploy"]],
  ["deploy/*.yaml", ["deploy/app.yaml"], ["deploy/prod/app.yaml", "deploy/.hidden.yaml", "deploy/app.yml"]],
  ["deploy/**", ["deploy/app.yaml", "deploy/a/b/c", "deploy"], ["app.yaml"]],
  ["**/values.yaml", ["values.yaml", "charts/app/values.yaml"], ["charts/values.yaml/x"]],
  ["charts/**/values*.yaml", ["charts/values.yaml", "charts/a/b/values-prod.yaml"], ["values.yaml"]],
  ["app-?.yaml", ["app-1.yaml"], ["app-10.yaml", "app-.yaml"]],
  ["app-[!a-c].yaml", ["app-d.yaml"], ["app-a.yaml"]],
  [".github/*.yml", [".github/ci.yml"], ["github/ci.yml"]],
])("%s", (glob, matching, others) => {
  const { parts } = pathGlob(glob);
  const matches = (path: string) => globMatches(parts, path.split("/"));
  expect([matching.filter(matches), others.filter(matches)]).toEqual([matching, []]);
});

test("many `**` in one glob don't take for ever", () => {
  const { parts } = pathGlob("**/a/**/a/**/a/**/b");
  expect(
    globMatches(
      parts,
      Array.from({ length: 60 }, () => "a"),
    ),
  ).toBe(false);
});

test("very many `**` in one glob don't take for ever either", () => {
  const { parts } = pathGlob(`${"**/a/".repeat(400)}b`);
  const path = Array.from({ length: 1_000 }, () => "a");
  expect([globMatches(parts, path), globMatches(parts, [...path, "b"])]).toEqual([false, true]);
});

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ["one glob", ["a/*"], ["a/x"], ["b", "yaml"]],
  ["alternatives", ["{a,b/c}/*"], ["a/x", "b/c/x"], ["b/x", "yaml"]],
  ["an exclusion", ["a/*", "!a/x"], ["a/y"], ["a/x", "yaml"]],
  ["the last that matches", ["!a/x", "a/*"], ["a/x", "a/y"], ["yaml"]],
  ["an exception", ["a/**", "!a/b/**", "a/b/c"], ["a/b/c", "a/d"], ["a/b/d"]],
  ["exclusions alone, of what is usual", ["!a/**"], ["yaml"], ["a/yaml", "b"]],
])("a list: %s", (_, list, listed, others) => {
  const matches = pathList(list, (path) => path.endsWith("yaml"));
  expect([listed.filter(matches), others.filter(matches)]).toEqual([listed, []]);
});
