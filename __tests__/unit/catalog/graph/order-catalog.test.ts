// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { describe, expect, test } from "@jest/globals";
import { formatReference } from "../../../../src/model/reference.ts";
import { buildTree as build, edges, images, type Options, problems } from "../build-tree.ts";
import type { Tree } from "../memory-files.ts";

describe("a folder of images that build on one another", () => {
  const tree = images({
    base: "FROM debian:13",
    nodejs: "FROM ghcr.io/o/r/base",
    agent: "FROM ghcr.io/o/r/nodejs:latest\nRUN --mount=from=ghcr.io/o/r/builder,source=/out,target=/mnt x",
    docker: "ARG BASE=ghcr.io/o/r/base:main\nFROM $BASE",
    builder: "FROM debian:13\nCOPY . .",
    "proxmox-ve": "FROM debian:13",
  });

  test("parents come first, names break ties", async () => {
    expect(await edges(tree)).toEqual([
      "base:",
      "builder:",
      "docker: base",
      "nodejs: base",
      "agent: nodejs builder",
      "proxmox-ve:",
    ]);
  });

  test("an image that is not published is built on all the same", async () => {
    const catalog = await build(tree, { config: "images: {builder: {publish: false, context: .}}" });
    expect(catalog.images.find(({ name }) => name === "builder")).toMatchObject({
      repositories: [],
      knownAs: ["ghcr.io/o/r/builder"],
      directory: "images/builder",
      context: ".",
      dockerfilePath: "images/builder/Dockerfile",
    });
    expect(catalog.images.find(({ name }) => name === "agent")?.parents).toEqual([
      {
        parent: "nodejs",
        contextName: "ghcr.io/o/r/nodejs",
        via: "FROM",
        at: { file: "images/agent/Dockerfile", line: 1 },
      },
      {
        parent: "builder",
        contextName: "ghcr.io/o/r/builder",
        via: "RUN --mount",
        at: { file: "images/agent/Dockerfile", line: 2 },
      },
    ]);
  });

  test("the root's image has the repository's name", async () => {
    const { images: all } = await build({ Dockerfile: "FROM a", ...images({ b: "FROM ghcr.io/o/r" }) });
    expect(all.map(({ name, repositories }) => [name, ...repositories])).toEqual([
      ["r", "ghcr.io/o/r"],
      ["b", "ghcr.io/o/r/b"],
    ]);
  });
});

describe("what is an edge, and what a pin", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const takes = async (dockerfile: string, options?: Options) => {
    const catalog = await build(images({ base: "FROM debian:13", child: dockerfile }), options);
    const child = catalog.images.find(({ name }) => name === "child");
    return [
      ...(child?.parents ?? []).map((edge) => `edge ${edge.contextName}`),
      ...(child?.bases ?? []).map((base) => `pin ${formatReference(base.reference)}`),
    ];
  };

  test.each<[string, string, string[]]>([
    ["no tag", "FROM ghcr.io/o/r/base", ["edge ghcr.io/o/r/base"]],
    ["latest, which the context's name leaves out", "FROM ghcr.io/o/r/base:latest", ["edge ghcr.io/o/r/base"]],
    ["the branch", "FROM ghcr.io/o/r/base:main", ["edge ghcr.io/o/r/base:main"]],
    ["an exact tag", "FROM ghcr.io/o/r/base:2026.06.10-e973f3c", ["pin ghcr.io/o/r/base:2026.06.10-e973f3c"]],
    ["a digest", `FROM ghcr.io/o/r/base@${digest}`, [`pin ghcr.io/o/r/base@${digest}`]],
    ["a moving tag with a digest", `FROM ghcr.io/o/r/base:main@${digest}`, [`pin ghcr.io/o/r/base:main@${digest}`]],
    ["a short name is Docker Hub's", "FROM base", ["pin docker.io/library/base"]],
    ["another repository", "FROM ghcr.io/o/other/base", ["pin ghcr.io/o/other/base"]],
    ["a host in another case keeps it", "FROM GHCR.io/o/r/base:latest", ["edge GHCR.io/o/r/base"]],
    ["a copy", "FROM scratch\nCOPY --from=ghcr.io/o/r/base a b", ["edge ghcr.io/o/r/base"]],
    [
      "two uses of one name are one edge",
      "FROM ghcr.io/o/r/base\nCOPY --from=ghcr.io/o/r/base a b",
      ["edge ghcr.io/o/r/base"],
    ],
    [
      "two names of one image are two contexts",
      "FROM ghcr.io/o/r/base\nCOPY --from=ghcr.io/o/r/base:main a b",
      ["edge ghcr.io/o/r/base", "edge ghcr.io/o/r/base:main"],
    ],
    [
      "a stage that the target doesn't need",
      "FROM ghcr.io/o/r/base AS unused\nFROM debian:13",
      ["pin docker.io/library/debian:13"],
    ],
  ])("%s", async (_, dockerfile, expected) => {
    expect(await takes(dockerfile)).toEqual(expected);
  });

  test("latest is a pin where this run doesn't move it", async () => {
    expect(await takes("FROM ghcr.io/o/r/base:latest", { moving: ["feature"] })).toEqual([
      "pin ghcr.io/o/r/base:latest",
    ]);
  });

  test("a directory named like a public image captures nothing", async () => {
    expect(await edges(images({ debian: "FROM debian:13", web: "FROM debian" }))).toEqual(["debian:", "web:"]);
  });

  test("a literal build argument decides", async () => {
    const dockerfile = "ARG BASE=debian:13\nFROM $BASE";
    expect(await takes(dockerfile, { buildArgs: { BASE: "ghcr.io/o/r/base" } })).toEqual(["edge ghcr.io/o/r/base"]);
    expect(await takes(dockerfile, { config: "images: {child: {build-args: {BASE: ghcr.io/o/r/base}}}" })).toEqual([
      "edge ghcr.io/o/r/base",
    ]);
  });

  test("one that is filled in later leaves the base unsettled", async () => {
    const tree = images({ child: "ARG TAG\nFROM ghcr.io/o/r/base:$TAG" });
    const { images: all } = await build(tree, { buildArgs: { TAG: "{{version}}" } });
    expect(all).toMatchObject([{ parents: [], bases: [], unsettled: [{ variables: ["TAG"], at: { line: 2 } }] }]);
  });
});

