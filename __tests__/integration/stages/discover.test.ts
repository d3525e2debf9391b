/** Plans of repositories whose images are found by patterns of the config file, with real git. */
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop, type Said } from "./laptop.ts";

const laptops: Laptop[] = [];
afterAll(() => {
  for (const each of laptops) each.remove();
});

function laptopOf(files: Readonly<Record<string, string>>, config: string, bake = false): Laptop {
  const laptop = makeLaptop({ ...files, ".github/image-publish.yml": config }, { bake });
  laptops.push(laptop);
  return laptop;
}

const from = (...paths: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(paths.map((path) => [path, "FROM alpine\n"]));

/** `NAME DOCKERFILE CONTEXT` of what is built. */
async function built(laptop: Laptop, said: Said = {}): Promise<readonly string[]> {
  const { images } = (await laptop.plan({ event: "workflow_dispatch", ...said })).json as Plan;
  return images.flatMap((each) =>
    each.kind === "build" ? [`${each.name} ${each.dockerfile} ${each.context ?? ""}`.trim()] : [],
  );
}

describe("images are found by", () => {
  test.each<{ shape: string; files: readonly string[]; pattern: string; expected: readonly string[] }>([
    {
      shape: "two levels of directories",
      files: [
        "3.12/slim/Dockerfile",
        "3.12/alpine/Containerfile",
        "3.12/empty/x",
        "3.13/slim/Dockerfile",
        "x/Dockerfile",
      ],
      pattern: 'path: "{version}/{variant}"\n    name: "python-{{matrix.version}}-{{matrix.variant}}"',
      expected: [
        "python-3.12-alpine 3.12/alpine/Containerfile 3.12/alpine",
        "python-3.12-slim 3.12/slim/Dockerfile 3.12/slim",
        "python-3.13-slim 3.13/slim/Dockerfile 3.13/slim",
      ],
    },
    {
      shape: "the path where there is no name",
      files: ["ros/jazzy/core/Dockerfile", "ros/jazzy/base/Dockerfile"],
      pattern: 'path: "ros/{distro}/{kind}"',
      expected: [
        "ros-jazzy-base ros/jazzy/base/Dockerfile ros/jazzy/base",
        "ros-jazzy-core ros/jazzy/core/Dockerfile ros/jazzy/core",
      ],
    },
    {
      shape: "a capture {name}, in lower case with dashes",
      files: ["NodeChrome/Dockerfile", "NodeBase/Dockerfile", "HTTPProxy/Dockerfile"],
      pattern: 'path: "{name}"',
      expected: [
        "http-proxy HTTPProxy/Dockerfile HTTPProxy",
        "node-base NodeBase/Dockerfile NodeBase",
        "node-chrome NodeChrome/Dockerfile NodeChrome",
      ],
    },
    {
      shape: "a name from the folder above",
      files: ["src/go/.devcontainer/Dockerfile", "src/rust/.devcontainer/Dockerfile"],
      pattern: 'path: "src/{name}/.devcontainer"\n    context: "src/{{matrix.name}}"',
      expected: ["go src/go/.devcontainer/Dockerfile src/go", "rust src/rust/.devcontainer/Dockerfile src/rust"],
    },
    {
      shape: "one or two levels",
      files: ["vim/Dockerfile", "vim/slim/Dockerfile", "curl/Dockerfile"],
      pattern: 'path: "{tool}{,/*}"\n    name: "{{path}}"',
      expected: ["curl curl/Dockerfile curl", "vim vim/Dockerfile vim", "vim-slim vim/slim/Dockerfile vim/slim"],
    },
    {
      shape: "any depth, with exclusions",
      files: ["a/Dockerfile", "a/b/c/Dockerfile", "a/test/Dockerfile", "Dockerfile", "node_modules/x/Dockerfile"],
      pattern: 'path: "**"\n    exclude: ["**/test"]',
      expected: ["a a/Dockerfile a", "a-b-c a/b/c/Dockerfile a/b/c", "r Dockerfile ."],
    },
    {
      shape: "files with the name behind",
      files: [
        "docker/Dockerfile.web",
        "docker/Dockerfile.web.dockerignore",
        "docker/Dockerfile.worker",
        "docker/README.md",
      ],
      pattern: 'file: "docker/Dockerfile.{name}"\n    context: .',
      expected: ["web docker/Dockerfile.web .", "worker docker/Dockerfile.worker ."],
    },
    {
      shape: "files with the name and a version before",
      files: ["dockerfiles/r-ver_4.6.0.Dockerfile", "dockerfiles/shiny_4.5.1.Dockerfile", "dockerfiles/x.md"],
      pattern:
        'file: "dockerfiles/{name}_{version}.Dockerfile"\n    name: "{{matrix.name}}-{{matrix.version}}"\n    context: .',
      expected: [
        "r-ver-4.6.0 dockerfiles/r-ver_4.6.0.Dockerfile .",
        "shiny-4.5.1 dockerfiles/shiny_4.5.1.Dockerfile .",
      ],
    },
    {
      shape: "files with an underscore, whose context is their folder",
      files: ["docker/Dockerfile_nuttx-base", "docker/Dockerfile_dev_ros", "docker/Dockerfile"],
      pattern: 'file: "docker/Dockerfile_{name}"',
      expected: ["dev_ros docker/Dockerfile_dev_ros docker", "nuttx-base docker/Dockerfile_nuttx-base docker"],
    },
    {
      shape: "variants of a file in directories",
      files: [
        "jupyter/min/ubi9/Dockerfile.cpu",
        "jupyter/min/ubi9/Dockerfile.cuda",
        "jupyter/min/ubi9/Dockerfile.cpu.tmpl",
      ],
      pattern:
        'file: "jupyter/{name}/{os}/Dockerfile.{variant}"\n    name: "{{matrix.name}}-{{matrix.os}}-{{matrix.variant}}"\n    context: .',
      expected: ["min-ubi9-cpu jupyter/min/ubi9/Dockerfile.cpu .", "min-ubi9-cuda jupyter/min/ubi9/Dockerfile.cuda ."],
    },
    {
      shape: "alternatives with a comma",
      files: ["cmd/loki/Dockerfile", "clients/cmd/promtail/Dockerfile", "tools/x/Dockerfile"],
      pattern: 'path: "{cmd,clients/cmd}/{name}"\n    context: .',
      expected: ["loki cmd/loki/Dockerfile .", "promtail clients/cmd/promtail/Dockerfile ."],
    },
  ])("$shape", async ({ files, pattern, expected }) => {
    const laptop = laptopOf(from(...files), `discover:\n  - ${pattern}\n`);
    expect([...(await built(laptop))].sort()).toEqual(expected);
  });

  test("a pattern and a matrix", async () => {
    const laptop = laptopOf(
      {
        "php/8.3/Dockerfile": "FROM a AS cli\nFROM a AS fpm\n",
        "php/8.4/Dockerfile": "FROM a AS cli\nFROM a AS fpm\n",
      },
      `
discover:
  - path: "php/{version}"
    matrix: { variant: [cli, fpm], exclude: [{version: "8.3", variant: fpm}], include: [{version: "8.4", newest: "true"}] }
    target: "{{matrix.variant}}"
    tags: |
      type=raw,value={{matrix.version}}-{{matrix.variant}}
      type=raw,value=newest-{{matrix.variant}},enable={{matrix.newest}}
`,
    );
    const { images } = (await laptop.plan({ event: "workflow_dispatch" })).json as Plan;
    expect(
      images.map((each) => [
        each.name,
        ...(each.kind === "build" ? [each.target, ...each.tags.map(({ tag }) => tag)] : []),
      ]),
    ).toEqual([
      ["php-8.3-cli", "cli", "8.3-cli"],
      ["php-8.4-cli", "cli", "8.4-cli", "newest-cli"],
      ["php-8.4-fpm", "fpm", "8.4-fpm", "newest-fpm"],
    ]);
    expect(await built(laptop, { inputs: { only: "php-8.4" } })).toHaveLength(2);
  });

  test("a directory with both recipes, and a Nix file", async () => {
    const laptop = laptopOf(
      { ...from("c/both/Dockerfile"), "c/both/default.nix": "1", "c/nix/default.nix": "1" },
      'discover:\n  - path: "c/{name}"\n',
    );
    expect(await built(laptop)).toEqual([
      "both c/both/Dockerfile c/both",
      "both-nix c/both/default.nix c/both",
      "nix c/nix/default.nix c/nix",
    ]);
  });
});

describe("beside patterns", () => {
  test("nothing is found by convention", async () => {
    const laptop = laptopOf(from("images/base/Dockerfile", "x/web/Dockerfile"), 'discover:\n  - path: "x/{name}"\n');
    expect(await built(laptop)).toEqual(["web x/web/Dockerfile x/web"]);
  });

  test("entries go over what was found, and add images", async () => {
    const laptop = laptopOf(
      from("x/web/Dockerfile", "x/api/Dockerfile", "other/Dockerfile"),
      'discover:\n  - path: "x/{name}"\n    context: .\nimages:\n  web: {context: x}\n  more: {path: other}\n',
    );
    expect(await built(laptop)).toEqual([
      "api x/api/Dockerfile .",
      "more other/Dockerfile other",
      "web x/web/Dockerfile x",
    ]);
  });

  test("a bake file's targets replace the directories that they are built from", async () => {
    const laptop = laptopOf(
      {
        ...from("apps/a/Dockerfile", "apps/b/Dockerfile", "apps/c/Dockerfile"),
        "apps/docker-bake.json": JSON.stringify({
          group: { default: { targets: ["a", "bee"] } },
          target: { a: { context: "a", dockerfile: "Dockerfile" }, bee: { context: "b", dockerfile: "Dockerfile" } },
        }),
      },
      'discover:\n  - path: "apps/{name}"\n    labels: [from=pattern]\n',
      true,
    );
    expect(await built(laptop)).toEqual([
      "a apps/a/Dockerfile apps/a",
      "bee apps/b/Dockerfile apps/b",
      "c apps/c/Dockerfile apps/c",
    ]);
    const { images } = (await laptop.plan({ event: "workflow_dispatch" })).json as Plan;
    const labels = images.map((each) => (each.kind === "build" ? each.labels.from : undefined));
    expect(labels).toEqual(["pattern", undefined, "pattern"]);
  });

  test("edges are those of the names", async () => {
    const laptop = laptopOf(
      { "1/base/Dockerfile": "FROM alpine\n", "1/web/Dockerfile": "FROM ghcr.io/o/r/1-base\n" },
      'discover:\n  - path: "{version}/{variant}"\n',
    );
    const { images } = (await laptop.plan({ event: "workflow_dispatch" })).json as Plan;
    expect(images.map((each) => (each.kind === "build" ? each.parents.map(({ name }) => name) : []))).toEqual([
      [],
      ["1-base"],
    ]);
  });
});

describe("what a push affects", () => {
  test("a directory that is added, a changed pattern, a moved one", async () => {
    const config = (more: string) => `discover:\n  - path: "x/{name}"\n    ${more}\n`;
    const laptop = laptopOf(from("x/a/Dockerfile", "x/b/Dockerfile"), config("labels: [a=b]"));
    laptop.commit(from("x/c/Dockerfile"));
    expect(await built(laptop, { event: "push", base: "HEAD~1" })).toEqual(["c x/c/Dockerfile x/c"]);
    laptop.commit({ ".github/image-publish.yml": config('labels: ["n={{matrix.name}}"]') });
    expect(await built(laptop, { event: "push", base: "HEAD~1" })).toHaveLength(3);
    laptop.commit({ ".github/image-publish.yml": config('labels: ["n={{ matrix.name }}"]') });
    expect(await built(laptop, { event: "push", base: "HEAD~1" })).toEqual([]);
    // All that the pattern of before finds is gone.
    laptop.commit({
      ...Object.fromEntries(["a", "b", "c"].flatMap((each) => [[`x/${each}/Dockerfile`, undefined]])),
      ...from("y/a/Dockerfile"),
      ".github/image-publish.yml": 'discover:\n  - path: "y/{name}"\n',
    });
    expect(await built(laptop, { event: "push", base: "HEAD~1" })).toEqual(["a y/a/Dockerfile y/a"]);
  }, 30_000);
});
