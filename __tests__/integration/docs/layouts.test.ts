/** The gallery of docs/layouts.md: every config, on files of its shape. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop } from "../stages/laptop.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/layouts.md"), "utf8");

/** The config of each section, by its heading. */
const configs = new Map(
  page.split(/^## /m).flatMap((section) => {
    const config = /^```yaml\n(.*?)^```$/ms.exec(section)?.[1];
    return config === undefined ? [] : [[section.slice(0, section.indexOf("\n")), config] as const];
  }),
);

interface Shape {
  readonly heading: string;
  /** Dockerfiles, with their content where it matters. */
  readonly files: readonly string[] | Readonly<Record<string, string>>;
  /** `NAME DOCKERFILE CONTEXT` with what else matters. */
  readonly expected: readonly string[];
}

const shapes: readonly Shape[] = [
  {
    heading: "A directory for each image, in another place",
    files: ["src/cart/Dockerfile", "src/mail/Dockerfile", "src/shop/src/Dockerfile"],
    expected: [
      "cart src/cart/Dockerfile src/cart",
      "mail src/mail/Dockerfile src/mail",
      "shop src/shop/src/Dockerfile src/shop/src",
    ],
  },
  {
    heading: "Dockerfiles in directories, built from the root",
    files: ["cmd/loki/Dockerfile", "cmd/loki-test/Dockerfile", "clients/cmd/promtail/Dockerfile"],
    expected: ["loki cmd/loki/Dockerfile .", "promtail clients/cmd/promtail/Dockerfile ."],
  },
  {
    heading: "Versions and variants in directories",
    files: ["3.12/slim/Dockerfile", "3.12/alpine/Dockerfile", "3.12/windows/Dockerfile"],
    expected: [
      "python-3.12-alpine 3.12/alpine/Dockerfile 3.12/alpine",
      "python-3.12-slim 3.12/slim/Dockerfile 3.12/slim",
    ],
  },
  {
    heading: "One or two levels",
    files: ["vim/Dockerfile", "vim/slim/Dockerfile"],
    expected: ["vim vim/Dockerfile vim", "vim-slim vim/slim/Dockerfile vim/slim"],
  },
  {
    heading: "CamelCase directories",
    files: {
      "NodeBase/Dockerfile": "FROM alpine\n",
      "NodeChrome/Dockerfile": "FROM ghcr.io/o/r/node-base\n",
      "NodeFirefox/Dockerfile": "FROM ghcr.io/o/r/node-base\n",
      "Standalone/Dockerfile": "ARG BASE\nFROM ghcr.io/o/r/$BASE\n",
    },
    expected: [
      "node-base NodeBase/Dockerfile NodeBase",
      "node-chrome NodeChrome/Dockerfile NodeChrome on node-base",
      "node-firefox NodeFirefox/Dockerfile NodeFirefox on node-base",
      "standalone-chrome Standalone/Dockerfile Standalone on node-chrome BASE=node-chrome",
      "standalone-firefox Standalone/Dockerfile Standalone on node-firefox BASE=node-firefox",
    ],
  },
  {
    heading: "A file for each image",
    files: ["docker/Dockerfile.web", "docker/Dockerfile.worker", "docker/Dockerfile.web.dockerignore"],
    expected: ["web docker/Dockerfile.web .", "worker docker/Dockerfile.worker ."],
  },
  {
    heading: "Names and versions in file names",
    files: ["dockerfiles/r-ver_4.6.0.Dockerfile", "dockerfiles/shiny_4.5.1.Dockerfile"],
    expected: ["r-ver-4.6.0 dockerfiles/r-ver_4.6.0.Dockerfile .", "shiny-4.5.1 dockerfiles/shiny_4.5.1.Dockerfile ."],
  },
  {
    heading: "Several Dockerfiles in a directory",
    files: ["jupyter/minimal/ubi9/Dockerfile.cpu", "jupyter/minimal/ubi9/Dockerfile.cuda"],
    expected: [
      "minimal-ubi9-cpu jupyter/minimal/ubi9/Dockerfile.cpu .",
      "minimal-ubi9-cuda jupyter/minimal/ubi9/Dockerfile.cuda .",
    ],
  },
  {
    heading: "The folder above has the name",
    files: ["src/go/.devcontainer/Dockerfile", "src/rust/.devcontainer/Dockerfile"],
    expected: ["go src/go/.devcontainer/Dockerfile src/go", "rust src/rust/.devcontainer/Dockerfile src/rust"],
  },
  {
    heading: "Many levels",
    files: {
      "ros/jazzy/ubuntu/noble/ros-core/Dockerfile": "FROM ubuntu:noble\n",
      "ros/jazzy/ubuntu/noble/ros-base/Dockerfile": "FROM ghcr.io/o/r/ros-jazzy-ubuntu-noble-ros-core\n",
      "gazebo/11/ubuntu/focal/gzserver/Dockerfile": "FROM ubuntu:focal\n",
      "ros/.config/x/Dockerfile": "FROM x\n",
    },
    expected: [
      "gazebo-11-ubuntu-focal-gzserver gazebo/11/ubuntu/focal/gzserver/Dockerfile gazebo/11/ubuntu/focal/gzserver",
      "ros-jazzy-ubuntu-noble-ros-base ros/jazzy/ubuntu/noble/ros-base/Dockerfile ros/jazzy/ubuntu/noble/ros-base on ros-jazzy-ubuntu-noble-ros-core",
      "ros-jazzy-ubuntu-noble-ros-core ros/jazzy/ubuntu/noble/ros-core/Dockerfile ros/jazzy/ubuntu/noble/ros-core",
    ],
  },
  {
    heading: "One Dockerfile, many arguments",
    files: { "php/Dockerfile": "ARG PHP_VERSION\nFROM php:$PHP_VERSION AS cli\nFROM cli AS fpm\n" },
    expected: [
      "php-8.3-cli php/Dockerfile php PHP_VERSION=8.3 target cli",
      "php-8.4-cli php/Dockerfile php PHP_VERSION=8.4 target cli",
      "php-8.4-fpm php/Dockerfile php PHP_VERSION=8.4 target fpm",
    ],
  },
  {
    heading: "One Dockerfile with a stage for each image",
    files: { Dockerfile: "FROM alpine AS web\nFROM alpine AS worker\n" },
    expected: ["web Dockerfile . target web", "worker Dockerfile . target worker"],
  },
];

