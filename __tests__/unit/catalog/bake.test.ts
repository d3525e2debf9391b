/** What bake files make of a repository. What buildx says is told here; the end-to-end tests ask it. */
import { describe, expect, test } from "@jest/globals";
import { buildTree, edges, images, type Options, problems } from "./build-tree.ts";
import type { Tree } from "./memory-files.ts";

const scratch = "FROM scratch\nCOPY . /\n";

/** A definition whose group `default` has the first names. */
const definition = (targets: Readonly<Record<string, object>>, group = Object.keys(targets)) => ({
  group: { default: { targets: group } },
  target: Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [name, { context: name, dockerfile: "Dockerfile", ...target }]),
  ),
});

const bakeFile = { "images/docker-bake.hcl": "" };

async function shown(tree: Tree, options: Options) {
  const catalog = await buildTree(tree, options);
  return Object.fromEntries(catalog.images.map((image) => [image.name, image]));
}

describe("a bake file for all images", () => {
  const tree = { ...bakeFile, ...images({ base: scratch, web: "FROM base\nRUN --mount=from=tools,target=/t x" }) };

  test("short names are edges where its contexts say so, whatever the Dockerfile calls them", async () => {
    const contexts = { base: "target:base", tools: "target:builder" };
    const builder = { context: "..", dockerfile: "images/builder/Dockerfile", output: [{ type: "cacheonly" }] };
    const bake = { images: definition({ base: {}, web: { contexts }, builder }, ["base", "web"]) };
    const all = await shown({ ...tree, ...images({ builder: scratch }) }, { bake });
    expect(all.web?.parents).toMatchObject([
      { parent: "base", contextName: "base", via: "FROM", at: { file: "images/web/Dockerfile", line: 1 } },
      { parent: "builder", contextName: "tools", via: "RUN --mount", at: { line: 2 } },
    ]);
    expect(all.builder).toMatchObject({ context: ".", dockerfilePath: "images/builder/Dockerfile", repositories: [] });
    expect(all.base).toMatchObject({ context: "images/base", repositories: ["ghcr.io/o/r/base"] });
  });

  test("one Dockerfile makes two images, with the context swapped", async () => {
    const bake = {
      images: definition({
        base: {},
        web: { contexts: { base: "target:base", tools: "target:base" } },
        "web-on-web": { context: "web", contexts: { base: "target:web", tools: "target:base" } },
      }),
    };
    expect(await edges(tree, { bake })).toEqual(["base:", "web: base base", "web-on-web: web base"]);
  });

  test("a context that no needed stage uses is no edge", async () => {
    const bake = { images: definition({ base: { contexts: { web: "target:web" } }, web: {} }) };
    expect(await edges({ ...bakeFile, ...images({ base: scratch, web: scratch }) }, { bake })).toEqual([
      "base:",
      "web:",
    ]);
  });

  test("unless the Dockerfile is in another language, which may use it anywhere", async () => {
    const bake = { images: definition({ base: { contexts: { x: "target:web" } }, web: {} }) };
    const foreign = { ...bakeFile, ...images({ base: "# syntax=example.com/own\nFROM scratch", web: scratch }) };
    expect(await edges(foreign, { bake })).toEqual(["web:", "base: web"]);
  });

  test("a context replaces the stage of its name, and what that stage takes", async () => {
    const text = "FROM ghcr.io/o/r/other AS base\nCOPY --from=nothing x x\nFROM base";
    const bake = { images: definition({ base: {}, web: { contexts: { base: "target:base" } } }) };
    const all = await shown({ ...bakeFile, ...images({ base: scratch, web: text }) }, { bake });
    expect([all.web?.parents.map(({ parent }) => parent), all.web?.bases]).toEqual([["base"], []]);
  });

  test("arguments, labels, annotations, platforms and stage are the target's; tags, outputs and caches are not", async () => {
    const target = {
      args: { A: "1", B: null },
      labels: { "a.b": "{{c}}" },
      annotations: ["index:a=b"],
      platforms: ["linux/arm64"],
      target: "one",
      tags: ["docker.io/x/y:z"],
      output: [{ type: "registry" }],
      "cache-to": [{ type: "gha" }],
    };
    const all = await shown(
      { ...bakeFile, ...images({ web: "FROM scratch AS one" }) },
      { bake: { images: definition({ web: target }) } },
    );
    expect(all.web).toMatchObject({
      buildArgs: { A: "1" },
      labels: { "a.b": "{{c}}" },
      annotations: ["index:a=b"],
      platforms: ["linux/arm64"],
      target: "one",
      repositories: ["ghcr.io/o/r/web"],
    });
  });

  test("what it says of an image goes before inputs and defaults, and the image's own entry before it", async () => {
    const bake = { images: definition({ web: { args: { A: "bake", B: "bake" }, platforms: ["linux/arm64"] } }) };
    const config = "images: {web: {build-args: {A: own}}}\ndefaults: {build-args: {C: default}}";
    const inputs = { platforms: ["linux/amd64"], buildArgs: { B: "input", D: "input" } };
    const all = await shown({ ...bakeFile, ...images({ web: scratch }) }, { bake, config, ...inputs });
    expect(all.web).toMatchObject({
      platforms: ["linux/arm64"],
      buildArgs: { A: "own", B: "bake", C: "default", D: "input" },
    });
  });

  test("directories and images from elsewhere as contexts, relative to its folder", async () => {
    const contexts = {
      features: "../features",
      "alpine:latest": "docker-image://alpine:3",
      outside: "../../x",
      oci: "oci-layout://layouts/a",
      git: "https://github.com/o/r.git#main",
      own: "docker-image://ghcr.io/o/r/base",
    };
    const text = "FROM alpine\nCOPY --from=features a a\nCOPY --from=own b b\nCOPY --from=git c c";
    const bake = { images: definition({ base: {}, web: { contexts } }) };
    const all = await shown({ ...bakeFile, ...images({ base: scratch, web: text }) }, { bake });
    expect(all.web?.contexts).toEqual([
      { kind: "elsewhere", name: "alpine", value: "docker-image://alpine:3" },
      { kind: "directory", name: "features", path: "features" },
      { kind: "elsewhere", name: "git", value: "https://github.com/o/r.git#main" },
      { kind: "elsewhere", name: "oci", value: "oci-layout://images/layouts/a" },
      { kind: "elsewhere", name: "outside", value: "../x" },
    ]);
    expect(all.web?.parents).toMatchObject([{ parent: "base", contextName: "own", via: "COPY --from" }]);
    expect(all.web?.bases).toMatchObject([{ reference: { repository: "docker.io/library/alpine", tag: "3" } }]);
  });

  test("a directory that only a target outside of the group names is no image", async () => {
    const bake = {
      images: definition({ base: {} }),
      "images *": definition({ base: {}, dev: {}, _common: { context: "." } }),
    };
    const lonely = { ...bakeFile, ...images({ base: scratch, dev: scratch, new: scratch }) };
    expect(await edges(lonely, { bake })).toEqual(["base:", "new:"]);
  });

  test("a buildx that can't tell all targets leaves the rest to convention", async () => {
    const lonely = { ...bakeFile, ...images({ base: scratch, dev: scratch }) };
    expect(await edges(lonely, { bake: { images: definition({ base: {} }) } })).toEqual(["base:", "dev:"]);
  });

  test("groups in groups, a matrix, and an old buildx that writes outputs as text", async () => {
    const bake = {
      images: {
        group: {
          default: { targets: ["all"] },
          all: { targets: ["base", "web"] },
          web: { targets: ["web-8", "web-9"] },
        },
        target: {
          base: { context: "base", output: ["type=cacheonly"] },
          "web-8": { context: "web", output: ["type=registry,name=x"] },
          "web-9": { context: "web" },
        },
      },
    };
    const all = await shown({ ...bakeFile, ...images({ base: scratch, web: scratch }) }, { bake });
    expect(Object.values(all).map(({ name, repositories }) => [name, repositories.length])).toEqual([
      ["base", 0],
      ["web-8", 1],
      ["web-9", 1],
    ]);
  });
});

