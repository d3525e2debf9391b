import { expect, test } from "@jest/globals";
import { readSettings } from "../../../src/config/inputs.ts";
import { type RawInputs, inputs as specification } from "../../../src/config/inputs-specification.ts";
import { cacheFolders, contextFolder, namedPaths, privateParent } from "../../../src/run/session-paths.ts";

const none = Object.fromEntries(specification.map(({ name }) => [name, ""])) as RawInputs;

test("inputs name paths", () => {
  const { settings } = readSettings({
    ...none,
    config: "/etc/image-publish.yml",
    context: "app",
    file: "app/Dockerfile",
    "build-contexts":
      "shared=../shared\nlayout=oci-layout:///layouts/a:1@sha256:ab\nimage=docker-image://debian\nx=target:y",
    "secret-files": "npm=/run/npmrc",
    ssh: "default=/run/key1,/run/key2",
    "cache-from": 'type=local,src=/cache\ntype=gha\n"type=local","src=/with,comma"\ntype=registry,ref=a/b',
    "cache-to": "type=local,mode=max,dest=/cache-new",
  });
  expect(namedPaths(settings).map(({ setting, path }) => `${setting} ${path}`)).toEqual([
    "config /etc/image-publish.yml",
    "context app",
    "file app/Dockerfile",
    "build-contexts ../shared",
    "build-contexts /layouts/a",
    "secret-files /run/npmrc",
    "ssh /run/key1",
    "ssh /run/key2",
    "cache-from /cache",
    "cache-from /with,comma",
    "cache-to /cache-new",
  ]);
});

test.each([
  ["../shared", "../shared"],
  ["oci-layout://out/layout", "out/layout"],
  ["oci-layout:///abs/layout:tag", "/abs/layout"],
  ["oci-layout://../x@sha256:ab", "../x"],
  ["docker-image://debian:13", undefined],
  ["https://github.com/o/r.git#main", undefined],
  ["git@github.com:o/r.git", undefined],
  ["github.com/o/r", undefined],
  ["cwd:///opt/shared", "/opt/shared"],
  ["target:base", undefined],
])("the folder of the context %s is %s", (value, folder) => expect(contextFolder(value)).toBe(folder));

test.each([
  { line: "type=local,src=a", folders: ["a"] },
  { line: "src=a,type=local", folders: ["a"] },
  { line: "TYPE=local,SRC=a", folders: ["a"] },
  { line: "type=local,src=a,src=b", folders: ["b"] },
  { line: 'type=local,"src=a,b"', folders: ["a,b"] },
  { line: "type=local", folders: [] },
  { line: "type=registry,ref=x,src=a", folders: [] },
  { line: "o/r:cache", folders: [] },
  { line: 'type=local,"src=a', folders: [] },
])("the folders of the cache $line are $folders", ({ line, folders }) =>
  expect(cacheFolders(line, "src")).toEqual(folders),
);

test.each([
  ["outside of the workspace, as on GitHub's runners", "/work/_temp", {}, "/work/_temp", 0],
  ["in the workspace", "/work/repo/_temp", {}, "/tmp", 1],
  ["in the workspace, beside the checkout", "/work/_temp", { GITHUB_WORKSPACE: "/work" }, "/tmp", 1],
  ["in the workspace, with a TMPDIR", "/work/repo/_temp", { TMPDIR: "/scratch" }, "/scratch", 1],
  ["in the workspace, as everything is", "/work/repo/_temp", { TMPDIR: "/work/repo/tmp" }, "/work/repo/_temp", 0],
])("RUNNER_TEMP is %s", async (_, temp, env, expected, said) => {
  const lines: string[] = [];
  const outside = {
    files: { read: async () => undefined, look: async () => ({ kind: "directory" }) as const },
    env,
    log: { info: (line: string) => void lines.push(line) },
  };
  expect(await privateParent({ workspace: "/work/repo", temp }, outside)).toBe(expected);
  expect(lines).toHaveLength(said);
});