describe("a base that hangs on a platform that nobody knows yet is whichever image here it may be", () => {
  const bases = { "base-amd64": "FROM scratch", "base-arm64": "FROM scratch", "base-vax": "FROM scratch" };
  const of = async (child: string, options: Options = {}, more = {}) =>
    (await edges(images({ ...bases, ...more, child }), options)).filter((each) => !each.startsWith("base-"));

  test.each<[string, string, Options, string]>([
    [
      "the target's, where no platforms are said",
      "FROM ghcr.io/o/r/base-$TARGETARCH",
      {},
      "child: base-amd64 base-arm64",
    ],
    [
      "only those that are said",
      "FROM ghcr.io/o/r/base-$TARGETARCH",
      { platforms: ["linux/arm64"] },
      "child: base-arm64",
    ],
    [
      "the machine's, whatever is said",
      "FROM ghcr.io/o/r/base-$BUILDARCH",
      { platforms: ["linux/arm64"] },
      "child: base-amd64 base-arm64",
    ],
    ["through an ARG", "ARG B=ghcr.io/o/r/base-${TARGETARCH}\nFROM $B", {}, "child: base-amd64 base-arm64"],
    [
      "not what hangs on something else",
      "ARG X\nFROM ghcr.io/o/r/base-$X",
      { buildArgs: { X: "{{version}}" } },
      "child:",
    ],
    ["not a pin", "FROM ghcr.io/o/r/base-$TARGETARCH:1.2", {}, "child:"],
    ["not a stage of that name", "FROM scratch AS base-amd64\nFROM base-$TARGETARCH", {}, "child:"],
  ])("%s", async (_, dockerfile, options, expected) => {
    expect(await of(dockerfile, options)).toEqual([expected]);
  });

  test("each has the name that the build looks it up by, and none goes round in a circle", async () => {
    const { images: all } = await build(images({ ...bases, child: "FROM ghcr.io/o/r/base-$TARGETARCH" }));
    expect(all.at(-1)?.parents.map(({ contextName }) => contextName)).toEqual([
      "ghcr.io/o/r/base-amd64",
      "ghcr.io/o/r/base-arm64",
    ]);
    const round = { "base-amd64": "FROM ghcr.io/o/r/child", "base-arm64": "FROM ghcr.io/o/r/base-$BUILDARCH" };
    expect(await of("FROM ghcr.io/o/r/base-$TARGETARCH", {}, round)).toEqual(["child:"]);
  });
});

describe("what the config file says", () => {
  test("wins over the inputs, and these over its defaults", async () => {
    const config = `
images:
  a: {platforms: [linux/arm64], build-args: {X: own}}
defaults: {platforms: [linux/s390x], build-args: {X: default, Y: default}}`;
    const tree = images({ a: "FROM a", b: "FROM b" });
    expect((await build(tree, { config })).images).toMatchObject([
      { platforms: ["linux/arm64"], buildArgs: { X: "own", Y: "default" } },
      { platforms: ["linux/s390x"], buildArgs: { X: "default", Y: "default" } },
    ]);
    const inputs = { config, platforms: ["amd64"], buildArgs: { X: "input" } };
    expect((await build(tree, inputs)).images).toMatchObject([
      { platforms: ["linux/arm64"], buildArgs: { X: "own", Y: "default" } },
      { platforms: ["linux/amd64"], buildArgs: { X: "input", Y: "default" } },
    ]);
  });

  test("adds images that lie elsewhere", async () => {
    const tree = { "src/containers/workspace/Dockerfile.base": "FROM a", "src/containers/web/Containerfile": "FROM b" };
    const config = `
images:
  klangk-workspace-base: {file: src/containers/workspace/Dockerfile.base}
  web: {path: src/containers/web, context: .}`;
    expect((await build(tree, { config })).images).toMatchObject([
      {
        name: "klangk-workspace-base",
        directory: "src/containers/workspace",
        context: "src/containers/workspace",
        dockerfilePath: "src/containers/workspace/Dockerfile.base",
      },
      {
        name: "web",
        directory: "src/containers/web",
        context: ".",
        dockerfilePath: "src/containers/web/Containerfile",
      },
    ]);
  });

  test("makes two images of one Dockerfile", async () => {
    const tree = images({ docker: "ARG BASE=debian\nFROM $BASE" });
    const config = "images: {docker-nodejs: {file: images/docker/Dockerfile, build-args: {BASE: node}}}";
    const { images: all } = await build(tree, { config });
    expect(all.map(({ name, bases }) => [name, bases[0]?.reference.repository])).toEqual([
      ["docker", "docker.io/library/debian"],
      ["docker-nodejs", "docker.io/library/node"],
    ]);
  });

  test("gives a directory another name", async () => {
    const tree = { "images/web/Dockerfile": "FROM a", "apps/web/Dockerfile": "FROM a" };
    const { images: all } = await build(tree, { config: "images: {web-app: {path: apps/web}}" });
    expect(all.map(({ name, directory }) => [name, directory])).toEqual([
      ["web", "images/web"],
      ["web-app", "apps/web"],
    ]);
  });
});

