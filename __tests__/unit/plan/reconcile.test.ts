/** What is built, promoted and left, by what the registries hold: each row a sentence about small catalogs. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../src/errors.ts";
import { digestOf } from "../../../src/model/digest.ts";
import type { Reason } from "../../../src/model/reason.ts";
import { repository } from "../../../src/model/reference.ts";
import { commit } from "../../../src/model/run-context.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { digestToBuildOn, type PublishState } from "../../../src/plan/publish-state.ts";
import { type ParentState, parentsToAsk, reconcile } from "../../../src/plan/reconcile.ts";
import { catalogOf } from "../changes/catalog-of.ts";

const file: Reason = { kind: "file", path: "x", change: "modified" };
const behind: Reason = { kind: "behind", revision: commit("b".repeat(40)) };
const incomplete: Reason = { kind: "incomplete", missing: [] };

const pushed = (name: string) => [repository(`ghcr.io/o/r/${name}`)];
const published = (name: string, ...on: readonly string[]) => ({ name, on, repositories: pushed(name) });

/** `tools` is published nowhere, `base` takes from it; the others are built on one another, and `other` on nothing. */
const catalog = catalogOf(
  { name: "tools" },
  published("base", "tools"),
  published("mid", "base"),
  published("top", "mid"),
  published("other"),
);

const build = (...because: readonly Reason[]): PublishState => ({ kind: "build", because, lastBuild: undefined });
const promoted = (name: string, ...because: readonly Reason[]): PublishState => ({
  kind: "promote",
  digest: digestOf(name),
  because,
});
const current: PublishState = { kind: "current", digest: digestOf("current") };
const superseded: PublishState = { kind: "superseded", why: "it is newer", digest: undefined, isTaken: false };
const taken: PublishState = { ...superseded, isTaken: { hint: "release a higher version" } };

type States = Readonly<Record<string, PublishState>>;

function reconciled(affected: readonly string[], states: States, because: Reason = file) {
  return reconcile({
    catalog,
    affected: new Map(affected.map((name) => [name, [because]])),
    left: new Map(),
    states: new Map(Object.entries(states)),
    versions: new Map([["top", "1.2.3"]]),
  });
}

/** Each image with what is done: `build`, `promote`, or why it is left. */
function actions(affected: readonly string[], states: States, because?: Reason): Readonly<Record<string, string>> {
  const found = reconciled(affected, states, because);
  return Object.fromEntries(
    [...found.affected.keys()]
      .map((name) => [name, found.promoted.has(name) ? "promote" : "build"])
      .concat([...found.left].map(([name, [reason]]) => [name, reason?.kind ?? ""])),
  );
}

describe("what is done", () => {
  test.each<{ readonly when: string; affected: readonly string[]; states: States; done: object; because?: Reason }>([
    {
      when: "an affected image is built where nothing of its sources is published",
      affected: ["base"],
      states: { base: build(), mid: current },
      done: { base: "build" },
    },
    {
      when: "it is promoted where its sources are published",
      affected: ["base"],
      states: { base: promoted("base") },
      done: { base: "promote" },
    },
    {
      when: "a child is built because its parent is",
      affected: ["base", "mid"],
      states: { base: build(), mid: promoted("mid") },
      done: { base: "build", mid: "build" },
    },
    {
      when: "and so is the child of that child",
      affected: ["base", "mid", "top"],
      states: { base: build(), mid: promoted("mid"), top: promoted("top") },
      done: { base: "build", mid: "build", top: "build" },
    },
    {
      when: "a child whose parent is promoted is promoted, too",
      affected: ["base", "mid"],
      states: { base: promoted("base"), mid: promoted("mid") },
      done: { base: "promote", mid: "promote" },
    },
    {
      when: "a child that the event doesn't affect keeps its own digest",
      affected: ["base"],
      states: { base: build(), mid: promoted("mid", incomplete) },
      done: { base: "build", mid: "promote" },
    },
    {
      when: "an image that a failed run didn't publish is built though nothing affects it",
      affected: [],
      states: { base: build(behind), mid: current, top: current, other: current },
      done: { base: "build" },
    },
    {
      when: "what is current is left, with the reason where the event affects it",
      affected: ["base"],
      states: { base: current, other: current },
      done: { base: "current" },
    },
    {
      when: "what a newer run published stays",
      affected: ["base"],
      states: { base: superseded, other: superseded },
      done: { base: "superseded", other: "superseded" },
    },
    {
      when: "an image that is published nowhere is built with what takes from it",
      affected: ["tools", "base"],
      states: { base: build() },
      done: { tools: "build", base: "build" },
    },
    {
      when: "and not where what takes from it is promoted",
      affected: ["tools", "base"],
      states: { base: promoted("base") },
      done: { tools: "not-chosen", base: "promote" },
    },
    {
      when: "an affected image of which the registry gave no clear answer keeps its reasons",
      affected: ["mid"],
      states: { base: current },
      done: { mid: "build" },
    },
  ])("$when", ({ affected, states, done, because }) => {
    expect(actions(affected, states, because)).toEqual(done);
  });

  test("the reasons of the event go before those of the registry", () => {
    const { affected } = reconciled(["base", "mid"], { base: build(behind), mid: promoted("mid") });
    expect(affected.get("base")).toEqual([file, behind]);
    expect(affected.get("mid")).toEqual([file, { kind: "builds-on", image: "base" }]);
  });

  test("a release whose exact tag names other content fails, with its version, and what is only superseded doesn't", () => {
    const { taken: failing, left } = reconciled(["base", "top"], { base: superseded, top: taken });
    expect([...failing]).toEqual([["top", expect.any(UserError)]]);
    expect(failing.get("top")?.message).toBe("top 1.2.3 can't be released: it is newer");
    expect(failing.get("top")?.hint).toBe("release a higher version");
    expect([...left.keys()]).toEqual(["base", "top"]);
  });

  test("how an image was built the last time is known of those that are built", () => {
    const lastBuild = { seconds: 7, started: null };
    const found = reconciled(["base"], { base: { kind: "build", because: [], lastBuild }, mid: promoted("mid") });
    expect([...found.lastBuilds]).toEqual([["base", lastBuild]]);
  });
});

