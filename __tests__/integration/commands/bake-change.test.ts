/** What a push that changes a bake file affects: the targets that mean something else than before. */
import { expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { makeLaptop, type Said } from "./laptop.ts";

type Files = Readonly<Record<string, Change>>;

const target = (name: string, more: object = {}) => ({ context: name, dockerfile: "Dockerfile", ...more });

/** A bake file of these targets, all of them in the group. */
function bake(targets: Readonly<Record<string, object>>, more: object = {}): string {
  return JSON.stringify({ group: { default: { targets: Object.keys(targets) } }, target: targets, ...more });
}

const file = "images/docker-bake.json";
const two = { a: target("a"), b: target("b") };
const repository: Files = {
  [file]: bake(two),
  "images/a/Dockerfile": "FROM debian:13\nARG V\n",
  "images/b/Dockerfile": "FROM debian:13\nARG V\n",
  "images/c/Dockerfile": "FROM debian:13\nARG V\n",
};

interface Case {
  readonly when: string;
  readonly before?: Files;
  readonly changes: Files;
  readonly said?: Said;
  readonly builds: readonly string[];
}

test.each<Case>([
  { when: "a comment", changes: { [file]: bake(two, { "//": "a comment" }) }, builds: [] },
  { when: "a new target", changes: { [file]: bake({ ...two, c: target("c") }) }, builds: ["c"] },
  {
    when: "a target goes",
    before: { [file]: bake({ ...two, c: target("c") }) },
    changes: { [file]: bake(two) },
    builds: [],
  },
  { when: "an argument", changes: { [file]: bake({ ...two, a: target("a", { args: { V: "2" } }) }) }, builds: ["a"] },
  { when: "a label", changes: { [file]: bake({ ...two, b: target("b", { labels: { x: "y" } }) }) }, builds: ["b"] },
  {
    when: "platforms",
    changes: { [file]: bake({ ...two, b: target("b", { platforms: ["linux/arm64"] }) }) },
    builds: ["b"],
  },
  { when: "what is not used", changes: { [file]: bake({ ...two, a: target("a", { tags: ["x/y:z"] }) }) }, builds: [] },
  {
    when: "a target that another one takes something from",
    before: { [file]: bake({ ...two, b: target("b", { contexts: { "debian:13": "target:a" } }), c: target("c") }) },
    changes: {
      [file]: bake({
        a: target("a", { args: { V: "2" } }),
        b: target("b", { contexts: { "debian:13": "target:a" } }),
        c: target("c"),
      }),
    },
    builds: ["a", "b"],
  },
  {
    when: "an override",
    before: { "images/docker-bake.override.json": bake({ a: { args: { V: "1" } } }) },
    changes: { "images/docker-bake.override.json": bake({ a: { args: { V: "2" } } }) },
    builds: ["a"],
  },
  {
    when: "an override goes",
    before: { "images/docker-bake.override.json": bake({ a: { args: { V: "1" } } }) },
    changes: { "images/docker-bake.override.json": undefined },
    builds: ["a"],
  },
  {
    when: "a new file that takes over",
    before: { [file]: undefined },
    changes: { [file]: bake(two) },
    builds: ["a", "b"],
  },
  {
    when: "a file that buildx could not read",
    before: { [file]: "{" },
    changes: { [file]: bake(two) },
    builds: ["a", "b"],
  },
  {
    when: "an override that was a link",
    before: {
      "images/docker-bake.override.json": { link: "other.json" },
      "images/other.json": bake({ a: { args: { V: "1" } } }),
    },
    changes: { "images/docker-bake.override.json": undefined },
    builds: ["a", "b"],
  },
  {
    when: "named targets",
    changes: { [file]: bake({ ...two, a: target("a", { args: { V: "2" } }) }) },
    said: { inputs: { "bake-target": "b" } },
    builds: [],
  },
])("a bake file changes: $when", async ({ before = {}, changes, said = {}, builds }) => {
  const laptop = makeLaptop({ ...repository, ...before }, { bake: true });
  try {
    laptop.commit(changes);
    const plan = (await laptop.plan(said)).json as Plan;
    expect(plan.images.flatMap(({ name, kind }) => (kind === "build" ? [name] : [])).sort()).toEqual(builds);
  } finally {
    laptop.remove();
  }
});