describe("images of Nix files", () => {
  const both = { "apps/web/Dockerfile": "FROM scratch", "apps/web/default.nix": "1", "apps/alone/default.nix": "1" };
  const named = async (tree: Tree, options?: Options) =>
    (await build(tree, options)).images.map(({ name, publicName, variant, repositories, platforms }) =>
      [name, publicName, variant, ...repositories, ...platforms].join(" "),
    );

  test("share name and repository with the Dockerfile beside", async () => {
    expect(await named(both)).toEqual([
      "alone alone nix ghcr.io/o/r/alone",
      "web web dockerfile ghcr.io/o/r/web",
      "web-nix web nix ghcr.io/o/r/web",
    ]);
  });

  test("have what the config file says of that name, and their own file if it names one", async () => {
    const config = `
images:
  site: {path: apps/web, platforms: [linux/arm64]}
  alone: {publish: false, depends: [site-nix]}
  tool: {file: tools/image.nix}`;
    const tree = { ...both, "tools/image.nix": "1" };
    expect(await named(tree, { config })).toEqual([
      "site site dockerfile ghcr.io/o/r/site linux/arm64",
      "site-nix site nix ghcr.io/o/r/site linux/arm64",
      "alone alone nix",
      "tool tool nix ghcr.io/o/r/tool",
    ]);
    expect(await edges(tree, { config })).toContain("alone: site-nix");
  });

  test("take no build arguments, contexts or stages", async () => {
    const options = { target: "release", buildArgs: { A: "1" }, config: "defaults: {build-contexts: {x: apps}}" };
    const { images: all } = await build({ "apps/alone/default.nix": "1" }, options);
    expect(all).toMatchObject([{ variant: "nix", buildArgs: {}, contexts: [], parents: [], bases: [] }]);
  });

  test.each([
    ["without a tag the Dockerfile's is meant", "FROM ghcr.io/o/r/web", "web"],
    ["the tag tells the variant", "FROM ghcr.io/o/r/web:main-nix", "web-nix"],
    ["what only Nix makes has no tag latest", "FROM ghcr.io/o/r/alone", ""],
    ["but one with its suffix", "FROM ghcr.io/o/r/alone:latest-nix", "alone"],
    ["a pin is a pin", "FROM ghcr.io/o/r/alone:v1.0-nix", ""],
  ])("are built on: %s", async (_, dockerfile, parent) => {
    expect(await edges({ ...both, ...images({ on: dockerfile }) })).toContain(`on: ${parent}`.trim());
  });

  test("one by hand", async () => {
    expect(await named({ "x/image.nix": "1" }, { byHand: { file: "x/image.nix" } })).toEqual(["x x nix ghcr.io/o/r/x"]);
  });
});

describe("what no Dockerfile says", () => {
  const base = "FROM debian:13";

  test("a build context of the config file makes a short name an edge", async () => {
    const tree = images({ base, docker: "FROM base", node: "FROM base" });
    const config = `
images:
  docker: {build-contexts: {base: target:base, features: build/features}}
  docker-nodejs: {file: images/docker/Dockerfile, build-contexts: [base=target:node]}
defaults: {build-contexts: {base: docker-image://debian:13}}`;
    expect((await build(tree, { config })).images).toMatchObject([
      { name: "base", contexts: [{ name: "base", value: "docker-image://debian:13" }] },
      { name: "docker", parents: [{ parent: "base" }], contexts: [{ kind: "directory", path: "build/features" }] },
      { name: "node", parents: [], bases: [{ reference: { repository: "docker.io/library/debian" } }] },
      { name: "docker-nodejs", parents: [{ parent: "node", contextName: "base" }] },
    ]);
  });

  test("a context goes before a pin: of a tag that is named in full", async () => {
    const tree = images({ base, child: "FROM ghcr.io/o/r/base:1.2.3" });
    const config = "images: {child: {build-contexts: {'ghcr.io/o/r/base:1.2.3': target:base}}}";
    expect(await edges(tree, { config })).toEqual(["base:", "child: base"]);
    expect(await edges(tree, { config: config.replace("1.2.3", "1.2.4") })).toEqual(["base:", "child:"]);
  });

  test("depends puts an image after another one, and takes nothing of it", async () => {
    const config = "images: {child: {depends: [base]}}";
    const { images: all } = await build(images({ base, child: base }), { config });
    expect(all[1]?.parents).toMatchObject([
      { parent: "base", contextName: undefined, via: "depends", at: { file: ".github/image-publish.yml", line: 1 } },
    ]);
  });

  test("a parent's ONBUILD takes from an image in the child's name", async () => {
    const parent = "FROM debian:13\nONBUILD COPY --from=ghcr.io/o/r/tools a b\nONBUILD RUN --mount=from=base x";
    const tree = images({ parent, tools: base, child: "FROM debian AS base\nFROM ghcr.io/o/r/parent" });
    const child = (await build(tree)).images.find(({ name }) => name === "child");
    expect(child).toMatchObject({
      parents: [
        { parent: "parent", via: "FROM" },
        { parent: "tools", via: "COPY --from", at: { file: "images/parent/Dockerfile", line: 2 } },
      ],
      bases: [
        { reference: { repository: "docker.io/library/debian" }, at: { file: "images/child/Dockerfile", line: 1 } },
      ],
    });
  });

  test("that of a grandparent is over, and that of a stage other than the parent's target", async () => {
    const first = "FROM debian:13\nONBUILD COPY --from=ghcr.io/o/r/tools a b";
    const second =
      "FROM debian:13 AS x\nONBUILD COPY --from=ghcr.io/o/r/tools a b\nFROM ghcr.io/o/r/first AS y\nFROM x";
    const tree = images({ first, second, tools: base, third: "FROM ghcr.io/o/r/second" });
    expect(await edges(tree)).toEqual(["first:", "tools:", "second: tools", "third: second"]);
  });
});

