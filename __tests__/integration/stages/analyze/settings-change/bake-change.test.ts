/** What a push that changes a bake file affects: the targets that mean something else than before. */
import { describe, expect, test } from "@jest/globals";
import type { Links } from "../../../../../src/changes/sources/links.ts";
import type { Commit } from "../../../../../src/model/run-context.ts";
import type { Plan } from "../../../../../src/plan/plan.ts";
import type { Session } from "../../../../../src/run/session.ts";
import type { ReadCatalog } from "../../../../../src/stages/analyze/read-catalog.ts";
import { bakeChange } from "../../../../../src/stages/analyze/settings-change/bake-change.ts";
import type { ComparedConfig } from "../../../../../src/stages/analyze/settings-change/config-change.ts";
import type { Change } from "../../../../unit/changes/objects.ts";
import { makeLaptop, type Said } from "../../laptop.ts";

type Files = Readonly<Record<string, Change>>;

const target = (name: string, more: object = {}) => ({ context: name, dockerfile: "Dockerfile", ...more });

/** A bake file of these targets, all of them in the group. */
function bake(targets: Readonly<Record<string, object>>, more: object = {}): string {
  return JSON.stringify({ group: { default: { targets: Object.keys(targets) } }, target: targets, ...more });
}

const file = "images/docker-bake.json";
const config = ".github/image-publish.yml";
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
  {
    when: "a new target",
    changes: { [file]: bake({ ...two, d: target("../other/d") }), "other/d/Dockerfile": "FROM debian:13\n" },
    builds: ["d"],
  },
  {
    when: "a new target for what its directory made an image before",
    changes: { [file]: bake({ ...two, c: target("c") }) },
    builds: [],
  },
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
    builds: [],
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
    when: "the file goes, and an image stays by its directory",
    before: { [file]: bake({ a: target("a", { args: { V: "2" } }), b: target("b") }) },
    changes: { [file]: undefined },
    builds: ["a"],
  },
  {
    when: "a target goes, and its image stays by its directory",
    before: { [file]: bake({ ...two, c: target("c", { args: { V: "2" } }) }) },
    changes: { [file]: bake(two), [config]: "images: {c: {path: images/c}}\n" },
    said: { inputs: { path: "images/*" } },
    builds: ["c"],
  },
  {
    when: "the file moves, and its targets mean the same",
    before: { [file]: undefined, "docker-bake.json": bake({ a: target("images/a"), b: target("images/b") }) },
    changes: { "docker-bake.json": undefined, [file]: bake(two) },
    builds: [],
  },
  {
    when: "the file moves, and a target means something else",
    before: { [file]: undefined, "docker-bake.json": bake({ a: target("images/a"), b: target("images/b") }) },
    changes: { "docker-bake.json": undefined, [file]: bake({ ...two, b: target("b", { args: { V: "2" } }) }) },
    builds: ["b"],
  },
  {
    when: "a new file says what the directories said",
    before: { [file]: undefined },
    changes: { [file]: bake(two) },
    builds: [],
  },
  {
    when: "a new file says more of one",
    before: { [file]: undefined },
    changes: { [file]: bake({ ...two, b: target("b", { args: { V: "2" } }) }) },
    builds: ["b"],
  },
  {
    when: "a target that could not be built is corrected",
    before: { [file]: bake({ ...two, b: target("b", { "dockerfile-inline": "FROM x" }) }) },
    changes: { [file]: bake(two) },
    builds: ["b"],
  },
  {
    when: "a target that could not be built goes, and its directory is an image",
    before: { [file]: bake({ ...two, c: target("c", { "dockerfile-inline": "FROM x" }) }) },
    changes: { [file]: bake(two) },
    builds: ["c"],
  },
  {
    when: "what a link leads to",
    before: { [file]: { link: "../bake/real.json" }, "bake/real.json": bake(two) },
    changes: { "bake/real.json": bake({ ...two, a: target("a", { args: { V: "2" } }) }) },
    builds: ["a"],
  },
  {
    when: "what a link to a link leads to, in a way that means nothing",
    before: { [file]: { link: "../bake/one.json" }, "bake/one.json": { link: "two.json" }, "bake/two.json": bake(two) },
    changes: { "bake/two.json": bake(two, { "//": "a comment" }) },
    builds: [],
  },
  {
    when: "a link takes the file's place",
    changes: {
      [file]: { link: "../bake/real.json" },
      "bake/real.json": bake({ ...two, b: target("b", { args: { V: "2" } }) }),
    },
    builds: ["b"],
  },
  {
    when: "a link leads to another file",
    before: { [file]: { link: "one.json" }, "images/one.json": bake(two), "images/two.json": bake(two) },
    changes: { [file]: { link: "two.json" } },
    builds: ["a", "b"],
  },
  {
    when: "with the config file, and each alone would change nothing",
    changes: {
      [file]: bake({ ...two, a: target("a", { args: { V: "2" } }) }),
      [config]: "images: {a: {build-args: {V: '2'}}}\n",
    },
    builds: ["a"],
  },
  {
    when: "what it said is said by the config file",
    before: { [file]: bake({ ...two, a: target("a", { args: { V: "2" } }) }) },
    changes: { [file]: bake(two), [config]: "images: {a: {build-args: {V: '2'}}}\n" },
    builds: [],
  },
  {
    when: "with the config file, which changes another image",
    before: { [config]: "images: {}\n" },
    changes: {
      [file]: bake({ ...two, a: target("a", { args: { V: "2" } }) }),
      [config]: "images: {b: {build-args: {V: '2'}}}\n",
    },
    builds: ["a", "b"],
  },
  {
    when: "with the config file, which could not be read",
    before: { [config]: "wrong: {}\n" },
    changes: { [file]: bake(two, { "//": "a comment" }), [config]: "images: {}\n" },
    builds: ["a", "b", "c"],
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

describe("in an untrusted checkout nothing is printed, and counted is what a changed file may describe", () => {
  const describing = (name: string, bakeFiles: readonly string[]) => ({ name, publicName: name, bakeFiles });
  const ofFile = [
    describing("a", [file]),
    describing("b", [file]),
    describing("c", []),
    describing("d", ["docker-bake.hcl"]),
  ];

  test.each<{
    readonly when: string;
    readonly change: "added" | "modified" | "deleted";
    readonly counted: readonly string[];
  }>([
    { when: "changes, for its images and one that it had", change: "modified", counted: ["a", "b", "c"] },
    { when: "is new, for its images", change: "added", counted: ["a", "b"] },
  ])("a file $when", async ({ change, counted }) => {
    const forbidden = async (): Promise<never> => {
      throw new Error("buildx was started");
    };
    const session = {
      context: { workspace: "/nowhere" },
      trust: { kind: "untrusted" },
      git: { fileAt: async () => Buffer.from(bake({ a: target("a"), c: target("c") })) },
      checkoutFiles: { read: async () => undefined, list: forbidden },
      outside: { env: {} },
      buildx: { run: forbidden },
    } as unknown as Session;
    const now = { catalog: { images: ofFile }, troubled: [] } as unknown as ReadCatalog;
    const links = { resolve: async (path: string) => ({ path, target: path, paths: [path] }) } as unknown as Links;
    const comparison = { kind: "files", base: "0".repeat(40) as Commit, files: [{ path: file, change }] } as const;
    const config = { read: { catalog: { images: [] }, troubled: [] }, session } as unknown as ComparedConfig;
    const found = await bakeChange(session, comparison, { now, config }, links);
    const images = now.catalog.images.filter((image) => found.filesOf(image).length > 0);
    expect(images.map(({ name }) => name)).toEqual(counted);
    expect(images.filter(({ name }) => found.isAsBefore(name))).toEqual([]);
  });
});
