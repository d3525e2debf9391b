/** BUILD_DATE, VCS_REF and VERSION, for Dockerfiles that declare them. */
import { describe, expect, test } from "@jest/globals";
import { tag } from "../../../../../src/model/reference.ts";
import { commit, gitRef } from "../../../../../src/model/run-context.ts";
import {
  conventionalArguments,
  takesVersion,
} from "../../../../../src/stages/analyze/details/conventional-arguments.ts";
import { parseRules } from "../../../../../src/tags/rules/parse-rules.ts";
import { buildTree, type Options } from "../../../catalog/build-tree.ts";

const head = commit("c".repeat(40));

async function image(dockerfile: string, options: Options) {
  const { images } = await buildTree({ "images/app/Dockerfile": dockerfile }, options);
  const [found] = images;
  if (found === undefined) throw new Error("there is no image");
  return found;
}

async function given(dockerfile: string, { ref = "refs/tags/v1.2.3", version = "1.2.3", rules = "", ...options } = {}) {
  const parsed = parseRules(rules === "" ? [] : [{ text: rules, input: "tags", line: 1 }]).values;
  const tags = { tags: [{ tag: tag(version), moves: version === "main" }], version };
  const context = { commit: head, ref: gitRef(ref), startedAt: new Date("2026-06-02T00:00:00Z") };
  const found = await image(dockerfile, options);
  const facts = { context, commitDate: new Date("2026-06-01T12:00:00Z"), tags, rules: parsed };
  return conventionalArguments(found, facts);
}

test("kube9: what is declared is given, with the commit's date", async () => {
  const dockerfile = "FROM alpine:3\nARG BUILD_DATE\nARG VCS_REF=unknown VERSION=dev\n";
  expect(await given(dockerfile)).toEqual({ BUILD_DATE: "2026-06-01T12:00:00.000Z", VCS_REF: head, VERSION: "1.2.3" });
});

test("where nobody knows the commit's date, it is the run's", async () => {
  const context = { commit: head, ref: gitRef("refs/heads/main"), startedAt: new Date("2026-06-02T00:00:00Z") };
  const facts = { context, commitDate: undefined, tags: { tags: [], version: undefined }, rules: [] };
  const found = await image("FROM alpine:3\nARG BUILD_DATE\n", {});
  expect(conventionalArguments(found, facts)).toEqual({ BUILD_DATE: "2026-06-02T00:00:00.000Z" });
});

describe("VERSION", () => {
  test.each<[string, string, string | undefined]>([
    ["declared in the target's stage", "FROM alpine\nARG VERSION", "1.2.3"],
    ["declared above the first FROM", "ARG VERSION\nFROM alpine\nARG VERSION", "1.2.3"],
    [
      "declared in a stage that the target needs",
      "FROM golang AS b\nARG VERSION\nFROM alpine\nCOPY --from=b / /",
      "1.2.3",
    ],
    ["declared in a stage that nobody needs", "FROM golang AS b\nARG VERSION\nFROM alpine", undefined],
    ["not declared", "FROM alpine\nENV VERSION=1", undefined],
    ["with a placeholder", "FROM alpine\nARG VERSION=0.0.0-dev", "1.2.3"],
    ["with an empty default", 'FROM alpine\nARG VERSION=""', "1.2.3"],
    ["that the user wrote, as of a tool", "FROM alpine\nARG VERSION=3.19", undefined],
    ["that the user wrote in quotes", 'FROM alpine\nARG VERSION="v2"', undefined],
    ["made of another", "FROM alpine\nARG TOOL=1\nARG VERSION=$TOOL", undefined],
    ["of the base", "ARG VERSION=edge\nFROM alpine:$VERSION\nARG VERSION", undefined],
    ["of the base, by another ARG", "ARG VERSION=edge\nARG BASE=alpine:$VERSION\nFROM $BASE", undefined],
  ])("%s", async (_, dockerfile, expected) => {
    expect((await given(dockerfile)).VERSION).toBe(expected);
  });

  const declared = "FROM alpine\nARG VERSION";
  test.each<[string, Parameters<typeof given>[1]]>([
    ["on a push to a branch", { ref: "refs/heads/main", version: "main" }],
    ["where the git tag is no version", { ref: "refs/tags/nightly", version: "nightly" }],
    ["where only a moving tag comes of it", { version: "main" }],
    ["where a rule makes tags of it", { rules: "type=version,from=arg:VERSION" }],
  ])("is not given %s", async (_, options) => {
    expect(await given(declared, options)).toEqual({});
  });

  test("is the user's where he gives one", async () => {
    const found = await image(declared, { buildArgs: { VERSION: "mine" } });
    expect(takesVersion(found, [])).toBe(false);
  });

  test("is baked in where it is given: bytes of another version are not the release's", async () => {
    expect(takesVersion(await image(declared, {}), [])).toBe(true);
    expect(takesVersion(await image("FROM alpine\nARG VERSION=3.19", {}), [])).toBe(false);
  });
});
