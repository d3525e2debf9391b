import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type AffectedInput, affectedImages, describeDeleted } from "../../../src/changes/affected.ts";
import type { ChangedFile } from "../../../src/changes/changed-file.ts";
import type { Comparison } from "../../../src/changes/comparison.ts";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import { readIgnoreFiles } from "../../../src/changes/ignore-files.ts";
import { commit } from "../../../src/context/run-context.ts";
import { catalogOf, type ImageSketch } from "./catalog-of.ts";

const base = commit("1".repeat(40));

function changed(...paths: readonly string[]): Comparison {
  return { kind: "files", base, files: paths.map((path): ChangedFile => ({ path, change: "modified" })) };
}

/** The reasons of every affected image, as people read them. */
async function reasonsOf(
  sketches: readonly ImageSketch[],
  comparison: Comparison,
  more: Partial<AffectedInput> & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Readonly<Record<string, readonly string[]>>> {
  const catalog = catalogOf(...sketches);
  const { files = {}, ...others } = more;
  const ignores = await readIgnoreFiles(catalog.images, "/w", {
    read: (path) =>
      Promise.resolve(
        files[path.slice("/w/".length)] === undefined ? undefined : Buffer.from(files[path.slice(3)] ?? ""),
      ),
  });
  const { affected } = affectedImages({ catalog, comparison, ignores, only: [], config: undefined, ...others });
  return Object.fromEntries([...affected].map(([name, reasons]) => [name, reasons.map(describeReason)]));
}

const family: readonly ImageSketch[] = [
  { name: "base" },
  { name: "docs", on: ["base"] },
  { name: "nodejs", on: ["base"] },
  { name: "agent", on: ["nodejs"] },
  { name: "proxmox" },
];

describe("a push that changes", () => {
  test.each<[string, readonly string[], Record<string, unknown>]>([
    ["nothing: no image", [], {}],
    ["files of no image: no image", ["README.md", "images/README.md", "imagesx/base/a", "images/baseline/a"], {}],
    ["a leaf: the leaf alone", ["images/agent/run.sh"], { agent: ["images/agent/run.sh changed"] }],
    [
      "the base: everything on it, each with its own reason",
      ["images/base/Dockerfile"],
      {
        base: ["images/base/Dockerfile changed"],
        docs: ["builds on base"],
        nodejs: ["builds on base"],
        agent: ["builds on nodejs"],
      },
    ],
    [
      "a parent and its child: both reasons",
      ["images/nodejs/a", "images/agent/b/c"],
      {
        nodejs: ["images/nodejs/a changed"],
        agent: ["images/agent/b/c changed", "builds on nodejs"],
      },
    ],
    [
      "a file named like the next character after a slash: not below",
      ["images/base0", "images/base-x/f", "images/base.txt"],
      {},
    ],
    [
      "a submodule that holds images: those below",
      ["images"],
      Object.fromEntries(family.map(({ name }) => [name, expect.arrayContaining(["images changed"])])),
    ],
    [
      "the config file: every image, for nobody knows what it said before",
      [".github/image-publish.yml"],
      Object.fromEntries(
        family.map(({ name }) => [name, expect.arrayContaining([".github/image-publish.yml changed"])]),
      ),
    ],
  ])("%s", async (_, paths, expected) => {
    expect(await reasonsOf(family, changed(...paths))).toEqual(expected);
  });

  test("the Dockerfile among others names it first, and counts what is too much to name", async () => {
    const many = Array.from({ length: 14 }, (_, index) => `images/base/${String(index).padStart(2, "0")}`);
    const reasons = await reasonsOf([{ name: "base" }], changed(...many, "images/base/Dockerfile"));
    expect(reasons.base?.at(0)).toBe("images/base/Dockerfile changed");
    expect(reasons.base?.at(1)).toBe("images/base/00 changed");
    expect(reasons.base).toHaveLength(11);
    expect(reasons.base?.at(-1)).toBe("5 more files");
  });

  test("a config file of another place", async () => {
    expect(await reasonsOf([{ name: "base" }], changed("ci/images.yml"), { config: "ci/images.yml" })).toEqual({
      base: ["ci/images.yml changed"],
    });
  });

  test("a Dockerfile outside its context", async () => {
    const sketch = { name: "base", dockerfilePath: "docker/base.Dockerfile", context: "src" };
    expect(Object.keys(await reasonsOf([sketch], changed("docker/base.Dockerfile")))).toEqual(["base"]);
    expect(await reasonsOf([sketch], changed("docker/other.Dockerfile", "images/base/x"))).toEqual({});
  });
});

describe("ignore files", () => {
  const root: ImageSketch = { name: "app", directory: ".", dockerfilePath: "Dockerfile", context: "." };

  test.each<[string, ImageSketch, Record<string, string>, readonly string[], boolean]>([
    ["a root context takes every file", root, {}, ["README.md"], true],
    ["but those that are ignored", root, { ".dockerignore": "*.md\n" }, ["README.md"], false],
    ["the Dockerfile counts though it is ignored", root, { ".dockerignore": "Dockerfile\n" }, ["Dockerfile"], true],
    ["the ignore file counts", root, { ".dockerignore": "*\n" }, [".dockerignore"], true],
    ["the ignore file counts when it was deleted", root, {}, [".dockerignore"], true],
    [
      "patterns begin at the context",
      { name: "base" },
      { "images/base/.dockerignore": "docs\n" },
      ["images/base/docs/a"],
      false,
    ],
    [
      "patterns of the root are no business of other contexts",
      { name: "base" },
      { ".dockerignore": "**\n" },
      ["images/base/a"],
      true,
    ],
    [
      "the Dockerfile's own goes before",
      root,
      { "Dockerfile.dockerignore": "*.md", ".dockerignore": "*" },
      ["src/a"],
      true,
    ],
    [
      "and is the one that counts",
      root,
      { "Dockerfile.dockerignore": "*.md", ".dockerignore": "*" },
      ["README.md"],
      false,
    ],
    [
      "then the context's is a file like others",
      root,
      { "Dockerfile.dockerignore": ".dockerignore" },
      [".dockerignore"],
      false,
    ],
    [
      "one that came with this push counts",
      root,
      { "Dockerfile.dockerignore": "*" },
      ["Dockerfile.dockerignore"],
      true,
    ],
    ["one that docker refuses ignores nothing", root, { ".dockerignore": "*\n[\n" }, ["README.md"], true],
  ])("%s", async (_, sketch, files, paths, isAffected) => {
    expect(Object.keys(await reasonsOf([sketch], changed(...paths), { files }))).toEqual(
      isAffected ? [sketch.name] : [],
    );
  });

  test("an image whose base nobody knows may build on what changed", async () => {
    const at = { file: "images/docs/Dockerfile", line: 1 };
    const unsettled = [{ text: "$REGISTRY/base", variables: ["REGISTRY"], via: "FROM" as const, at }];
    const sketches = [{ name: "base" }, { name: "docs", unsettled }];
    expect(await reasonsOf(sketches, changed("images/base/Dockerfile"))).toEqual({
      base: ["images/base/Dockerfile changed"],
      docs: ["may build on what changed, as $REGISTRY/base is not known before the build"],
    });
    expect(await reasonsOf(sketches, changed("README.md"))).toEqual({});
  });

  test("images that share a context are told apart by their ignore files", async () => {
    const other: ImageSketch = { ...root, name: "other", dockerfilePath: "other.Dockerfile" };
    const files = { "other.Dockerfile.dockerignore": "*.md" };
    expect(Object.keys(await reasonsOf([root, other], changed("README.md"), { files }))).toEqual(["app"]);
  });
});

describe("everything and nothing", () => {
  test("a schedule gives every image its reason", async () => {
    const comparison: Comparison = { kind: "everything", because: { kind: "scheduled" } };
    expect(await reasonsOf(family, comparison)).toEqual(
      Object.fromEntries(family.map(({ name }) => [name, ["scheduled"]])),
    );
  });

  test("a deleted branch affects none", async () => {
    expect(await reasonsOf(family, { kind: "nothing", what: "x" })).toEqual({});
  });
});

describe("only", () => {
  const askedFor: Comparison = { kind: "everything", because: { kind: "asked-for" } };

  test.each([
    ["one name", ["agent"], ["agent"]],
    ["a glob", ["*o*"], ["docs", "nodejs", "proxmox"]],
    ["a question mark", ["bas?"], ["base"]],
    ["several, in the catalog's order", ["proxmox", "base"], ["base", "proxmox"]],
    ["a dot is a dot", ["*"], ["base", "docs", "nodejs", "agent", "proxmox"]],
  ])("asks for %s", async (_, only, expected) => {
    expect(Object.keys(await reasonsOf(family, askedFor, { only }))).toEqual(expected);
  });

  test("of a push takes what is affected as well", async () => {
    const reasons = await reasonsOf(family, changed("images/base/a"), { only: ["docs", "proxmox"] });
    expect(reasons).toEqual({ docs: ["builds on base"] });
  });

  test("that names no image is an error, with the nearest name", async () => {
    const error = await reasonsOf(family, askedFor, { only: ["agemt", "x*"] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      problems: [{ hint: expect.stringMatching(/did you mean "agent"/) }, { message: expect.stringMatching(/"x\*"/) }],
    });
  });
});

describe("a deleted image", () => {
  function deletedOf(...paths: readonly string[]) {
    const files = paths.map((path): ChangedFile => ({ path, change: "deleted" }));
    const comparison: Comparison = { kind: "files", base, files };
    return affectedImages({
      catalog: catalogOf(...family),
      comparison,
      ignores: new Map(),
      only: [],
      config: undefined,
    });
  }

  test("is reported and not built", () => {
    const { affected, deleted } = deletedOf("images/old/Dockerfile", "images/old/run.sh");
    expect(affected.size).toBe(0);
    expect(deleted).toEqual([{ directory: "images/old", dockerfile: "images/old/Dockerfile" }]);
    expect(deleted.map(describeDeleted)[0]?.message).toMatch(/^old is no image any more/);
  });

  test.each([
    ["a Dockerfile that became a Containerfile", "images/base/Dockerfile"],
    ["a Dockerfile of somebody's tests", "test/fixtures/Dockerfile"],
    ["another file", "images/old/README.md"],
  ])("is not meant by %s", (_, path) => {
    expect(deletedOf(path).deleted).toEqual([]);
  });
});

test("an image is affected exactly when a file in its context changed, or an image it builds on is affected", async () => {
  const names = ["a", "b", "c", "d"] as const;
  const anyCatalog = fc.tuple(
    ...names.map((name, index) =>
      fc.record({
        name: fc.constant(name),
        on: fc.subarray([...names.slice(0, index)]),
        context: fc.constantFrom(".", "images", `images/${name}`, "images/shared"),
      }),
    ),
  );
  const anyPath = fc.constantFrom(
    "README.md",
    "images/x",
    "images/shared/y",
    ...names.flatMap((name) => [`images/${name}/f`, `images/${name}0`]),
  );
  await fc.assert(
    fc.asyncProperty(anyCatalog, fc.uniqueArray(anyPath), async (sketches, paths) => {
      const expected = new Set<string>();
      for (const { name, on, context } of sketches) {
        const touched = paths.some((path) => context === "." || path.startsWith(`${context}/`));
        if (touched || on.some((parent) => expected.has(parent))) expected.add(name);
      }
      expect(Object.keys(await reasonsOf(sketches, changed(...paths)))).toEqual([...expected]);
    }),
  );
});
