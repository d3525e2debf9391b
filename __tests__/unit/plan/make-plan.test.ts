import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Image } from "../../../src/catalog/catalog.ts";
import { readDockerfile } from "../../../src/catalog/dockerfile/dockerfile.ts";
import { UserError } from "../../../src/errors.ts";
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import type { Reason } from "../../../src/model/reason.ts";
import { repository, tag } from "../../../src/model/reference.ts";
import { commit } from "../../../src/model/run-context.ts";
import { makePlan, type PlanInput } from "../../../src/plan/make-plan.ts";
import { parentsToLookUp } from "../../../src/plan/needed.ts";

/** An image of `o/r` built on others; a name with `?` is not published. */
function image(text: string, ...parents: string[]): Image {
  const name = text.replace("?", "");
  const dockerfilePath = `images/${name}/Dockerfile`;
  return {
    name,
    directory: `images/${name}`,
    repositories: text.endsWith("?") ? [] : [repository(`ghcr.io/o/r/${name}`)],
    dockerfilePath,
    context: `images/${name}`,
    target: undefined,
    platforms: [],
    buildArgs: {},
    parents: parents.map((parent, index) => ({
      parent,
      contextName: `ghcr.io/o/r/${parent}`,
      via: index === 0 ? "FROM" : "RUN --mount",
      at: { file: dockerfilePath, line: index + 1 },
    })),
    bases: [],
    contexts: [],
    dockerfile: readDockerfile(new TextEncoder().encode("FROM scratch"), "Dockerfile"),
  } as unknown as Image;
}

const catalog = {
  images: [
    image("base"),
    image("tools?"),
    image("nodejs", "base"),
    image("agent", "nodejs", "tools"),
    image("docs", "base", "tools"),
  ],
};

const changed: Reason = { kind: "file", path: "x", change: "modified" };

function input(affected: readonly string[], published: readonly string[], more: Partial<PlanInput> = {}): PlanInput {
  return {
    event: "push",
    ref: "refs/heads/main",
    commit: commit("a".repeat(40)),
    base: undefined,
    catalog,
    affected: new Map(affected.map((name) => [name, [changed]])),
    hashes: new Map(),
    published: new Map(published.map((name): [string, Digest] => [name, digestOf(name)])),
    push: true,
    fresh: false,
    movingTagsOnly: false,
    details: ({ name }) => ({
      tags: {
        tags: [
          { tag: tag("abc"), moves: false },
          { tag: tag("main"), moves: true },
        ],
        version: "main",
      },
      release: undefined,
      bakedVersion: undefined,
      args: { B: "2", A: "1" },
      labels: { name },
      annotations: {},
      cache: { from: [], to: [] },
      provenance: undefined,
      sbom: undefined,
      compression: undefined,
      options: {},
      remarks: [],
    }),
    ...more,
  };
}

const summary = (given: PlanInput): Record<string, unknown> =>
  Object.fromEntries(
    makePlan(given).images.map((each) => [
      each.name,
      each.kind === "skip" ? "skip" : each.reasons.map(({ kind }) => kind),
    ]),
  );

