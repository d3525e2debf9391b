import { expect, test } from "@jest/globals";
import { cacheBranches, cacheOf } from "../../../src/commands/image-cache.ts";
import { commit, gitRef, type Trigger } from "../../../src/context/run-context.ts";
import { buildTree } from "../catalog/build-tree.ts";

const someCommit = commit("a".repeat(40));
const push: Trigger = { kind: "push", before: undefined, forced: false };
const pullRequest: Trigger = {
  kind: "pull-request",
  number: 7,
  baseRef: "release/1",
  baseCommit: someCommit,
  headCommit: someCommit,
  fromFork: false,
  target: false,
};

test.each<[string, Trigger, string, ReturnType<typeof cacheBranches>]>([
  [
    "a branch reads the default branch's after its own",
    push,
    "refs/heads/x",
    { own: "x", fallbacks: ["main"], write: true },
  ],
  ["a tag writes nothing", push, "refs/tags/v1", { own: "v1", fallbacks: ["main"], write: false }],
  [
    "a pull request reads its base's, then the default branch's",
    pullRequest,
    "refs/pull/7/merge",
    { own: "pr-7", fallbacks: ["release/1", "main"], write: true },
  ],
])("%s", (_, trigger, ref, expected) => {
  expect(cacheBranches({ trigger, ref: gitRef(ref), defaultBranch: "main" })).toEqual(expected);
});

const image = (await buildTree({ "images/app/Dockerfile": "FROM scratch\n" })).images[0];

test.each<[string, Trigger, string, boolean, readonly string[], readonly string[]]>([
  ["the default branch", push, "refs/heads/main", true, ["buildcache"], ["buildcache"]],
  ["another branch", push, "refs/heads/x", true, ["buildcache-x", "buildcache"], ["buildcache-x"]],
  ["a branch that isn't pushed", push, "refs/heads/x", false, ["buildcache"], []],
  ["a git tag", push, "refs/tags/v1", true, ["buildcache"], []],
  [
    "a pull request, though it is pushed",
    pullRequest,
    "refs/pull/7/merge",
    true,
    ["buildcache-release_1-856cd0a3", "buildcache"],
    [],
  ],
])("in a registry %s reads and writes", (_, trigger, ref, push, from, to) => {
  if (image === undefined) throw new Error("there is no image");
  const lines = cacheOf(
    { trigger, ref: gitRef(ref), defaultBranch: "main" },
    image,
    { kind: "registry", from: [], to: [] },
    { cache: "none", push },
    (text) => text,
  );
  const tags = (all: readonly string[]) => all.map((line) => /:([^:,]+)(?:,|$)/.exec(line.replace(/^.*ref=/, ""))?.[1]);
  expect([tags(lines.from), tags(lines.to)]).toEqual([from, to]);
});

test("own lines are hardened, and those that push are left out where nothing is pushed", () => {
  if (image === undefined) throw new Error("there is no image");
  const own = { kind: "auto", from: ["type=gha"], to: ["type=gha", "type=registry,ref=r/c:{{name}}"] } as const;
  const context = { trigger: push, ref: gitRef("refs/heads/x"), defaultBranch: "main" };
  expect(
    cacheOf(context, image, own, { cache: "none", push: false }, (text) => text.replace("{{name}}", "app")),
  ).toEqual({
    from: ["type=gha,timeout=60s"],
    to: ["type=gha,timeout=60s,ignore-error=true"],
  });
});