test("no image is promoted whose affected parent is built, and none is both left and acted on", () => {
  const state = fc.constantFrom(build(), current, superseded, taken, promoted("x"));
  const names = catalog.images.map(({ name }) => name);
  const states = fc.record({ base: state, mid: state, top: state, other: state }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.subarray(names), states, (affected, held) => {
      const given = Object.fromEntries(Object.entries(held).filter(([, each]) => each !== undefined));
      const found = reconciled(affected, given as States);
      for (const { name, parents } of catalog.images) {
        if (found.promoted.has(name) && !found.affected.has(name)) throw new Error(`${name} is promoted for nothing`);
        if (!found.affected.has(name)) continue;
        expect(found.left.has(name)).toBe(false);
        const isBuiltOn = parents.some(({ parent }) => given[parent]?.kind === "build");
        if (affected.includes(name) && isBuiltOn && given[name]?.kind === "promote") {
          expect(found.affected.get(name)).toContainEqual(expect.objectContaining({ kind: "builds-on" }));
        }
      }
    }),
  );
});

describe("which parents the registries are asked about", () => {
  const asked = (affected: readonly string[], known: Readonly<Record<string, ParentState>> = {}) =>
    parentsToAsk(catalog, new Map(affected.map((name) => [name, [file]])), new Map(Object.entries(known))).map(
      ({ name }) => name,
    );
  const none: ParentState = { kind: "none" };
  const there: ParentState = { kind: "published", digest: digestOf("base") };
  const unclear: ParentState = { kind: "unclear", error: new UserError("which is it?", { hint: "look" }) };

  test.each<{ when: string; affected: readonly string[]; known?: Readonly<Record<string, ParentState>>; are: object }>([
    { when: "that of an image that is built", affected: ["top"], are: ["mid"] },
    { when: "none that is built as well", affected: ["mid", "top"], are: ["base"] },
    { when: "none of an image on nothing", affected: ["other"], are: [] },
    { when: "that of a missing parent, which has to be built", affected: ["top"], known: { mid: none }, are: ["base"] },
    { when: "none above one that is published", affected: ["top"], known: { mid: there }, are: [] },
    { when: "none above one of which the answer is unclear", affected: ["top"], known: { mid: unclear }, are: [] },
    { when: "each once", affected: ["top"], known: { mid: none, base: none }, are: [] },
  ])("$when", ({ affected, known, are }) => {
    expect(asked(affected, known)).toEqual(are);
  });
});

test.each<{ when: string; state: PublishState; is: boolean }>([
  { when: "what is current", state: current, is: true },
  { when: "what may be promoted", state: promoted("x"), is: true },
  { when: "what is superseded by the same sources", state: { ...superseded, digest: digestOf("x") }, is: true },
  { when: "what a newer run made of other sources", state: { ...current, isOther: true } as PublishState, is: false },
  { when: "what has to be built", state: build(), is: false },
])("others are built on $when: $is", ({ state, is }) => {
  expect(digestToBuildOn(state) !== undefined).toBe(is);
});

test("a child of a promoted parent gets the promoted digest, and what the promoted image is built from is not built", () => {
  const affected = ["tools", "base", "mid"];
  const found = reconciled(affected, { base: promoted("base"), mid: build() });
  const details = {
    ...{ tags: { tags: [], version: undefined }, release: undefined, bakedVersion: undefined },
    ...{ args: {}, labels: {}, annotations: {}, cache: { from: [], to: [] }, remarks: [] },
    ...{ provenance: undefined, sbom: undefined, compression: undefined, options: {} },
  };
  const plan = makePlan({
    ...found,
    ...{ event: "push", ref: "refs/heads/main", commit: commit("a".repeat(40)), base: undefined },
    ...{ catalog, published: new Map(), hashes: new Map(), push: true, fresh: false, movingTagsOnly: false },
    details: () => details,
  });
  const byName = new Map(plan.images.map((image) => [image.name, image]));
  expect(Object.fromEntries(plan.images.map(({ name, kind }) => [name, kind]))).toEqual({
    ...{ tools: "skip", base: "promote", mid: "build", top: "skip", other: "skip" },
  });
  expect(byName.get("mid")).toMatchObject({ parents: [{ name: "base", published: digestOf("base") }] });
});
