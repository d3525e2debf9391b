import { expect, test } from "@jest/globals";
import { globMatches, pathGlob } from "../../../src/catalog/path-glob.ts";

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
