// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { describe, expect, test } from "@jest/globals";
import { buildCatalog } from "../../../src/catalog/build-catalog.ts";
import { readConfig } from "../../../src/catalog/config.ts";
import { formatLocation, Problems, UserError } from "../../../src/errors.ts";
import { platform } from "../../../src/oci/platform.ts";
import { formatReference, repository as imageRepository } from "../../../src/oci/reference.ts";
import { memoryFiles, repository, type Tree } from "./memory-files.ts";

interface Options {
  readonly config?: string;
  readonly path?: readonly string[];
  readonly platforms?: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly moving?: readonly string[];
}

async function build(
  tree: Tree,
  { config = "", path = [], platforms = [], buildArgs = {}, moving = ["main", "latest"] }: Options = {},
) {
  return buildCatalog({
    root: "/repo",
    files: memoryFiles(repository(tree)),
    globs: path,
    rootName: "r",
    config: (await readConfig(config, ".github/image-publish.yml")).config,
    inputs: { platforms: platforms.map(platform), buildArgs },
    argumentsOf: ({ buildArgs }) => buildArgs,
    repositoriesOf: (name, isRoot) => [imageRepository(isRoot ? "ghcr.io/o/r" : `ghcr.io/o/r/${name.toLowerCase()}`)],
    movingTags: () => new Set(moving),
  });
}

/** `images/NAME/Dockerfile` for each name. */
function images(dockerfiles: Readonly<Record<string, string>>): Tree {
  return Object.fromEntries(Object.entries(dockerfiles).map(([name, text]) => [`images/${name}/Dockerfile`, text]));
}

const edges = async (tree: Tree, options?: Options) =>
  (await build(tree, options)).images.map(({ name, parents }) =>
    `${name}: ${parents.map((edge) => edge.parent).join(" ")}`.trim(),
  );

async function problems(tree: Tree, options?: Options): Promise<readonly string[]> {
  try {
    await build(tree, options);
  } catch (error) {
    const all = error instanceof Problems ? error.problems : error instanceof UserError ? [error] : [];
    return all.map(
      ({ at, message, hint }) => `${at === undefined ? "" : `${formatLocation(at)} `}${message} (${hint})`,
    );
  }
  return [];
}

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

describe("what can't be is an error", () => {
  test.each<[string, Tree, Options, (string | RegExp)[]]>([
    ["nothing to build", { README: "" }, {}, [/looked in \., images\/\*, containers\/\*, apps\/\*.*\(put each image/]],
    [
      "nothing but what isn't read yet",
      { "apps/a/default.nix": "" },
      {},
      [/doesn't read Nix files: apps\/a\/default\.nix/],
    ],
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
      [/image "b" has no Dockerfile: b\/Dockerfile, b\/Containerfile/],
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
      [/no stage named "two" \(choose one of one\)/],
    ],
    [
      "an image that builds on itself",
      images({ a: "FROM ghcr.io/o/r/a" }),
      {},
      [/^images\/a\/Dockerfile:1 the image "a" builds on itself/],
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

  test("a pin of the own name is no circle", async () => {
    expect(await edges(images({ a: "FROM ghcr.io/o/r/a:v1" }))).toEqual(["a:"]);
  });
});
