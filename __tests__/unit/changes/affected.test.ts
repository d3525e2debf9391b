import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type AffectedInput,
  affectedImages,
  type ConfigChange,
  describeDeleted,
} from "../../../src/changes/affected.ts";
import type { EventComparison } from "../../../src/changes/comparison.ts";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import { selectImages } from "../../../src/changes/select.ts";
import type { ChangedFile } from "../../../src/git/changed-file.ts";
import { repository } from "../../../src/model/reference.ts";
import { commit } from "../../../src/model/run-context.ts";
import { catalogOf, type ImageSketch } from "./catalog-of.ts";
import { inputsIn, type MemoryFiles } from "./memory-checkout.ts";

const base = commit("1".repeat(40));

function changed(...paths: readonly string[]): EventComparison {
  return { kind: "files", base, files: paths.map((path): ChangedFile => ({ path, change: "modified" })) };
}

const noConfig: ConfigChange = { paths: [".github/image-publish.yml"], affects: () => false };

type More = Partial<AffectedInput> & { readonly files?: MemoryFiles; readonly only?: readonly string[] };

/** The affected images; the commit is that of the base unless told, so that nothing counts but files. */
async function affectedOf(sketches: readonly ImageSketch[], comparison: EventComparison, more: More = {}) {
  const catalog = catalogOf(...sketches);
  const { files = {}, only = [], ...others } = more;
  const selected = selectImages(catalog, only, []);
  const inputs = await inputsIn(catalog, files);
  const rest = { commit: base, selected, config: noConfig, unseen: new Map<string, string>() };
  return affectedImages({ catalog, comparison, inputs, ...rest, ...others });
}

