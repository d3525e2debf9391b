import { expect, test } from "@jest/globals";
import { findBuildxPlugin } from "../../../../src/buildx/builder/buildx-plugin.ts";
import { UserError } from "../../../../src/errors.ts";
import type { FileLook } from "../../../../src/ports.ts";

const home = "/home/u/.docker/cli-plugins/docker-buildx";
const own = "/docker/cli-plugins/docker-buildx";
const local = "/usr/local/lib/docker/cli-plugins/docker-buildx";
const system = "/usr/libexec/docker/cli-plugins/docker-buildx";
const extra = "/extra/docker-buildx";
const program = { executable: true };
const config = (value: unknown) => ({ "/docker/config.json": JSON.stringify(value) });

/** A content, a program, a file that is none, a folder, where a symlink leads, or what may not be looked at. */
type Entry = string | { readonly executable: boolean } | "folder" | { readonly to: string } | "forbidden";

function filesOf(tree: Readonly<Record<string, Entry>>) {
  const content = async () => new Uint8Array();
  return {
    async read(path: string) {
      const found = tree[path];
      return typeof found === "string" ? new TextEncoder().encode(found) : undefined;
    },
    async look(path: Uint8Array): Promise<FileLook | undefined> {
      const found = tree[Buffer.from(path).toString()];
      if (found === "forbidden") throw new UserError("permission denied", { hint: "" });
      if (found === undefined) return undefined;
      if (typeof found === "string") return { kind: "directory" };
      if ("to" in found) return { kind: "symlink", target: Buffer.from(found.to) };
      return { kind: "file", size: 1, isExecutable: found.executable, content };
    },
  };
}

interface Case {
  readonly when: string;
  readonly tree: Readonly<Record<string, Entry>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly found: string | undefined;
}

test.each<Case>([
  { when: "it is in the home", tree: { [home]: program, [system]: program }, env: { HOME: "/home/u" }, found: home },
  { when: "DOCKER_CONFIG names a folder", tree: { [home]: program, [own]: program }, found: own },
  {
    when: "DOCKER_CONFIG is empty",
    tree: { [home]: program },
    env: { HOME: "/home/u", DOCKER_CONFIG: "" },
    found: home,
  },
  { when: "it is a link", tree: { [own]: { to: "/x" }, "/x": program }, found: own },
  { when: "it is a link that leads nowhere", tree: { [own]: { to: "/x" }, [system]: program }, found: system },
  { when: "it is a link that leads in a circle", tree: { [own]: { to: own }, [system]: program }, found: undefined },
  { when: "only the system has it", tree: { [system]: program }, found: system },
  { when: "the system has two", tree: { [system]: program, [local]: program }, found: local },
  {
    when: "docker's config names more folders",
    tree: { ...config({ cliPluginsExtraDirs: ["/none", "/extra"] }), [extra]: program, [own]: program },
    found: extra,
  },
  { when: "docker's config names none", tree: { ...config({ auths: {} }), [own]: program }, found: own },
  { when: "there is none", tree: { "/docker/cli-plugins/docker-compose": program }, found: undefined },
])("the buildx plugin is docker's first, when $when", async ({ tree, env, found }) => {
  expect(await findIn(tree, env)).toBe(found);
});

test.each<Omit<Case, "found">>([
  { when: "the first is a folder", tree: { [own]: "folder", [system]: program } },
  { when: "the first may not be executed", tree: { [own]: { executable: false }, [system]: program } },
  { when: "the first may not be looked at", tree: { [own]: "forbidden", [system]: program } },
  { when: "docker's config is broken", tree: { "/docker/config.json": "{", [own]: program } },
  {
    when: "docker's config names a folder relative to where docker is started",
    tree: { ...config({ cliPluginsExtraDirs: ["extra"] }), [own]: program },
  },
  { when: "docker's config names no list", tree: { ...config({ cliPluginsExtraDirs: "/extra" }), [own]: program } },
  { when: "there is no home", tree: { [system]: program }, env: {} },
  { when: "DOCKER_CONFIG is relative", tree: { [system]: program }, env: { DOCKER_CONFIG: "docker" } },
])("docker decides what the buildx plugin is, when $when", async ({ tree, env }) => {
  expect(await findIn(tree, env)).toBeUndefined();
});

test.each<Omit<Case, "found">>([
  {
    when: "DOCKER_CONFIG is in it",
    tree: { "/w/.docker/cli-plugins/docker-buildx": program },
    env: { DOCKER_CONFIG: "/w/.docker" },
  },
  {
    when: "docker's config names a folder in it",
    tree: { ...config({ cliPluginsExtraDirs: ["/w/tools"] }), "/w/tools/docker-buildx": program },
  },
  { when: "the plugin is a link into it", tree: { [own]: { to: "/w/buildx" }, "/w/buildx": program } },
  {
    when: "the plugin is a link of it",
    tree: { [own]: { to: "/w/buildx" }, "/w/buildx": { to: system }, [system]: program },
  },
  {
    when: "its folder is a link into it",
    tree: { "/docker/cli-plugins": { to: "/w/p" }, "/w/p/docker-buildx": program },
  },
  {
    when: "the workspace is a link",
    tree: { "/w": { to: "/mnt/w" }, [own]: { to: "/mnt/w/buildx" }, "/mnt/w/buildx": program },
  },
])("nothing of the workspace is started as buildx, when $when", async ({ tree, env }) => {
  expect(await findIn({ ...tree, [system]: program }, env)).toBeUndefined();
});

function findIn(tree: Case["tree"], env: Case["env"] = { HOME: "/home/u", DOCKER_CONFIG: "/docker" }) {
  return findBuildxPlugin(env, "/w", filesOf(tree));
}