describe("a bake file for each image", () => {
  const tree = { "apps/a/docker-bake.hcl": "", "apps/a/Dockerfile": "FROM tools", "apps/b/Dockerfile": scratch };

  test("its one image has the directory's name, what it needs has a name of its own", async () => {
    const tools = { context: ".", dockerfile: "tools/Dockerfile", output: [{ type: "cacheonly" }] };
    const one = { context: ".", contexts: { tools: "target:tools" } };
    const bake = { "apps/a image-all": definition({ "image-all": one, tools }, ["image-all"]) };
    const all = { ...tree, "apps/a/tools/Dockerfile": scratch };
    expect(await edges(all, { bake, bakeTargets: ["image-all"] })).toEqual(["a-tools:", "a: a-tools", "b:"]);
  });

  test("in the root it is the repository's image, also where its target is called default", async () => {
    const root = { "docker-bake.hcl": "", "docker/Dockerfile": scratch };
    const bake = { ".": definition({ default: { context: ".", dockerfile: "docker/Dockerfile" } }) };
    const all = await shown(root, { bake });
    expect(all.r).toMatchObject({ directory: ".", repositories: ["ghcr.io/o/r"], dockerfilePath: "docker/Dockerfile" });
  });

  test("where its image lies elsewhere it keeps the target's name", async () => {
    const root = { "docker-bake.hcl": "", "src/api/Dockerfile": scratch };
    expect(await edges(root, { bake: { ".": definition({ api: { context: "src/api" } }) } })).toEqual(["api:"]);
  });

  test("one further up that names the directory goes before it", async () => {
    const both = { ...bakeFile, "images/a/docker-bake.hcl": "", "images/a/Dockerfile": scratch };
    const bake = {
      images: definition({ upper: { context: "a" } }),
      "images/a": definition({ lower: { context: ".." } }),
    };
    expect(await edges(both, { bake })).toEqual(["upper:"]);
  });

  test("each file publishes those of the wanted names that it has", async () => {
    const two = { ...tree, "apps/b/docker-bake.hcl": "" };
    const bake = {
      "apps/a image-all": definition({ "image-all": { context: "." } }),
      "apps/b default": definition({ image: { context: "." } }),
    };
    const missing = (name: string) => ({ code: 1, stderr: `ERROR: failed to find target ${name}\n` });
    const all = {
      ...bake,
      "apps/a image-all default": missing("default"),
      "apps/b image-all default": missing("image-all"),
    };
    const alone = { ...two, "apps/a/Dockerfile": scratch };
    expect(await edges(alone, { bake: all, bakeTargets: ["image-all", "default"] })).toEqual(["a:", "b:"]);
  });
});