/** The reasons of every affected image, as people read them. */
async function reasonsOf(
  sketches: readonly ImageSketch[],
  comparison: EventComparison,
  more: More = {},
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { affected } = await affectedOf(sketches, comparison, more);
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
        docs: ["depends on base"],
        nodejs: ["depends on base"],
        agent: ["depends on nodejs"],
      },
    ],
    [
      "a parent and its child: both reasons",
      ["images/nodejs/a", "images/agent/b/c"],
      {
        nodejs: ["images/nodejs/a changed"],
        agent: ["images/agent/b/c changed", "depends on nodejs"],
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

  test("the config file: the images whose settings differ, and what builds on them", async () => {
    const config: ConfigChange = { ...noConfig, affects: (name) => name === "nodejs" };
    expect(await reasonsOf(family, changed(".github/image-publish.yml"), { config })).toEqual({
      nodejs: [".github/image-publish.yml changed"],
      agent: ["depends on nodejs"],
    });
    expect(await reasonsOf(family, changed("README.md"), { config })).toEqual({});
  });

  test("a bake file: the images that it tells of", async () => {
    const sketches = [{ name: "base", bakeFiles: ["docker-bake.hcl", "docker-bake.json"] }, { name: "other" }];
    expect(await reasonsOf(sketches, changed("docker-bake.json"))).toEqual({ base: ["docker-bake.json changed"] });
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

  test("images that share a context are told apart by their ignore files", async () => {
    const other: ImageSketch = { ...root, name: "other", dockerfilePath: "other.Dockerfile" };
    const files = { "other.Dockerfile.dockerignore": "*.md" };
    expect(Object.keys(await reasonsOf([root, other], changed("README.md"), { files }))).toEqual(["app"]);
  });
});

describe("a base that nobody knows before the build", () => {
  function on(text: string): Pick<ImageSketch, "unsettled"> {
    return { unsettled: [{ text, variables: ["X"], via: "FROM", at: { file: "images/docs/Dockerfile", line: 1 } }] };
  }
  const base: ImageSketch = { name: "base", knownAs: [repository("ghcr.io/o/r/base")] };
  const touched = changed("images/base/a");

  test.each([
    ["may be anything", "$X", true],
    ["may be anything of a registry", "ghcr.io/$X", true],
    ["may be a tag", "ghcr.io/o/r/base:$X", true],
    ["is no image of another registry", "quay.io/o/r/$X", false],
    ["is no tag of another image", "ghcr.io/o/r/bas:$X", false],
    ["is no image from the hub, whose names need no registry", "debian:$X", false],
  ])("%s", async (_, text, mayBe) => {
    const why = `may build on base, as ${text} is not known before the build`;
    expect(await reasonsOf([base, { name: "docs", ...on(text) }], touched)).toEqual({
      base: ["images/base/a changed"],
      ...(mayBe ? { docs: [why] } : {}),
    });
  });

  test("may stand after it, and what builds on it follows", async () => {
    const sketches = [{ name: "a", ...on("$X") }, { name: "b", on: ["a"] }, base];
    expect(Object.keys(await reasonsOf(sketches, touched))).toEqual(["a", "b", "base"]);
  });

  test("is nothing that builds on the image itself", async () => {
    const sketches = [
      { name: "a", ...on("$X") },
      { name: "b", on: ["a"] },
    ];
    expect(Object.keys(await reasonsOf(sketches, changed("images/b/x")))).toEqual(["b"]);
  });

  test("means nothing where nothing changed", async () => {
    expect(await reasonsOf([base, { name: "docs", ...on("$X") }], changed("README.md"))).toEqual({});
  });
});

describe("what a build reads of its context", () => {
  const app: ImageSketch = { name: "app", directory: ".", dockerfilePath: "Dockerfile", context: "." };

  test.each<[string, string, MemoryFiles, readonly string[], readonly string[]]>([
    ["a file that is copied", "COPY src /", {}, ["src/a/b"], ["src/a/b changed"]],
    ["not one beside it", "COPY src /", {}, ["src.txt", "srcs/a", "README.md"], []],
    ["what replaced a folder above it", "COPY src/a /", {}, ["src"], ["src changed"]],
    [
      "what a glob matches",
      "COPY *.txt conf/?.d /",
      {},
      ["a.txt", "conf/a.d/x", "conf/ab.d/x", "b/c.txt"],
      ["a.txt changed", "conf/a.d/x changed"],
    ],
    ["but not what is ignored", "COPY src /", { ".dockerignore": "**/*.md" }, ["src/a.md"], []],
    [
      "everything behind a symlink, for COPY follows it",
      "COPY conf /",
      { conf: { link: "etc/real" } },
      ["etc/real/a"],
      ["etc/real/a changed", "everything in its context counts, because of a symlink (conf)"],
    ],
    [
      "everything behind a symlink above",
      "COPY conf/a/b /",
      { "conf/a": { link: "../real" } },
      ["real/b"],
      ["real/b changed", "everything in its context counts, because of a symlink (conf/a)"],
    ],
    [
      "everything behind a symlink that a glob matches",
      "COPY con*/a /",
      { confs: { link: "real" } },
      ["real/a"],
      ["real/a changed", "everything in its context counts, because of a symlink (confs)"],
    ],
    [
      "no symlink's target that lies below a source, where it is copied as it is",
      "COPY conf /",
      { "conf/a": { link: "../real" } },
      ["real"],
      [],
    ],
    [
      "everything in doubt, and says so",
      "COPY --parents src /",
      {},
      ["README.md"],
      ["README.md changed", "everything in its context counts, because of COPY --parents (Dockerfile:2)"],
    ],
    [
      "no doubt where nothing in the context changed",
      "COPY --parents src /",
      { ".dockerignore": "docs" },
      ["docs/a"],
      [],
    ],
  ])("%s", async (_, text, files, paths, expected) => {
    const found = await reasonsOf([{ ...app, text: `FROM scratch\n${text}\n` }], changed(...paths), { files });
    expect(found.app ?? []).toEqual(expected);
  });

  test("named contexts, each with its own ignore file", async () => {
    const contexts = [{ kind: "directory" as const, name: "lib", path: "lib" }];
    const sketch: ImageSketch = { name: "app", contexts, text: "FROM scratch\nCOPY --from=lib src /\nCOPY own /" };
    const files = { "lib/.dockerignore": "**/*.md", "images/app/.dockerignore": "**/*.txt" };
    const paths = [
      "lib/src/a.txt",
      "lib/src/b.md",
      "lib/own/c",
      "images/app/own/d.md",
      "images/app/own/e.txt",
      "images/app/src/f",
    ];
    expect(await reasonsOf([sketch], changed(...paths, "lib/.dockerignore"), { files })).toEqual({
      app: ["lib/.dockerignore changed", "images/app/own/d.md changed", "lib/src/a.txt changed"],
    });
  });

  test("a context, a Dockerfile and an ignore file that are symlinks count for what they lead to", async () => {
    const files: MemoryFiles = {
      "images/app": { link: "../real" },
      "real/Dockerfile": { link: "../docker/App" },
      "real/.dockerignore": { link: "../ignored" },
    };
    const found = await reasonsOf([{ name: "app" }], changed("real/a", "docker/App", "ignored", "images/app"), {
      files,
    });
    expect(found).toEqual({ app: ["images/app changed", "docker/App changed", "ignored changed", "real/a changed"] });
  });

  test.each<[string, ImageSketch]>([
    ["a context behind a symlink that leads away", { name: "app" }],
    ["a Dockerfile behind one", { name: "app", context: "src", dockerfilePath: "images/app/Dockerfile" }],
  ])("%s: always built", async (_, sketch) => {
    const files: MemoryFiles = { "images/app": { link: "../../elsewhere" } };
    const found = await reasonsOf([sketch], changed("README.md"), { files });
    expect(found.app).toEqual([expect.stringMatching(/^always built: images\/app.* lies outside the checkout$/)]);
  });

  test.each([
    ["another folder of the machine", "../lib", true],
    ["a repository elsewhere", "https://github.com/o/lib.git", true],
    ["an image, which is a base", "docker-image://debian:13", false],
  ])("a named context that is %s", async (_, value, isAlwaysBuilt) => {
    const contexts = [{ kind: "elsewhere" as const, name: "lib", value }];
    const found = await reasonsOf([{ name: "app", contexts }], changed("README.md"));
    expect(found).toEqual(isAlwaysBuilt ? { app: [`always built: ${value} lies outside the checkout`] } : {});
  });

  test("symlinks that run in circles lead nowhere", async () => {
    const files: MemoryFiles = { "images/app": { link: "../loop" }, loop: { link: "images/app" } };
    expect((await reasonsOf([{ name: "app" }], changed("README.md"), { files })).app).toHaveLength(1);
  });
});

describe("git's own folder", () => {
  const app: ImageSketch = { name: "app", directory: ".", dockerfilePath: "Dockerfile", context: "." };
  const commitOfEvent = commit("2".repeat(40));

  test.each<[string, string, string, boolean]>([
    ["in a context makes every commit count", "COPY . /", "", true],
    ["is mostly ignored", "COPY . /", ".git\n", false],
    ["is ignored with all hidden files", "COPY . /", ".*\n", false],
    ["with everything", "COPY . /", "*\n!src\n", false],
    ["may be let in again, in part", "COPY . /", ".git\n!.git/HEAD\n", true],
    ["is matched by a star", "COPY * /", "", true],
    ["is named", "COPY .git/refs /", "", true],
    ["is not named", "COPY src /", "", false],
    ["is mounted with all else", "RUN --mount=target=/src true", "", true],
  ])("%s", async (_, text, ignored, counts) => {
    const sketches = [{ ...app, text: `FROM scratch\n${text}\n` }];
    const more = { files: { ".dockerignore": ignored }, commit: commitOfEvent };
    const why = "git's own folder is in its context, so every commit changes it";
    expect(await reasonsOf(sketches, changed(), more)).toEqual(counts ? { app: [why] } : {});
    expect(await reasonsOf(sketches, changed(), { ...more, commit: base })).toEqual({});
  });

  test("lies in no other context", async () => {
    expect(await reasonsOf(family, changed(), { commit: commitOfEvent })).toEqual({});
  });
});

describe("watched files", () => {
  const at = { file: ".github/image-publish.yml", line: 3 };
  const watching = (...globs: readonly string[]): readonly ImageSketch[] => [
    { name: "app", watch: globs.map((value) => ({ value, at })) },
  ];

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ["a file", ["VERSION"], ["VERSION", "VERSIONS"], ["VERSION changed"]],
    ["a directory with all in it", ["lib/a"], ["lib/a/b/c", "lib/ab"], ["lib/a/b/c changed"]],
    [
      "stars",
      ["lib/*.c", "**/shared"],
      ["lib/x.c", "lib/x.h", "a/b/shared/d"],
      ["a/b/shared/d changed", "lib/x.c changed"],
    ],
    ["an exception in an exception", ["lib", "!lib/a", "lib/a/b"], ["lib/a/b", "lib/a/c"], ["lib/a/b changed"]],
    ["alternatives", ["{lib,src}/*.{c,h}", "!**/{x,y}.c"], ["lib/x.c", "src/z.h", "src/z.d"], ["src/z.h changed"]],
    [
      "several, at commas",
      ["lib/**, !lib/*.md,src"],
      ["lib/x.c", "lib/x.md", "src/y"],
      ["lib/x.c changed", "src/y changed"],
    ],
    ["commas in braces and classes", ["lib/{x,y}, [s,t]rc"], ["lib/y", "src/z"], ["lib/y changed", "src/z changed"]],
    ["lines", ["lib, src\n# a, b\n!src/y"], ["lib/x", "src/y", "a", "b"], ["lib/x changed"]],
    ["an exception", ["lib", "!lib/*.md"], ["lib/x.c", "lib/x.md"], ["lib/x.c changed"]],
  ])("%s", async (_, globs, paths, expected) => {
    const { app = [] } = await reasonsOf(watching(...globs), changed(...paths));
    expect([...app].sort()).toEqual(expected);
  });

  test("count once, with what the build reads", async () => {
    expect(await reasonsOf(watching("images/app"), changed("images/app/a"))).toEqual({ app: ["images/app/a changed"] });
  });

  test("an open brace is told of, with its place", async () => {
    const message = expect.stringMatching(/^"watch": .*brace that isn't closed/);
    await expect(reasonsOf(watching("{a"), changed("a"))).rejects.toMatchObject({ message, at });
  });

  test("an exclusion of an exclusion is told of, with its place", async () => {
    const message = expect.stringMatching(/^"watch": "!!a" has more than one "!"/);
    await expect(reasonsOf(watching("lib, !!a"), changed("a"))).rejects.toMatchObject({ message, at });
  });

  test("a pattern that is none is told of, with its place", async () => {
    await expect(reasonsOf(watching("a["), changed("a"))).rejects.toMatchObject({
      message: expect.stringContaining('"a["'),
      at,
    });
  });
});

test("what no change can be seen of is always built", async () => {
  const unseen = new Map([["docs", "docs is built from 20001 files that git can't vouch for"]]);
  expect(await reasonsOf(family, changed(), { unseen })).toEqual({
    docs: ["always built: docs is built from 20001 files that git can't vouch for"],
  });
});

describe("everything and nothing", () => {
  test("a schedule gives every image its reason", async () => {
    const comparison: EventComparison = { kind: "everything", because: { kind: "scheduled" } };
    expect(await reasonsOf(family, comparison)).toEqual(
      Object.fromEntries(family.map(({ name }) => [name, ["scheduled"]])),
    );
  });

  test("a deleted branch affects none", async () => {
    expect(await reasonsOf(family, { kind: "nothing", what: "x" })).toEqual({});
  });
});

describe("only", () => {
  const askedFor: EventComparison = { kind: "everything", because: { kind: "asked-for" } };

  test.each([
    ["one name", ["agent"], ["agent"]],
    ["a glob", ["*o*"], ["docs", "nodejs", "proxmox"]],
    ["a question mark", ["bas?"], ["base"]],
    ["several, in the catalog's order", ["proxmox", "base"], ["base", "proxmox"]],
    ["a dot is a dot", ["*"], ["base", "docs", "nodejs", "agent", "proxmox"]],
    ["all but one", ["*", "!docs"], ["base", "nodejs", "agent", "proxmox"]],
    ["exclusions alone, of all", ["!*o*"], ["base", "agent"]],
    ["the last glob that matches", ["!docs", "d*"], ["docs"]],
    ["an exception", ["*", "!*o*", "proxmox"], ["base", "agent", "proxmox"]],
    ["alternatives", ["{ba,a}*", "!{base,docs}"], ["agent"]],
  ])("asks for %s", async (_, only, expected) => {
    expect(Object.keys(await reasonsOf(family, askedFor, { only }))).toEqual(expected);
  });

  test("of a push takes what is affected as well", async () => {
    const reasons = await reasonsOf(family, changed("images/base/a"), { only: ["docs", "proxmox"] });
    expect(reasons).toEqual({ docs: ["depends on base"] });
  });

  test.each([
    ["excludes no image", ["!dosc"], /names "dosc", and no image is called that/],
    ["leaves no image", ["docs", "!d*"], /excludes every image that it names: docs, !d\*/],
    ["isn't closed", ["{docs,base"], /`only`: .*brace that isn't closed/],
  ])("that %s is an error", async (_, only, message) => {
    await expect(reasonsOf(family, askedFor, { only })).rejects.toThrow(message);
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
    return affectedOf(family, { kind: "files", base, files });
  }

  test("is reported and not built", async () => {
    const { affected, deleted } = await deletedOf("images/old/Dockerfile", "images/old/run.sh");
    expect(affected.size).toBe(0);
    expect(deleted).toEqual([{ directory: "images/old", recipe: "images/old/Dockerfile" }]);
    expect(describeDeleted(deleted)[0]?.message).toMatch(/^old isn't built any more: images\/old\/\S+ was deleted$/);
    expect((await deletedOf("images/old/dockerfile")).deleted).toHaveLength(1);
  });

  test("names who still uses it", async () => {
    const { deleted } = await deletedOf("images/old/Dockerfile");
    const [of, other] = ["ghcr.io/o/r/old", "ghcr.io/o/r/other"].map((each) => ({
      repository: repository(each),
      written: `images/web/Dockerfile:1:6: FROM names ${each}`,
    }));
    if (of === undefined || other === undefined) throw new Error("two were given");
    const [remark] = describeDeleted(deleted, [of, other]);
    expect(remark?.hint).toContain(
      "remove what still names it (images/web/Dockerfile:1:6: FROM names ghcr.io/o/r/old)",
    );
    expect(describeDeleted(deleted, [other])[0]?.hint).toContain("remove what still names it, and");
  });

  test.each([
    ["a Dockerfile that became a Containerfile", "images/base/Dockerfile"],
    ["a Dockerfile of somebody's tests", "test/fixtures/Dockerfile"],
    ["another file", "images/old/README.md"],
  ])("is not meant by %s", async (_, path) => {
    expect((await deletedOf(path)).deleted).toEqual([]);
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