describe("a lower-case dockerfile is a Dockerfile, as it is for docker", () => {
  const recipes = async (tree: Tree, options: Options = {}) =>
    (await build(tree, options)).images.map((image) => image.variant === "dockerfile" && image.dockerfilePath);
  const text = "FROM a";
  const bake = (target: object) => ({ bake: { ".": { target: { default: { context: "web", ...target } } } } });

  test.each<[string, Tree, Options, string]>([
    ["in a directory", { "images/web/dockerfile": text }, {}, "images/web/dockerfile"],
    ["in the root", { dockerfile: text }, {}, "dockerfile"],
    ["where it is named", { "src/web/dockerfile": text }, { path: ["src/web"] }, "src/web/dockerfile"],
    ["by hand", { "src/dockerfile": text }, { byHand: { context: "src" } }, "src/dockerfile"],
    ["by hand, in the root", { dockerfile: text }, { byHand: {} }, "dockerfile"],
    [
      "by the docs' spelling of a file",
      { "src/dockerfile": text },
      { byHand: { file: "src/Dockerfile" } },
      "src/dockerfile",
    ],
    ["in the config file", { "src/dockerfile": text }, { config: "images: {web: {path: src}}" }, "src/dockerfile"],
    [
      "in the config file's context",
      { "src/dockerfile": text },
      { config: "images: {web: {context: src}}" },
      "src/dockerfile",
    ],
    [
      "by the config file's spelling",
      { "src/dockerfile": text },
      { config: "images: {web: {file: src/Dockerfile}}" },
      "src/dockerfile",
    ],
    [
      "in a bake file",
      { "docker-bake.hcl": "", "web/dockerfile": text },
      bake({ dockerfile: "Dockerfile" }),
      "web/dockerfile",
    ],
    ["in a bake file that says nothing", { "docker-bake.hcl": "", "web/dockerfile": text }, bake({}), "web/dockerfile"],
    ["of a compose file", { "compose.yaml": "x:\n  build: web", "web/dockerfile": text }, bake({}), "web/dockerfile"],
    [
      "but not before a Dockerfile",
      { "images/web/dockerfile": "", "images/web/Dockerfile": text },
      {},
      "images/web/Dockerfile",
    ],
  ])("%s", async (_, tree, options, expected) => {
    expect(await recipes(tree, options)).toEqual([expected]);
  });

  test("no other spelling is", async () => {
    const tree = { "images/a/DOCKERFILE": text, "images/b/dockerFile": text, "images/c/containerfile": text };
    expect(await problems(tree)).toEqual([expect.stringMatching(/^no directory holds a Dockerfile/)]);
  });
});