describe("compose files", () => {
  const compose = { "compose.yaml": "services:\n  api:\n    build: ./api\n", "api/Dockerfile": scratch };
  const bake = { ".": definition({ api: {} }), ". api": definition({ api: {} }) };

  test("count where nothing else tells of an image", async () => {
    expect(await edges(compose, { bake })).toEqual(["api:"]);
  });

  test("don't where something does: they are for running things", async () => {
    expect(await edges({ ...compose, Dockerfile: scratch }, { bake })).toEqual(["r:"]);
  });

  test("do where their targets are asked for", async () => {
    expect(await edges({ ...compose, Dockerfile: scratch }, { bake, bakeTargets: ["api"] })).toEqual(["api:", "r:"]);
  });

  test("without a build section they tell of none", async () => {
    const tree = { "compose.yaml": "services:\n  db:\n    image: postgres\n" };
    expect(await problems(tree, { bake })).toEqual([expect.stringMatching(/^no directory holds a Dockerfile/)]);
  });
});

describe("what can't be is an error that says what to do", () => {
  const tree = { ...bakeFile, ...images({ web: "FROM base" }) };
  const failing = (stderr: string) => ({ images: { code: 1, stderr } });
  test.each<[string, Options, RegExp]>([
    [
      "no buildx",
      { bake: failing("unknown flag: --print\n\nUsage:  docker [OPTIONS] COMMAND") },
      /^images\/docker-bake\.hcl images\/docker-bake\.hcl can't be read: it takes docker with buildx.*\(install docker with the buildx plugin/,
    ],
    [
      "a file that bake refuses, with the line",
      { bake: failing("docker-bake.hcl:60\n----\n 60 | >>> x {\nERROR: docker-bake.hcl:60,3-4: Unclosed block") },
      /^images\/docker-bake\.hcl:60 .*Unclosed block \(fix the file/,
    ],
    [
      "no group default",
      { bake: { "images *": { target: { web: {}, docs: {} } } } },
      /has no group or target "default"; it has web, docs \(add a group "default", or name the targets to publish in "bake-target"/,
    ],
    [
      "a target that isn't there",
      { bakeTargets: ["wed"], bake: { "images *": { target: { web: {}, docs: {} } } } },
      /has no group or target named wed; it has web, docs \(correct "bake-target"; did you mean "web"\?\)/,
    ],
    [
      "a group of nothing but caches",
      { bake: { images: definition({ web: { output: [{ type: "cacheonly" }] } }) } },
      /publishes nothing: every target of the group only fills the cache/,
    ],
    [
      "a context on another machine",
      { bake: { images: definition({ web: { context: "https://github.com/o/r.git" } }) } },
      /the target "web": its context is https.*outside of the repository/,
    ],
    [
      "a Dockerfile above the repository",
      { bake: { images: definition({ web: { dockerfile: "../../../Dockerfile" } }) } },
      /the target "web": its dockerfile is .*outside of the repository/,
    ],
    [
      "a Dockerfile inside the bake file",
      { bake: { images: definition({ web: { "dockerfile-inline": "FROM x" } }) } },
      /the target "web": its Dockerfile is inline in the bake file/,
    ],
    [
      "a platform that is none",
      { bake: { images: definition({ web: { platforms: ["a/b/c/d"] } }) } },
      /the target "web": "a\/b\/c\/d" isn't a valid platform/,
    ],
    [
      "a buildx that says something else",
      { bake: { images: { code: 0, stdout: new Uint8Array([123]) } } },
      /invalid JSON/,
    ],
  ])("%s", async (_, options, message) => {
    expect(await problems(tree, options)).toEqual([expect.stringMatching(message)]);
  });

  test("targets asked for where there is no bake file", async () => {
    expect(await problems(images({ web: scratch }), { bakeTargets: ["x"] })).toEqual([
      expect.stringMatching(/"bake-target" names x, but there is no bake file: looked in \./),
    ]);
  });
});

describe("a target that gives files and no image", () => {
  const tree = { ...bakeFile, ...images({ web: scratch, docs: scratch, tool: scratch }) };
  const names = async (targets: Readonly<Record<string, object>>, more: Options = {}, group?: string[]) => {
    const catalog = await buildTree(tree, {
      bake: { images: definition(targets, group) },
      path: ["images/none*"],
      ...more,
    });
    const shownNames = catalog.images.map(
      ({ name, repositories }) => `${name}${repositories.length === 0 ? " unpublished" : ""}`,
    );
    return [shownNames, ...catalog.remarks.map(({ message }) => message)];
  };

  test.each<[string, unknown]>([
    ["a folder", [{ type: "local", dest: "dist" }]],
    ["a folder, as an old buildx writes it", ["type=local,dest=dist"]],
    ["a folder, as its path alone", ["dist"]],
    ["an archive", [{ type: "tar", dest: "x.tar" }]],
    ["an archive on standard output", ["-"]],
    ["an OCI archive", [{ type: "oci", dest: "x.tar" }]],
    ["an OCI archive, as text", ["type=oci,dest=x.tar"]],
    ["an archive for docker load", [{ type: "docker", dest: "x.tar" }]],
    ["several", ["dist", { type: "tar" }]],
    ["a folder beside the cache", [{ type: "cacheonly" }, { type: "local", dest: "dist" }]],
  ])("is left out with a remark: %s", async (_, output) => {
    expect(await names({ web: {}, docs: { output }, tool: {} })).toEqual([
      ["tool", "web"],
      expect.stringMatching(/^docs \(images\/docker-bake\.hcl\) isn't published/),
    ]);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["an image", [{ type: "image" }]],
    ["an image in a registry", ["type=registry"]],
    ["docker's engine", [{ type: "docker" }]],
    ["a folder and an image", [{ type: "local", dest: "dist" }, { type: "image" }]],
  ])("but not where its output is %s", async (_, output) => {
    expect(await names({ web: {}, docs: { output } })).toEqual([["docs", "web"]]);
  });

  const output = ["dist"];

  test("is built where an image takes something from it, and published nowhere", async () => {
    const contexts = { docs: "target:docs" };
    expect(await names({ web: { contexts }, docs: { output } })).toEqual([["docs unpublished", "web"]]);
  });

  test("is built where what only fills the cache takes something from it", async () => {
    const tool = { output: [{ type: "cacheonly" }], contexts: { docs: "target:docs" } };
    expect(await names({ web: {}, docs: { output }, tool })).toEqual([["docs unpublished", "tool unpublished", "web"]]);
  });

  test("leaves its entry of the config file without effect, which the remark says", async () => {
    const config = "images: {docs: {labels: [a=b]}, web: {labels: [a=b]}}";
    const [built, remark] = await names({ web: {}, tool: {}, docs: { output } }, { config });
    expect([built, remark]).toEqual([
      ["tool", "web"],
      expect.stringMatching(
        /^docs .* isn't published: .* archive\. The entry of docs in \.github\/image-publish\.yml has no effect$/,
      ),
    ]);
  });

  test("leaves a wrong name in the config file an error, and what is said to be an image one", async () => {
    const bake = { images: definition({ web: {}, docs: { output } }) };
    const options = { bake, path: ["images/none*"] };
    expect(await problems(tree, { ...options, config: "images: {dosc: {labels: [a=b]}}" })).toEqual([
      expect.stringMatching(/no directory holds an image named "dosc"/),
    ]);
    const config = "images: {docs: {path: images/docs}}";
    expect((await names({ web: {}, docs: { output } }, { config }))[0]).toEqual(["docs", "web"]);
  });

  test("is named where an image's entry needs it", async () => {
    const bake = { images: definition({ web: {}, docs: { output } }) };
    for (const said of ["depends: [docs]", "build-contexts: {x: target:docs}"]) {
      const options = { bake, path: ["images/none*"], config: `images: {web: {${said}}}` };
      expect(await problems(tree, options)).toEqual([
        expect.stringMatching(/docs.*gives files and no image \(images\/docker-bake\.hcl\) \(name it in the contexts/),
      ]);
    }
  });

  test("takes what it alone needs along, and gives one remark with others", async () => {
    const contexts = { tool: "target:tool" };
    const targets = { web: {}, docs: { output, contexts }, more: { context: "docs", output }, tool: {} };
    expect(await names(targets, {}, ["web", "docs", "more"])).toEqual([
      ["web"],
      expect.stringMatching(/^docs \(.*\), more \(.*\) aren't published: their only output/),
    ]);
  });

  test("isn't found as a directory's image either", async () => {
    expect(await names({ web: {}, tool: {}, docs: { output } }, { path: [] })).toEqual([
      ["tool", "web"],
      expect.anything(),
    ]);
  });

  test("is an error where `bake-target` names it, and a remark where it names its group", async () => {
    const bake = {
      "images docs": definition({ docs: { output } }),
      "images all": definition({ web: {}, docs: { output } }),
    };
    const options = { bake, path: ["images/none*"] };
    expect(await problems(tree, { ...options, bakeTargets: ["docs"] })).toEqual([
      expect.stringMatching(/^images\/docker-bake\.hcl "bake-target" names docs, which gives files and no image/),
    ]);
    expect(await names({}, { ...options, bakeTargets: ["all"] })).toEqual([["web"], expect.anything()]);
  });

  test("is an error where `bake-target` names a group of nothing else", async () => {
    const group = (members: object) => ({
      ...definition({ all: {} }),
      group: { default: { targets: ["all"] }, all: { targets: Object.keys(members) } },
      target: definition(members as Record<string, object>).target,
    });
    const bake = { "images all": group({ docs: { output }, tool: { output } }) };
    for (const path of [["images/none*"], []]) {
      expect(await problems(tree, { bake, path, bakeTargets: ["all"] })).toEqual([
        expect.stringMatching(
          /"bake-target" names all, which gives files and no image.*\(take it out of "bake-target"/,
        ),
      ]);
    }
  });

  test("is an error where there is nothing else, and none where a directory is an image", async () => {
    const bake = { images: definition({ docs: { output } }) };
    expect(await problems({ ...bakeFile, ...images({ docs: scratch }) }, { bake })).toEqual([
      expect.stringMatching(/^there is no image to publish: docs \(images\/docker-bake\.hcl\) only gives files/),
    ]);
    expect(await names({ docs: { output } }, { path: [] })).toEqual([["tool", "web"], expect.anything()]);
  });
});
