/** `defaults` with what describes how an image is built: which images it is for, and what goes before it. */
import { describe, expect, test } from "@jest/globals";
import { buildTree, type Options, problems } from "../build-tree.ts";
import type { Tree } from "../memory-files.ts";

const dockerfile = "FROM alpine AS one\nFROM one AS two\n";

/** `DOCKERFILE CONTEXT TARGET` of each image. */
async function built(tree: Tree, options: Options): Promise<Readonly<Record<string, string>>> {
  const { images } = await buildTree(tree, options);
  return Object.fromEntries(
    images.map((image) => [
      image.name,
      image.variant === "nix" ? image.nixFile : [image.dockerfilePath, image.context, image.target].join(" ").trim(),
    ]),
  );
}

const tree: Tree = {
  "cmd/a/Dockerfile": dockerfile,
  "cmd/b/Dockerfile": dockerfile,
  "cmd/c/default.nix": "1",
  "docker/Dockerfile.x": dockerfile,
  "docker/Dockerfile": dockerfile,
};
const path = ["cmd/*"];

describe("defaults", () => {
  test.each<{ when: string; config: string; expected: Readonly<Record<string, string>> }>([
    {
      when: "context: the Dockerfile stays where it is",
      config: "defaults: {context: .}",
      expected: { a: "cmd/a/Dockerfile .", b: "cmd/b/Dockerfile .", c: "cmd/c/default.nix" },
    },
    {
      when: "context: an entry goes before it",
      config: "defaults: {context: .}\nimages: {a: {context: cmd/a}, x: {file: docker/Dockerfile.x}}",
      expected: {
        ...{ a: "cmd/a/Dockerfile cmd/a", b: "cmd/b/Dockerfile .", c: "cmd/c/default.nix" },
        x: "docker/Dockerfile.x .",
      },
    },
    {
      when: "target: an entry goes before it",
      config: "defaults: {target: one}\nimages: {a: {target: two}}",
      expected: { a: "cmd/a/Dockerfile cmd/a two", b: "cmd/b/Dockerfile cmd/b one", c: "cmd/c/default.nix" },
    },
    {
      when: "file: one for all, and for entries that say nothing else",
      config:
        "defaults: {file: docker/Dockerfile, context: .}\nimages: {api: {target: one}, b: {file: cmd/b/Dockerfile}}",
      expected: {
        ...{ a: "docker/Dockerfile .", b: "cmd/b/Dockerfile .", c: "cmd/c/default.nix" },
        api: "docker/Dockerfile . one",
      },
    },
    {
      when: "dockerfile is file",
      config: "defaults: {dockerfile: docker/Dockerfile.x}",
      expected: { a: "docker/Dockerfile.x cmd/a", b: "docker/Dockerfile.x cmd/b", c: "cmd/c/default.nix" },
    },
  ])("$when", async ({ config, expected }) => {
    expect(await built(tree, { config, path })).toEqual(expected);
  });

  test("what a bake file says goes before them", async () => {
    const bake = { group: { default: { targets: ["a"] } }, target: { a: { context: "a", dockerfile: "Dockerfile" } } };
    const files = { ...tree, "cmd/docker-bake.json": JSON.stringify(bake) };
    expect(
      await built(files, { config: "defaults: {context: ., file: docker/Dockerfile.x}", path, bake: { cmd: bake } }),
    ).toEqual({
      a: "cmd/a/Dockerfile cmd/a",
      b: "docker/Dockerfile.x .",
      c: "cmd/c/default.nix",
    });
  });

  test("watch and depends are for all, but no image depends on itself", async () => {
    const config = "defaults: {watch: [lib/*], depends: [a]}\nimages: {b: {watch: [x], depends: []}}";
    const { images } = await buildTree(tree, { config, path });
    expect(
      images.map(({ name, watch, parents }) => [
        name,
        watch.map(({ value }) => value).join(),
        parents.map(({ parent }) => parent).join(),
      ]),
    ).toEqual([
      ["a", "lib/*", ""],
      ["b", "x", ""],
      ["c", "lib/*", "a"],
    ]);
  });

  test("file and dockerfile are one", async () => {
    expect(await problems(tree, { config: "defaults: {file: x, dockerfile: y}", path })).toEqual([
      expect.stringMatching(/:1:21 "defaults" has both "file" and "dockerfile"/),
    ]);
  });

  test("an entry that names nothing is a mistake where a context is for all", async () => {
    expect(await problems(tree, { config: "defaults: {context: .}\nimages: {bb: {}}", path })).toEqual([
      expect.stringMatching(/no directory holds an image named "bb" \(did you mean "b"/),
    ]);
  });
});