describe("one image given by hand", () => {
  const tree = {
    Dockerfile: "FROM a",
    "docker/Base.Dockerfile": "FROM b AS one\nFROM features",
    ...images({ c: "FROM c" }),
  };

  test("is the only one", async () => {
    const byHand = { file: "docker/Base.Dockerfile", context: "./src/", contexts: ["features=docker-image://x"] };
    expect((await build(tree, { byHand, target: "one" })).images).toMatchObject([
      { name: "src", directory: "src", context: "src", dockerfilePath: "docker/Base.Dockerfile", target: "one" },
    ]);
  });

  test("has the name that it is pushed under, else the repository's at the root", async () => {
    expect((await build(tree, { byHand: { name: "base", file: "docker/Base.Dockerfile" } })).images).toMatchObject([
      { name: "base", repositories: ["ghcr.io/o/r/base"], context: "." },
    ]);
    expect((await build(tree, { byHand: { context: "." } })).images).toMatchObject([
      { name: "r", repositories: ["ghcr.io/o/r"], dockerfilePath: "Dockerfile" },
    ]);
  });

  test.each<[string, string | undefined, string | undefined, string]>([
    ["of its context", "services/api", undefined, "api ghcr.io/o/r/api"],
    ["of its context, whose Dockerfile is below it", "services/api", "services/api/docker/D", "api ghcr.io/o/r/api"],
    ["of its context, whose Dockerfile is elsewhere", "services/api", "docker/D", "api ghcr.io/o/r/api"],
    ["of its context, whose Dockerfile is in the root", "services/api", "D", "api ghcr.io/o/r/api"],
    ["of its context, also where that is called as the repository", "services/r", "D", "r ghcr.io/o/r/r"],
    ["of the Dockerfile's directory, where the root is the context", ".", "docker/D", "docker ghcr.io/o/r/docker"],
    [
      "of the Dockerfile's directory, where nothing is said of the context",
      undefined,
      "docker/D",
      "docker ghcr.io/o/r/docker",
    ],
    ["of the repository, where both are in the root", "./", "./D", "r ghcr.io/o/r"],
  ])("has the name %s", async (_, context, file, expected) => {
    const all = Object.fromEntries(
      ["services/api/docker/D", "docker/D", "D", "services/api/Dockerfile"].map((path) => [path, "FROM a"]),
    );
    const { images: built } = await build(all, { byHand: { context, file } });
    expect(built.map(({ name, repositories }) => [name, ...repositories].join(" "))).toEqual([expected]);
  });

  const remarks = async (byHand: Options["byHand"] = {}, more: Tree = {}) =>
    (await build({ ...tree, ...more }, { byHand, ...(byHand.target && { target: byHand.target }) })).remarks.map(
      ({ message, hint }) => `${message} (${hint})`,
    );

  test.each<[string, Options["byHand"], RegExp]>([
    [
      "a stage",
      { target: "one" },
      /^the input "target" describes one image.*in images\/c is not built \(.*write images: \{r: \{target: one\}\} into \.github\/image-publish\.yml.*"context"/,
    ],
    [
      "a file",
      { file: "docker/Base.Dockerfile" },
      /^the input "file" .*in \., images\/c are not built \(.*images: \{docker: \{file: docker\/Base\.Dockerfile, context: \.\}\}/,
    ],
    [
      "both",
      { file: "D", target: "one" },
      /^the input "file" and "target" describe .*images: \{r: \{file: D, target: one\}\}/,
    ],
  ])("%s alone keeps others from being found, which is remarked", async (_, byHand, expected) => {
    expect(await remarks(byHand, { D: "FROM a AS one", Dockerfile: "FROM a AS one" })).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  test("but not where a context is given, or nothing else is there", async () => {
    expect(await remarks({ context: ".", target: "one" }, { Dockerfile: "FROM a AS one" })).toEqual([]);
    expect(await remarks({ contexts: ["a=b"] })).toEqual([]);
    const alone = await build({ Dockerfile: "FROM a AS one", D: "FROM a" }, { byHand: { file: "D" } });
    expect((await build({ Dockerfile: "FROM a AS one" }, { byHand: { target: "one" } })).remarks).toEqual([]);
    expect(alone.remarks).toEqual([]);
  });

  test("where there is no image by hand, the error says so", async () => {
    const tree = images({ a: "FROM a AS one", b: "FROM b AS one" });
    expect(await problems(tree, { byHand: { target: "one" } })).toEqual([
      expect.stringMatching(
        /image "r" has no Dockerfile.*in images\/a, images\/b are not built.*defaults: \{target: one\}/,
      ),
    ]);
  });

  test("takes its entry of the config file", async () => {
    const config = "images: {c: {platforms: [linux/arm64]}}";
    expect((await build(tree, { config, byHand: { context: "images/c" } })).images).toMatchObject([
      { name: "c", platforms: ["linux/arm64"], directory: "images/c" },
    ]);
  });

  test.each<[string, Options["byHand"], RegExp]>([
    [
      "a repository elsewhere",
      { context: "https://github.com/o/r.git" },
      /"context".*not a directory of the checkout.*check the other/,
    ],
    ["docker's expression for it", { context: "{{defaultContext}}:sub" }, /not a directory of the checkout/],
    ["a path that leads out", { file: "../Dockerfile" }, /"file".*isn't a path inside the repository/],
    ["a context without value", { contexts: ["features"] }, /"build-contexts".*write NAME=VALUE/],
    [
      "a file that isn't there",
      { context: "src" },
      /image "src" has no Dockerfile: none of src\/Dockerfile, src\/dockerfile, src\/Containerfile is there/,
    ],
  ])("but not %s", async (_, byHand = {}, message) => {
    expect(await problems(tree, { byHand })).toEqual([expect.stringMatching(message)]);
  });
});

describe("what can't be is an error", () => {
  test.each<[string, Tree, Options, (string | RegExp)[]]>([
    ["nothing to build", { README: "" }, {}, [/looked in \., images\/\*, containers\/\*, apps\/\*.*\(put each image/]],
    [
      "a directory that holds none",
      images({ a: "FROM a" }),
      { path: ["images/b"] },
      [/"path" names images\/b, which is not there/],
    ],
    [
      "an empty Dockerfile",
      images({ a: "", b: "FROM b" }),
      {},
      [/^images\/a\/Dockerfile images\/a\/Dockerfile is empty/],
    ],
    [
      "a Dockerfile that isn't there",
      images({ a: "FROM a" }),
      { config: "images: {b: {path: b}}" },
      [/image "b" has no Dockerfile: none of b\/Dockerfile, b\/dockerfile, b\/Containerfile is there/],
    ],
    [
      "an image that lies nowhere",
      images({ nodejs: "FROM a" }),
      { config: "images: {nodesj: {publish: false}}" },
      [/:1:10 no directory.*did you mean "nodejs"/],
    ],
    [
      "one name for two directories",
      { "images/Web/Dockerfile": "FROM a", "apps/web/Dockerfile": "FROM a" },
      {},
      [/two images have the name "web", in apps\/web and in images\/Web \(give one.*path: images\/Web/],
    ],
    [
      "three directories of one name",
      { "apps/web/Dockerfile": "FROM a", "containers/web/Dockerfile": "FROM a", "images/web/Dockerfile": "FROM a" },
      {},
      [
        /3 images have the name "web", in apps\/web, containers\/web and images\/web \(give all but one.*other-name-1: \{path: containers\/web\}, other-name-2: \{path: images\/web\}/,
      ],
    ],
    [
      "a context that is no image",
      images({ a: "FROM a", nodejs: "FROM a" }),
      { config: "defaults: {build-contexts: {x: target:nodesj}}" },
      [
        /^\.github\/image-publish\.yml:1:\d+ .*"x" of "a" is target:nodesj, and there is no such image \(.*did you mean "nodejs"/,
      ],
    ],
    [
      "depending on nothing",
      images({ a: "FROM a" }),
      { config: "images: {a: {depends: b}}" },
      [/^\.github\/image-publish\.yml:1:\d+ the image "a" depends on "b", and there is no such image/],
    ],
    [
      "a circle by what the config file says",
      images({ a: "FROM a", b: "FROM ghcr.io/o/r/a" }),
      { config: "images: {a: {depends: [b]}}" },
      [
        /in a circle: a → b → a, by \.github\/image-publish\.yml:1:\d+ \(depends\), images\/b\/Dockerfile:1 \(FROM ghcr/,
      ],
    ],
    ["a name that no registry takes", images({ "a b": "FROM a" }), {}, [/"a b" can't be an image's name/]],
    [
      "a base that is no name",
      images({ a: "FROM Debian" }),
      {},
      [/^images\/a\/Dockerfile:1 FROM names "Debian".*lower case/],
    ],
    [
      "an unknown target",
      images({ a: "FROM a AS one" }),
      { config: "images: {a: {target: two}}" },
      [/^\.github\/image-publish\.yml:1:22 images\/a\/Dockerfile has no stage named "two" \(choose one of one\)/],
    ],
    [
      "an unknown target for all",
      images({ a: "FROM a AS one", b: "FROM a AS two" }),
      { config: "defaults: {target: two}" },
      [/^\.github\/image-publish\.yml:1:20 images\/a\/Dockerfile has no stage named "two"/],
    ],
    [
      "an image that builds on itself",
      images({ a: "FROM ghcr.io/o/r/a" }),
      {},
      [/^images\/a\/Dockerfile:1 the image "a" depends on itself/],
    ],
    [
      "a circle",
      images({
        a: "FROM ghcr.io/o/r/c",
        b: "FROM ghcr.io/o/r/a",
        c: "FROM x\nCOPY --from=ghcr.io/o/r/b a b",
        d: "FROM ghcr.io/o/r/a",
      }),
      {},
      [
        /in a circle: a → c → b → a, by images\/a\/Dockerfile:1 \(FROM ghcr\.io\/o\/r\/c\), images\/c\/Dockerfile:2 \(COPY --from ghcr\.io\/o\/r\/b\), images\/b\/Dockerfile:1/,
      ],
    ],
    [
      "several things, all told at once, in order",
      images({ a: "RUN x", b: "FROM b\nCOPY x", c: "FROM c" }),
      {},
      [/^images\/a\/Dockerfile:1/, /^images\/b\/Dockerfile:2/],
    ],
    [
      "a shared Dockerfile's problem, once",
      images({ a: "RUN x" }),
      { config: "images: {b: {file: images/a/Dockerfile}}" },
      [/^images\/a\/Dockerfile:1/],
    ],
  ])("%s", async (_, tree, options, expected) => {
    expect(await problems(tree, options)).toEqual(expected.map((text) => expect.stringMatching(text)));
  });

  test.each<[string, Tree, Options, RegExp]>([
    [
      "an image that others are built on",
      images({
        a: "RUN x",
        b: "FROM ghcr.io/o/r/a",
        c: "FROM ghcr.io/o/r/b",
        d: "FROM x\nCOPY --from=ghcr.io/o/r/a a b",
      }),
      {},
      /^images\/a\/Dockerfile:1 /,
    ],
    [
      "a base that is no name",
      images({ a: "FROM Debian", b: "FROM ghcr.io/o/r/a", c: "FROM ghcr.io/o/r/b" }),
      {},
      /^images\/a\/Dockerfile:1 FROM names "Debian"/,
    ],
    [
      "a stage below the one that uses it",
      images({ a: "FROM x AS one\nCOPY --from=two a b\nFROM y AS two\nFROM one", b: "FROM ghcr.io/o/r/a" }),
      {},
      /^images\/a\/Dockerfile:2 COPY --from=two takes from a stage/,
    ],
    [
      "a target that isn't there, of an image whose ONBUILD others carry out",
      images({ a: "FROM x\nONBUILD COPY . .", b: "FROM ghcr.io/o/r/a" }),
      { config: "images: {a: {target: two}}" },
      /^\.github\/image-publish\.yml:1:22 images\/a\/Dockerfile has no stage named "two"/,
    ],
    [
      "a Dockerfile that isn't there, of an image that others depend on",
      images({ b: "FROM x", c: "FROM ghcr.io/o/r/a" }),
      { config: "images: {a: {path: a}, b: {depends: [a]}}" },
      /the image "a" has no Dockerfile/,
    ],
    [
      "an entry that says of no directory, which others depend on",
      images({ b: "FROM x" }),
      { config: "images: {zebra: {platforms: [linux/amd64]}, b: {depends: [zebra]}}" },
      /no directory holds an image named "zebra"/,
    ],
    [
      "a name that no registry takes, on which others depend",
      images({ "a b": "FROM a", c: "FROM x" }),
      { config: "images: {c: {depends: ['a b'], build-contexts: {x: 'target:a b'}}}" },
      /"a b" can't be an image's name/,
    ],
    [
      "a named directory that isn't there, of which the config file says something",
      images({ c: "FROM x" }),
      { path: ["images/c", "images/a"], config: "images: {a: {platforms: [linux/amd64]}, c: {depends: [a]}}" },
      /"path" names images\/a, which is not there/,
    ],
    [
      "a target of a bake file, which others take for a context",
      { "docker-bake.hcl": "", "web/Dockerfile": "FROM base" },
      {
        config: "images: {base: {platforms: [linux/amd64]}}",
        bake: {
          ".": {
            group: { default: { targets: ["base", "web"] } },
            target: {
              base: { "dockerfile-inline": "FROM x" },
              web: { context: "web", contexts: { base: "target:base" } },
            },
          },
        },
      },
      /the target "base": its Dockerfile is inline in the bake file/,
    ],
    [
      "a bake file that can't be read, of whose images others speak",
      { "docker-bake.hcl": "", ...images({ c: "FROM x" }) },
      {
        config: "images: {base: {platforms: [linux/amd64]}, c: {depends: [base]}}",
        bake: { ".": { code: 1, stderr: "ERROR: bad" } },
      },
      /can't read docker-bake.hcl: bad/,
    ],
    [
      "two images of one name, of which one names the other",
      { "apps/web/Dockerfile": "FROM ghcr.io/o/r/web", "images/web/Dockerfile": "FROM a" },
      {},
      /two images have the name "web"/,
    ],
  ])("one problem is one error, at its cause: %s", async (_, tree, options, expected) => {
    expect(await problems(tree, options)).toEqual([expect.stringMatching(expected)]);
  });

  test("but a name that nothing has is one, also beside other problems", async () => {
    const tree = images({ a: "RUN x", web: "FROM x" });
    const config = "images: {site: {path: images/web}, b: {path: images/a, depends: [web]}}";
    expect(await problems(tree, { config })).toHaveLength(2);
  });

  test("a pin of the own name is no circle", async () => {
    expect(await edges(images({ a: "FROM ghcr.io/o/r/a:v1" }))).toEqual(["a:"]);
  });
});

describe("what is there, and the line to write", () => {
  const text = "FROM a";
  const names = async (tree: Tree, options: Options = {}) =>
    (await build(tree, options)).images.map(({ name }) => name);
  const remarks = async (tree: Tree, options: Options = {}) =>
    (await build(tree, options)).remarks.map(({ message, hint }) => `${message} (${hint})`);

  test.each<[string, Tree, Options, RegExp]>([
    [
      "in directories of one folder",
      { "src/a/Dockerfile": text, "src/b/dockerfile": text },
      {},
      /Dockerfiles are in src\/a, src\/b: write path: "src\/\*"/,
    ],
    ["in two folders", { "src/a/Dockerfile": text, "cmd/b/Containerfile": text }, {}, /write path: "cmd\/\*, src\/\*"/],
    [
      "of other names",
      { "docker/Dockerfile.gpu": text, "docker/web.Dockerfile": text },
      {},
      /write images: \{docker-gpu: \{file: docker\/Dockerfile\.gpu\}, docker-web: \{file: docker\/web\.Dockerfile\}\}/,
    ],
    [
      "not where the globs look",
      { "src/a/Dockerfile": text },
      { path: ["scr/*"] },
      /looked in scr\/\* \(Dockerfiles are in src\/a: write path: "src\/\*"/,
    ],
  ])("nothing is found, Dockerfiles being %s", async (_, tree, options, expected) => {
    expect(await problems(tree, options)).toEqual([expect.stringMatching(expected)]);
  });

  test("a glob that matches nothing beside others that do is remarked, all in one", async () => {
    const tree = { "apps/a/Dockerfile": text, "docs/x": "" };
    expect(await remarks(tree, { path: ["apps/*", "apss/*", "docs*", "{x,y}/*"] })).toEqual([
      expect.stringMatching(/^"path" has apss\/\*, docs\*, \{x,y\}\/\*, which match no directory/),
    ]);
    expect(await remarks(tree, { path: ["apps/*", "{apps,y}/*"] })).toEqual([]);
    expect(await remarks(tree)).toEqual([]);
  });

  test("an exclusion that excludes nothing is remarked, all in one", async () => {
    const tree = images({ a: text, legacy: text });
    expect(await remarks(tree, { path: ["!image/legacy"] })).toEqual([
      expect.stringMatching(/^"path" has !image\/legacy, which excludes no directory/),
    ]);
    expect(await remarks(tree, { path: ["!images/legacy", "images/*", "!x"] })).toEqual([
      expect.stringMatching(/^"path" has !images\/legacy, !x, which exclude no directory .*behind the globs/),
    ]);
    expect(await remarks(tree, { path: ["!images/legacy"] })).toEqual([]);
  });

  test.each([
    ["of the named", ["images/*", "!images/a", "!images/legacy"]],
    ["of the default places", ["!images/*"]],
  ])("exclusions that leave nothing %s are what is wrong", async (_, path) => {
    expect(await problems(images({ a: text, legacy: text }), { path })).toEqual([
      expect.stringMatching(/"path" excludes every directory that holds an image: images\/a, images\/legacy/),
    ]);
  });

  test.each<[string, string, readonly string[]]>([
    ["exclusions alone", "images: {a: {watch: ['!docs/x']}}", ["**", "!docs/x"]],
    ["exclusions alone, at commas", "images: {a: {watch: ['!docs/x, !y']}}", ["**", "!docs/x, !y"]],
    ["exclusions alone, for all", "watch-all: ['!docs/x']", ["**", "!docs/x"]],
    [
      "exclusions alone, for all, with more",
      "watch-all: ['!docs']\nimages: {a: {watch: [docs/a]}}",
      ["**", "!docs", "docs/a"],
    ],
    ["exclusions from the list for all", "watch-all: [docs]\nimages: {a: {watch: ['!docs/x']}}", ["docs", "!docs/x"]],
    ["both", "images: {a: {watch: [docs, '!docs/x']}}", ["docs", "!docs/x"]],
    ["none", "images: {a: {watch: []}}", []],
  ])("what is watched by %s", async (_, config, expected) => {
    const { images: found } = await build(images({ a: text }), { config });
    expect(found[0]?.watch.map(({ value }) => value)).toEqual(expected);
  });

  test("a directory with Dockerfiles of other names alone is remarked, unless an entry names them", async () => {
    const tree = { ...images({ a: text }), "images/gpu/Dockerfile.cuda": text, "images/old/old.Dockerfile": text };
    expect(await remarks(tree)).toEqual([
      expect.stringMatching(
        /^images\/gpu\/Dockerfile\.cuda, images\/old\/old\.Dockerfile are not built.*gpu-cuda: \{file: images\/gpu\/Dockerfile\.cuda\}/,
      ),
    ]);
    const config = "images: {gpu: {file: images/gpu/Dockerfile.cuda}, old: {file: images/old/old.Dockerfile}}";
    expect(await remarks(tree, { config })).toEqual([]);
    expect(await remarks({ ...images({ a: text }), "images/a/Dockerfile.dev": text })).toEqual([]);
    expect(await problems(tree, { path: ["images/gpu"] })).toEqual([
      expect.stringMatching(/"path" names images\/gpu.*images: \{gpu-cuda: \{file: images\/gpu\/Dockerfile\.cuda\}\}/),
    ]);
  });

  test("Dockerfiles that a compose file doesn't mention are remarked", async () => {
    const tree = {
      "compose.yaml": "services:\n  a:\n    build: src/a",
      "src/a/Dockerfile": text,
      "src/b/Dockerfile": text,
    };
    const bake = { ".": { target: { default: { context: "src/a" } } } };
    expect(await remarks(tree, { bake })).toEqual([
      expect.stringMatching(
        /^the images are those of compose\.yaml, which doesn't mention src\/b \(.*images: \{b: \{path: src\/b\}\}/,
      ),
    ]);
    const { "src/b/Dockerfile": _, ...all } = tree;
    expect(await remarks(all, { bake })).toEqual([]);
    expect(await remarks({ ...all, "src/b/Dockerfile.gpu": text }, { bake })).toEqual([
      expect.stringMatching(
        /doesn't mention src\/b\/Dockerfile\.gpu \(.*images: \{b-gpu: \{file: src\/b\/Dockerfile\.gpu\}\}/,
      ),
    ]);
    expect(await remarks({ ...all, "src/a/Dockerfile.gpu": text }, { bake })).toEqual([]);
  });

  test.each([
    ["in blocks", "services:\n  a:\n    build: src/a"],
    ["in one line", "services: {a: {build: src/a}}"],
    ["in one line, by keys in quotes", '{"services":{"a":{"build":{"context":"src/a"}}}}'],
    ["beside other keys", "services: {a: {image: x, build: src/a}}"],
  ])("a compose file written %s says which images there are, where nothing else does", async (_, compose) => {
    const bake = { ".": { target: { a: { context: "src/a" } }, group: { default: { targets: ["a"] } } } };
    expect(await names({ "compose.yaml": compose, "src/a/Dockerfile": text }, { bake })).toEqual(["a"]);
  });

  test.each<[string, Tree, Options]>([
    ["nothing is found", { "docker/Dockerfile.gpu": text }, {}],
    ["a directory has another name alone", { "images/gpu/Dockerfile.gpu": text, ...images({ a: text }) }, {}],
    ["such a directory is named", { "images/gpu/Dockerfile.gpu": text }, { path: ["images/gpu"] }],
    ["one image is given by hand", images({ a: text, b: text }), { byHand: { file: "images/a/Dockerfile" } }],
    ["names clash", { "images/a/Dockerfile": text, "apps/a/Dockerfile": text }, {}],
    ["a name is unfit", { ".ci/Dockerfile": text }, { path: [".ci"] }],
  ])("the config file that is there is named where %s", async (_, tree, options) => {
    const own = { ...options, configFile: ".forgejo/image-publish.yaml" };
    const said = [...(await problems(tree, own)), ...(await remarks(tree, own).catch(() => []))].join("\n");
    expect(said).toContain(".forgejo/image-publish.yaml");
    expect(said).not.toContain(".github");
  });

  test("an image's name that a registry refuses comes with the nearest one that it takes", async () => {
    const tree = { "x/.devcontainer/Dockerfile": text, "My App/Dockerfile": text };
    const said = await problems(tree, { path: ["**/.devcontainer", "My App"] });
    expect(said.join("\n")).toContain("images: {devcontainer: {path: x/.devcontainer}}");
    expect(said.join("\n")).toContain("images: {my-app: {path: My App}}");
    const config = "images: {devcontainer: {path: x/.devcontainer}, my-app: {path: My App}}";
    expect(await names(tree, { path: ["**/.devcontainer", "My App"], config })).toEqual(["devcontainer", "my-app"]);
  });
});

describe("images that share a repository are told apart by their tags", () => {
  const tags = {
    base: { moving: ["3.12", "latest"], exact: ["3.12.1"] },
    slim: { moving: ["3.12-slim"], exact: ["3.12.1-slim"] },
  };
  const takes = async (dockerfile: string) => {
    const catalog = await build(images({ base: "FROM debian:13", slim: "FROM debian:13", child: dockerfile }), {
      repository: "ghcr.io/o/python",
      tagsOf: (name) => new Map(Object.entries(tags)).get(name) ?? {},
    });
    const child = catalog.images.find(({ name }) => name === "child");
    return [
      ...(child?.parents ?? []).map(({ parent, isExact }) => `${isExact ? "this event's " : ""}${parent}`),
      ...(child?.bases ?? []).map((base) => `pin ${formatReference(base.reference)}`),
    ];
  };

  test.each<[string, string, string[]]>([
    ["a tag that moves to one", "FROM ghcr.io/o/python:3.12", ["base"]],
    ["a tag that moves to another", "FROM ghcr.io/o/python:3.12-slim", ["slim"]],
    ["no tag, which is latest", "FROM ghcr.io/o/python", ["base"]],
    ["latest", "FROM ghcr.io/o/python:latest", ["base"]],
    ["an immutable tag that this event gives", "FROM ghcr.io/o/python:3.12.1-slim", ["this event's slim"]],
    ["a tag that none has", "FROM ghcr.io/o/python:3.12-alpine", ["pin ghcr.io/o/python:3.12-alpine"]],
    ["the default branch, which none has", "FROM ghcr.io/o/python:main", ["pin ghcr.io/o/python:main"]],
    [
      "a digest",
      `FROM ghcr.io/o/python:3.12@sha256:${"a".repeat(64)}`,
      [`pin ghcr.io/o/python:3.12@sha256:${"a".repeat(64)}`],
    ],
    [
      "both, in two stages",
      "FROM ghcr.io/o/python:3.12 AS a\nFROM ghcr.io/o/python:3.12-slim\nCOPY --from=a / /",
      ["base", "slim"],
    ],
  ])("%s: %s", async (_, dockerfile, expected) => {
    expect((await takes(dockerfile)).sort()).toEqual(expected);
  });

  test("an immutable tag that this event gives an image of its own repository", async () => {
    const options = { tagsOf: (name: string) => (name === "base" ? { exact: ["1.2.3"] } : {}) };
    const tree = (tag: string) => images({ base: "FROM debian:13", child: `FROM ghcr.io/o/r/base:${tag}` });
    expect(await edges(tree("1.2.3"), options)).toEqual(["base:", "child: base"]);
    expect(await edges(tree("1.2.4"), options)).toEqual(["base:", "child:"]);
  });
});
