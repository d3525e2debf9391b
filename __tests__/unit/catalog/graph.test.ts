import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Image } from "../../../src/catalog/catalog.ts";
import { ancestorsOf, childrenOf, descendantsOf } from "../../../src/catalog/graph.ts";
import { topologicalOrder } from "../../../src/catalog/topological-order.ts";

function image(name: string, ...parents: string[]): Image {
  return {
    name,
    directory: name,
    repositories: [],
    knownAs: [],
    dockerfilePath: `${name}/Dockerfile`,
    dockerfile: { file: "", syntax: undefined, escape: "\\", globalArguments: [], stages: [], doubts: [] },
    context: name,
    target: undefined,
    platforms: [],
    buildArgs: {},
    parents: parents.map((parent) => ({
      parent,
      contextName: parent,
      via: "FROM",
      at: { file: `${name}/Dockerfile`, line: 1 },
    })),
    bases: [],
    unsettled: [],
  };
}

/** Graphs without cycles, in any order: an image's parents have smaller numbers. */
const graphs = fc
  .array(fc.array(fc.nat(20), { maxLength: 3 }), { maxLength: 20 })
  .map((rows) =>
    rows.map((row, index) =>
      image(`i${index}`, ...row.filter((parent) => parent < index).map((parent) => `i${parent}`)),
    ),
  )
  .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));

describe("the order", () => {
  test("has every image after its parents, and is the same however the images come", () => {
    fc.assert(
      fc.property(graphs, ([sorted, shuffled]) => {
        const { images, problems } = topologicalOrder(shuffled);
        const at = new Map(images.map(({ name }, index) => [name, index]));
        expect(problems).toEqual([]);
        expect(images).toHaveLength(sorted.length);
        for (const { name, parents } of images) {
          for (const { parent } of parents) expect(at.get(parent)).toBeLessThan(at.get(name) ?? -1);
        }
        expect(images.map(({ name }) => name)).toEqual(topologicalOrder(sorted).images.map(({ name }) => name));
      }),
    );
  });

  test("names every circle once", () => {
    const { images, problems } = topologicalOrder([
      image("a", "b"),
      image("b", "a"),
      image("c", "a"),
      image("x", "y"),
      image("y", "x"),
      image("free"),
    ]);
    expect(images.map(({ name }) => name)).toEqual(["free"]);
    expect(problems.map(({ message }) => message.match(/circle: ([^,]*),/)?.[1])).toEqual(["a → b → a", "x → y → x"]);
  });
});

test("who builds on whom", () => {
  const catalog = { images: [image("base"), image("lone"), image("nodejs", "base"), image("agent", "nodejs", "base")] };
  expect([...childrenOf(catalog)].map(([name, children]) => [name, ...children.map((child) => child.name)])).toEqual([
    ["base", "nodejs", "agent"],
    ["lone"],
    ["nodejs", "agent"],
    ["agent"],
  ]);
  expect([...ancestorsOf(catalog, "agent")].sort()).toEqual(["base", "nodejs"]);
  expect([...descendantsOf(catalog, "base")]).toEqual(["nodejs", "agent"]);
  expect([...ancestorsOf(catalog, "lone"), ...descendantsOf(catalog, "lone")]).toEqual([]);
});
