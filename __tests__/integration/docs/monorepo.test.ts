/** examples/monorepo, copied into other repositories as it is. */
import { globSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop } from "../stages/laptop.ts";

const root = resolve(import.meta.dirname, "../../../examples/monorepo");
const files = Object.fromEntries(
  globSync(["**/*", ".github/**/*"], { cwd: root })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

let laptop: Laptop | undefined;
afterEach(() => laptop?.remove());

const graph = {
  base: [],
  builder: [],
  docker: ["base"],
  docs: ["base", "builder"],
  nodejs: ["base"],
  agent: ["nodejs", "builder"],
  manager: ["agent", "builder"],
  "proxmox-ve": [],
};

test.each<readonly [where: string, remote: string, inputs?: Record<string, string>]>([
  ["the place where it was written", "https://github.com/acme/monorepo.git"],
  ["a fork", "https://github.com/somebody/monorepo.git"],
  ["a repository of another name", "git@github.com:Acme/My-Images.git"],
  ["another registry", "https://github.com/acme/monorepo.git", { images: "docker.io/acme/{{name}}" }],
  ["names without folders", "https://github.com/you/yours.git", { images: "quay.io/you/yours-{{name}}" }],
  ["another forge", "https://git.example.com/team/images.git"],
  ["a repository that was never pushed", "/srv/git/images"],
])("in %s each image is built on this repository's own", async (_, remote, inputs = {}) => {
  laptop = makeLaptop(files, { remote });
  laptop.commit({
    "images/base/healthcheck": "#!/bin/sh\n",
    "site/install.txt": "new\n",
    "images/proxmox-ve/backup": "new\n",
  });
  const { json, text, beside } = await laptop.plan({ inputs });
  const { images } = json as Plan;
  const built = images.map((each) => [
    each.name,
    each.kind === "build" ? each.parents.map(({ name }) => name) : each.kind,
  ]);
  expect(Object.fromEntries(built)).toEqual(graph);
  expect(`${text}\n${beside.join("\n")}`).not.toMatch(/names ghcr\.io|warning/i);
});
