/** Images in the engine, for the tests of later steps. */
import { execFileSync } from "node:child_process";
import { expect, jest, test } from "@jest/globals";
import { docker } from "./docker.ts";
import { firstPush, pullRequest } from "./events.ts";
import { makeProject } from "./project.ts";
import { isUntouched, manifestOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const runs = (name: string, ...command: readonly string[]): string =>
  execFileSync("docker", ["run", "--rm", "--pull", "never", "--network", "none", name, ...command], {
    env: rig.env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();

const family = {
  "images/base/Dockerfile": "FROM busybox:1.37\nRUN echo one >/one\n",
  "images/web/Dockerfile": 'FROM {own}/base\nRUN echo two >/two\nCMD ["cat", "/one", "/two"]\n',
};

test("a pull request's images are in the engine for one platform, under its number, and in no registry", async () => {
  const project = makeProject(family);
  project.git("checkout", "--quiet", "-b", "feature");
  project.commit({ "images/base/Dockerfile": "FROM busybox:1.37\nRUN echo changed >/one\n" });
  project.git("checkout", "--quiet", "main");
  const run = await runAction(project, {
    ...pullRequest(project, "feature", { from: "somebody/fork" }),
    inputs: { load: "true", platforms: "linux/arm64,linux/amd64" },
  });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const name = `${project.own}/web:pr-7`;
  expect(run.log).toContain(`web: loaded into the engine as ${name} (linux/amd64)`);
  expect(runs(name)).toBe("changed\ntwo");
  expect(docker("image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", name)).toBe("linux/amd64");
  expect(JSON.parse(run.outputs.images ?? "")).toContainEqual(expect.objectContaining({ name: "web", loaded: [name] }));
  expect(await isUntouched(project)).toBe(true);
});

test("what is pushed is loaded under its tags, the very bytes", async () => {
  const project = makeProject(family);
  const run = await runAction(project, { ...firstPush, inputs: { load: "true", only: "web" } });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(runs(`${project.own}/web:main`)).toBe("one\ntwo");
  const { document } = await manifestOf(`${project.own}/web`, "latest");
  expect(docker("image", "inspect", "--format", '{{join .RepoDigests " "}}', `${project.own}/web:latest`)).toContain(
    document.manifests?.[0]?.digest,
  );
});
