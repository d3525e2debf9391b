/** Where no builder can push by digest, one is made for the run, and nothing is left of it however the run ends. */
import { randomInt } from "node:crypto";
import { expect, jest, test } from "@jest/globals";
import { plainEngine, processes, until, watchBuilders } from "./docker.ts";
import { firstPush, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { digestsOf, isUntouched, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction, startAction } from "./run-action.ts";

jest.setTimeout(120_000);

test("the run's own builder pushes to a registry on this machine, and is gone afterwards", async () => {
  const project = makeProject({
    "images/base/Dockerfile": "FROM scratch\nCOPY * /\n",
    "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
  });
  const env = plainEngine();
  const watch = watchBuilders(env.BUILDX_CONFIG);
  const run = await runAction(project, { ...firstPush, env });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(`${project.own}/web`)).toContain("latest");
  watch.stop();
  expect(watch.seen()).toEqual([expect.stringMatching(/^image-publish-/)]);
  expect(watch.left()).toEqual([]);
});

test("it is gone after a build that failed, too", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN exit 1\n" });
  const env = plainEngine();
  const watch = watchBuilders(env.BUILDX_CONFIG);
  const run = await runAction(project, { ...firstPush, env });
  expect(run.code).toBe(1);
  expect(run.annotations).toEqual([expect.objectContaining({ title: "web failed", line: 2 })]);
  watch.stop();
  expect(watch.seen()).toEqual([expect.stringMatching(/^image-publish-/)]);
  expect(watch.left()).toEqual([]);
});

test.each<[NodeJS.Signals, number]>([
  ["SIGTERM", 143],
  ["SIGINT", 130],
])(
  "a run that gets %s in the middle of a build ends at once, moves no tag and leaves nothing behind",
  async (signal, code) => {
    const project = makeProject({
      "images/base/Dockerfile": "FROM scratch\nCOPY * /\n",
      "images/base/content": "one\n",
      "images/slow/Dockerfile": "FROM busybox:1.37\nCOPY * /\n",
      "images/slow/content": "one\n",
    });
    await runAction(project, firstPush);
    const old = await digestsOf(`${project.own}/slow`);
    const first = project.git("rev-parse", "HEAD");
    const sleeping = `sleep ${randomInt(100_000, 999_999)}`;
    const head = project.commit({
      "images/slow/Dockerfile": `FROM busybox:1.37\nRUN ${sleeping}\n`,
      "images/base/content": "two\n",
    });
    const env = plainEngine();
    const watch = watchBuilders(env.BUILDX_CONFIG);
    const isAsleep = (): boolean => [...processes().values()].some((line) => line.endsWith(sleeping));

    const { child, ended } = await startAction(project, { ...pushed(first), env });
    await until("the step runs", isAsleep);
    child.kill(signal);
    const run = await ended;

    expect(run.code).toBe(code);
    expect(await digestsOf(`${project.own}/slow`)).toEqual(old);
    expect([...Object.keys(await digestsOf(`${project.own}/base`))]).toEqual(expect.arrayContaining([first, "latest"]));
    expect(run.summary).toMatch(/^## ⏹️ The run was cancelled/);
    expect(run.summary).toContain("slow");
    expect(JSON.parse(run.outputs.affected ?? "")).toEqual(["base", "slow"]);
    watch.stop();
    expect(watch.seen()).toEqual([expect.stringMatching(/^image-publish-/)]);
    expect(watch.left()).toEqual([]);
    expect([...processes().values()].filter((line) => line.includes(run.temp) || line.endsWith(sleeping))).toEqual([]);
    expect(await tagsOf(`${project.own}/slow`)).not.toContain(head);
  },
);

test("a builder that is named and isn't there: an error before anything is built", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const run = await runAction(project, { ...firstPush, inputs: { builder: "no-such-builder" } });
  expect(run.code).toBe(1);
  expect(run.annotations).toHaveLength(1);
  expect(run.annotations[0]?.message).toMatch(/no-such-builder.*\n→ .*docker buildx ls/s);
  expect(await isUntouched(project)).toBe(true);
});

test("no engine at all: an error that says so", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const env = { ...plainEngine(), DOCKER_HOST: `unix://${rig.folder}/no-such.sock` };
  const run = await runAction(project, { ...firstPush, env });
  expect(run.code).toBe(1);
  expect(run.annotations).toHaveLength(1);
  expect(run.annotations[0]?.message).toMatch(/engine can't be reached.*\n→ start the engine/s);
});