describe("plan", () => {
  test("an affected leaf is built on its parents' published digests", () => {
    const plan = makePlan(input(["docs"], ["base"]));
    const docs = plan.images.find(({ name }) => name === "docs");
    expect(docs).toMatchObject({
      kind: "build",
      parents: [
        { name: "base", published: digestOf("base") },
        { name: "tools", published: null },
      ],
    });
    expect(summary(input(["docs"], ["base"]))).toEqual({
      base: "skip",
      tools: ["needed-by"],
      nodejs: "skip",
      agent: "skip",
      docs: ["file"],
    });
  });

  test("a parent that is nowhere to be had is built too, and what it needs", () => {
    expect(summary(input(["agent"], []))).toMatchObject({
      base: ["needed-by"],
      nodejs: ["needed-by"],
      tools: ["needed-by"],
    });
  });

  test("nothing affected: nothing is built, not even what is not published", () => {
    expect(Object.values(summary(input([], [])))).toEqual(["skip", "skip", "skip", "skip", "skip"]);
  });

  test("only published parents that are not built anyway are looked up", () => {
    const affected = new Map([
      ["docs", [changed]],
      ["nodejs", [changed]],
    ]);
    expect(parentsToLookUp(catalog, affected).map(({ name }) => name)).toEqual(["base"]);
  });

  test("a scheduled rebuild moves moving tags only", () => {
    const [base] = makePlan(input(["base"], [], { fresh: true, movingTagsOnly: true })).images;
    expect(base).toMatchObject({ fresh: true, tags: [{ tag: "main" }] });
  });

  test("a rebuild that is asked for on a release keeps its exact tags", () => {
    const [base] = makePlan(input(["base"], [], { fresh: true })).images;
    expect(base).toMatchObject({ fresh: true, tags: [{ tag: "abc" }, { tag: "main" }] });
  });

  test("nothing that isn't pushed is planned a tag, nor an image that isn't published", () => {
    const [base] = makePlan(input(["base"], [], { push: false })).images;
    expect(base).toMatchObject({ tags: [] });
    const tools = makePlan(input(["tools"], [])).images.find(({ name }) => name === "tools");
    expect(tools).toMatchObject({ kind: "build", tags: [], repositories: [] });
  });

  test("the same inputs give the same bytes, in whatever order they were found", () => {
    const names = catalog.images.map(({ name }) => name);
    const some = fc.subarray(names);
    fc.assert(
      fc.property(some, some, (affected, published) => {
        const reversed = input(affected.toReversed(), published.toReversed());
        expect(JSON.stringify(makePlan(reversed))).toBe(JSON.stringify(makePlan(input(affected, published))));
      }),
    );
  });

  test("whatever is affected is built, and every parent of what is built is built or has a digest or was not asked for", () => {
    const some = fc.subarray(catalog.images.map(({ name }) => name));
    fc.assert(
      fc.property(some, some, (affected, published) => {
        const plan = makePlan(input(affected, published));
        const built = new Set(plan.images.filter(({ kind }) => kind === "build").map(({ name }) => name));
        for (const name of affected) expect(built).toContain(name);
        for (const each of plan.images) {
          if (each.kind !== "build") continue;
          for (const parent of each.parents) expect(built.has(parent.name)).toBe(parent.published === null);
        }
      }),
    );
  });

  test.each([
    { when: "at its first problem that has a place", places: [undefined, 7, 9], is: 7 },
    { when: "at the line of its base where no problem has one", places: [undefined], is: 1 },
    { when: "at the line of its base where it waits for another", places: [], is: 1 },
  ])("an image that can't be planned is shown $when", ({ places, is }) => {
    const problems = places.map(
      (line) =>
        new UserError("bad", { hint: "fix it", ...(line && { at: { file: "images/nodejs/Dockerfile", line } }) }),
    );
    const [, , nodejs] = catalog.images;
    const trouble = {
      image: nodejs as Image,
      kind: "image",
      isUnplaced: false,
      problems,
      waitsFor: undefined,
    } as const;
    const troubles = [{ ...trouble, fails: true, reasons: [{ kind: "unaffected" } as const] }];
    expect(makePlan(input([], [], { catalog: { images: [] }, troubles })).images).toEqual([
      expect.objectContaining({
        kind: "skip",
        name: "nodejs",
        sourceHash: null,
        at: expect.objectContaining({ line: is }),
      }),
    ]);
  });

  test("a child of a promoted parent is built on the promoted digest, whatever else is published", () => {
    const promoted = new Map([["base", digestOf("promoted")]]);
    const { images } = makePlan(input(["base", "nodejs"], ["base"], { promoted }));
    expect(images.find(({ name }) => name === "base")).toMatchObject({ kind: "promote", digest: digestOf("promoted") });
    expect(images.find(({ name }) => name === "nodejs")).toMatchObject({
      parents: [{ name: "base", published: digestOf("promoted") }],
    });
  });

  test("a parent that nobody asked about has no digest, and is not built", () => {
    const { images } = makePlan(input(["nodejs"], [], { published: new Map([["base", null]]) }));
    expect(images.find(({ name }) => name === "base")?.kind).toBe("skip");
    expect(images.find(({ name }) => name === "nodejs")).toMatchObject({ parents: [{ published: null }] });
  });
});