const laptops: Laptop[] = [];
afterAll(() => {
  for (const each of laptops) each.remove();
});

async function planned(config: string, files: Shape["files"]): Promise<readonly string[]> {
  const contents = Array.isArray(files)
    ? Object.fromEntries(files.map((path) => [path, "FROM alpine\n"]))
    : { ...files };
  const laptop = makeLaptop({ ...contents, ".github/image-publish.yml": config });
  laptops.push(laptop);
  const told = await laptop.plan({ event: "workflow_dispatch" });
  expect([...told.failures, ...told.beside]).toEqual([]);
  const { images } = told.json as Plan;
  return images
    .flatMap((each) => {
      if (each.kind !== "build") return [];
      const parents = each.parents.map(({ name }) => name);
      return [
        [
          ...[each.name, each.dockerfile, each.context],
          ...(parents.length === 0 ? [] : ["on", ...parents]),
          ...Object.entries(each.args).map(([key, value]) => `${key}=${value}`),
          ...(each.target == null ? [] : ["target", each.target]),
        ].join(" "),
      ];
    })
    .sort();
}

describe("docs/layouts.md", () => {
  test("has a config for each shape that is tried here", () => {
    expect([...configs.keys()]).toEqual(shapes.map(({ heading }) => heading));
  });

  test.each(shapes)(
    "$heading",
    async ({ heading, files, expected }) => {
      const config = configs.get(heading) ?? "";
      expect(config.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line)).length).toBeLessThanOrEqual(30);
      expect(await planned(config, files)).toEqual(expected);
    },
    30_000,
  );
});
