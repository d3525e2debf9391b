import { expect, test } from "@jest/globals";
import { findBuildxPlugin } from "../../../../src/buildx/builder/buildx-plugin.ts";
import { memoryFiles, type Tree } from "../../catalog/memory-files.ts";

const home = "/home/u/.docker/cli-plugins/docker-buildx";
const own = "/docker/cli-plugins/docker-buildx";
const local = "/usr/local/lib/docker/cli-plugins/docker-buildx";
const system = "/usr/libexec/docker/cli-plugins/docker-buildx";
const extra = "/extra/docker-buildx";
const config = (value: unknown) => ({ "/docker/config.json": JSON.stringify(value) });

interface Case {
  readonly when: string;
  readonly tree: Tree;
  readonly env?: Readonly<Record<string, string>>;
  readonly found: string | undefined;
}

test.each<Case>([
  { when: "it is in the home", tree: { [home]: "", [system]: "" }, env: { HOME: "/home/u" }, found: home },
  { when: "DOCKER_CONFIG names a folder", tree: { [home]: "", [own]: "" }, found: own },
  { when: "DOCKER_CONFIG is empty", tree: { [home]: "" }, env: { HOME: "/home/u", DOCKER_CONFIG: "" }, found: home },
  { when: "it is a link", tree: { [own]: { symlink: "/x" } }, found: own },
  { when: "it is a folder", tree: { [`${own}/x`]: "", [system]: "" }, found: system },
  { when: "only the system has it", tree: { [system]: "" }, found: system },
  { when: "the system has two", tree: { [system]: "", [local]: "" }, found: local },
  {
    when: "docker's config names more folders",
    tree: { ...config({ cliPluginsExtraDirs: ["/none", "/extra"] }), [extra]: "", [own]: "" },
    found: extra,
  },
  { when: "docker's config names none", tree: { ...config({ auths: {} }), [own]: "" }, found: own },
  { when: "docker's config is broken", tree: { "/docker/config.json": "{", [own]: "" }, found: undefined },
  {
    when: "docker's config names a relative folder",
    tree: { ...config({ cliPluginsExtraDirs: ["extra"] }), [own]: "" },
    found: undefined,
  },
  { when: "there is no home", tree: { [system]: "" }, env: {}, found: undefined },
  { when: "DOCKER_CONFIG is relative", tree: { [system]: "" }, env: { DOCKER_CONFIG: "docker" }, found: undefined },
  { when: "there is none", tree: { "/docker/cli-plugins/docker-compose": "" }, found: undefined },
])("the buildx plugin, when $when", async ({ tree, env = { HOME: "/home/u", DOCKER_CONFIG: "/docker" }, found }) => {
  expect(await findBuildxPlugin(env, memoryFiles(tree))).toBe(found);
});
