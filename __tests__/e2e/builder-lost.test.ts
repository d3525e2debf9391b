/** Builders that somebody else runs, and what becomes of a run when one of them, or its disk, comes to an end. */
import { randomInt } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { expect, jest, test } from "@jest/globals";
import { docker, processes, until, withBuilder, withRemoteBuilder } from "./docker.ts";
import { firstPush, pullRequest } from "./events.ts";
import { makeProject } from "./project.ts";
import { configsOf, tagsOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import { runAction, startAction } from "./run-action.ts";

jest.setTimeout(180_000);

const family = {
  "images/base/Dockerfile": "FROM busybox:1.37\nRUN echo one >/one\n",
  "images/web/Dockerfile": "FROM {own}/base\nRUN cat /one\n",
};

const isRunning = (command: string): boolean => [...processes().values()].some((line) => line.endsWith(command));

test("a remote builder that is the current one builds, pushes and stays", async () => {
  await withRemoteBuilder(300, async ({ env, container }) => {
    const project = makeProject(family);
    const run = await runAction(project, { ...firstPush, env });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(await tagsOf(`${project.own}/web`)).toContain("latest");
    expect(docker("ps", "--format", "{{.Names}}").split("\n")).toContain(container);
  });
});

test("it builds pull requests too, parents from their layouts, and stays after a run that was cancelled", async () => {
  await withRemoteBuilder(300, async ({ env, container }) => {
    const project = makeProject(family);
    project.git("checkout", "--quiet", "-b", "feature");
    const sleeping = `sleep ${randomInt(100_000, 999_999)}`;
    project.commit({ "images/base/Dockerfile": "FROM busybox:1.37\nRUN echo two >/one\n" });
    project.git("checkout", "--quiet", "main");
    const built = await runAction(project, { ...pullRequest(project, "feature"), env });
    expect(built).toMatchObject({ code: 0, annotations: [] });
    expect(built.images.web?.digest).toMatch(/^sha256:/);

    project.commit({ "images/web/Dockerfile": `FROM {own}/base\nRUN ${sleeping}\n` });
    const { child, ended } = await startAction(project, { ...firstPush, env });
    await until("the step runs", () => isRunning(sleeping));
    child.kill("SIGTERM");
    expect((await ended).code).toBe(143);
    await until("the step ends", () => !isRunning(sleeping), 20);
    expect(docker("ps", "--format", "{{.Names}}").split("\n")).toContain(container);
  });
});

test("a builder whose container is killed in the middle is started again, and the image is built", async () => {
  await withBuilder(async (builder) => {
    const sleeping = "sleep 4.7";
    const project = makeProject({ "images/web/Dockerfile": `FROM busybox:1.37\nRUN ${sleeping}; echo one >/one\n` });
    const { ended } = await startAction(project, { ...firstPush, inputs: { builder } });
    await until("the step runs", () => isRunning(sleeping));
    docker("kill", `buildx_buildkit_${builder}0`);
    const run = await ended;
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(run.log).toMatch(
      /web could not be built: the builder ended in the middle of the build.*trying again in 2\.0 s/,
    );
    expect(Object.keys(await configsOf(`${project.own}/web`, "latest"))).toEqual(["linux/amd64"]);
  });
});

test("a remote builder that is gone for good: an error that says so, on each image that it was to build", async () => {
  await withRemoteBuilder(300, async ({ env, container }) => {
    const sleeping = `sleep ${randomInt(100_000, 999_999)}`;
    const project = makeProject({
      "images/web/Dockerfile": `FROM busybox:1.37\nRUN ${sleeping}\n`,
      "images/child/Dockerfile": "FROM {own}/web\nCOPY * /\n",
    });
    const { ended } = await startAction(project, { ...firstPush, env });
    await until("the step runs", () => isRunning(sleeping));
    docker("rm", "--force", container);
    const run = await ended;
    expect(run.code).toBe(1);
    expect(run.annotations).toEqual([
      expect.objectContaining({
        title: "web failed",
        message: expect.stringMatching(
          /the builder ended in the middle .*\n(?:.*\n)*→ run it again; .* memory and disk/,
        ),
      }),
    ]);
    expect(run.annotations[0]?.message).toContain("Not built because of it: child");
    expect(run.summary).toContain("the builder ended in the middle");
  });
});

test("a disk that is full costs the image that filled it: the line, the words, and no tag", async () => {
  await withRemoteBuilder(64, async ({ env }) => {
    const project = makeProject({
      "images/small/Dockerfile": "FROM scratch\nCOPY * /\n",
      "images/large/Dockerfile": "FROM busybox:1.37\nRUN sleep 1; dd if=/dev/zero of=/large bs=1M count=100\n",
    });
    const run = await runAction(project, { ...firstPush, env });
    expect(run.code).toBe(1);
    expect(run.annotations).toEqual([
      expect.objectContaining({
        title: "large failed",
        file: "images/large/Dockerfile",
        line: 2,
        message: expect.stringMatching(/the disk is full\n(?:.*\n)*→ free space/),
      }),
    ]);
    expect(await tagsOf(`${project.own}/small`)).toContain("latest");
    expect(await tagsOf(`${project.own}/large`)).toEqual([]);
  });
});

test("buildx that is too old: an error that names the version to have", async () => {
  const folder = newFolder("old-docker");
  const script =
    '#!/bin/sh\ncase "$1 $2" in "buildx version") echo "github.com/docker/buildx v0.12.1 abc";; *) exit 1;; esac\n';
  writeFileSync(`${folder}/docker`, script);
  chmodSync(`${folder}/docker`, 0o755);
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const run = await runAction(project, { ...firstPush, env: { PATH: `${folder}:${rig.env.PATH}` } });
  expect(run.code).toBe(1);
  expect(run.annotations).toHaveLength(1);
  expect(run.annotations[0]?.message).toMatch(
    /^buildx v0\.12\.1 is too old\n→ install buildx 0\.19\.0 or later, which/,
  );
});
