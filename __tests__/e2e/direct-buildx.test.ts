/** The buildx plugin is started directly, unless `docker` on PATH is a wrapper, which sees everything then. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { which } from "../../rig/machine.ts";
import { firstPush } from "./events.ts";
import { makeProject } from "./project.ts";
import { newFolder, rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(180_000);

const { PATH = "", DOCKER_CONFIG = "" } = rig.env;
const docker = which("docker", PATH.split(delimiter)) ?? "";

/** A program in front of another that writes down the first two arguments of each call. */
function noting(path: string, program: string) {
  const calls = `${path}.calls`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "$1 $2" >>'${calls}'\nexec '${program}' "$@"\n`);
  chmodSync(path, 0o755);
  return () => (existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : []);
}

function noted() {
  const folder = newFolder("docker");
  const plugin = noting(
    join(folder, "config/cli-plugins/docker-buildx"),
    join(DOCKER_CONFIG, "cli-plugins/docker-buildx"),
  );
  return { folder, plugin, env: { DOCKER_CONFIG: join(folder, "config") } };
}

const files = {
  "images/base/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY Dockerfile /\n",
  "images/api/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
  "images/api/docker-bake.hcl": 'target "default" {\n  args = { V = "1" }\n}\n',
};

/** What docker asks a plugin before it starts it (docker/cli, docs/extend/cli_plugins.md). */
const fromDocker = "docker-cli-plugin-metadata ";
const usual = ["buildx bake", "buildx build", "buildx inspect", "buildx version"];

test("the plugin is started directly for all that buildx does, also where docker is a link", async () => {
  const { folder, plugin, env } = noted();
  symlinkSync(docker, join(folder, "docker"));
  const run = await runAction(makeProject(files), {
    ...firstPush,
    env: { ...env, PATH: [folder, PATH].join(delimiter) },
  });
  expect([run.code, run.annotations, Object.keys(run.images).sort()]).toEqual([0, [], ["api", "base", "web"]]);
  expect([...new Set(plugin())].sort()).toEqual(usual);
  expect(plugin().filter((each) => each === "buildx build")).toHaveLength(3);
});

test("a wrapper on PATH is started for all that buildx does", async () => {
  const { folder, plugin, env } = noted();
  const wrapper = noting(join(folder, "bin/docker"), docker);
  const run = await runAction(makeProject(files), {
    ...firstPush,
    env: { ...env, PATH: [join(folder, "bin"), PATH].join(delimiter) },
  });
  expect([run.code, run.annotations, Object.keys(run.images).sort()]).toEqual([0, [], ["api", "base", "web"]]);
  expect([...new Set(wrapper())].sort()).toEqual(usual);
  expect(
    plugin()
      .filter((each) => each !== fromDocker)
      .sort(),
  ).toEqual(wrapper().sort());
});
