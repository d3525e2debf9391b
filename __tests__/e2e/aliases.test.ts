/** Repositories whose Dockerfiles name their images by the place where these were before. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { type Changes, makeProject } from "./project.ts";
import { configsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const base = "FROM scratch\nCOPY content /\n";
const layers = async (of: string) => Object.values(await configsOf(of, "latest"))[0]?.rootfs.diff_ids ?? [];

/** The old place is in the same registry, and another repository's. */
function makeFork(web: string, more: Changes = {}) {
  const upstream = makeProject({ "images/base/Dockerfile": base, "images/base/content": "upstream\n" });
  const files = { "images/base/Dockerfile": base, "images/base/content": "fork\n" };
  const project = makeProject({ ...files, "images/web/Dockerfile": web.replaceAll("{old}", upstream.own), ...more });
  return { upstream, project };
}

test("with an alias a fork builds on its own bytes, at the first push and when the parent changes", async () => {
  const web = "FROM {old}/base\nCOPY --from={old}/base:latest content /copied\nCOPY own /\n";
  const { upstream, project } = makeFork(web, { "images/web/own": "x\n" });
  await runAction(upstream, firstPush);
  const inputs = { aliases: `${upstream.own}/{{name}}` };
  const first = await runAction(project, { ...firstPush, inputs });
  expect(first).toMatchObject({ code: 0, annotations: [] });
  const own = await layers(`${project.own}/base`);
  expect((await layers(`${project.own}/web`))[0]).toBe(own[0]);
  expect(own).not.toEqual(await layers(`${upstream.own}/base`));

  const before = project.commit({ "images/web/own": "y\n" });
  project.commit({ "images/base/content": "fork, changed\n" });
  const second = await runAction(project, { ...pushed(before), inputs });
  expect(second.images.web?.reason).toContain("depends on base");
  expect((await layers(`${project.own}/web`))[0]).toBe((await layers(`${project.own}/base`))[0]);
});

test("with an alias nothing is pulled from the old place, which may not exist", async () => {
  const web = `FROM ${rig.registry}/nobody-has-this/gone/base\nCOPY own /\n`;
  const { project } = makeFork(web, { "images/web/own": "x\n" });
  const inputs = { aliases: `${rig.registry}/nobody-has-this/gone/{{name}}` };
  expect(await runAction(project, { ...firstPush, inputs })).toMatchObject({ code: 0, annotations: [] });
  expect((await layers(`${project.own}/web`))[0]).toBe((await layers(`${project.own}/base`))[0]);
});

test("without one it builds on the old place's, and a warning says where", async () => {
  const { upstream, project } = makeFork("FROM {old}/base\nCOPY own /\n", { "images/web/own": "x\n" });
  await runAction(upstream, firstPush);
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(0);
  expect(run.annotations).toEqual([expect.objectContaining({ level: "warning" })]);
  expect(run.annotations[0]?.message).toContain(`images/web/Dockerfile:1:6: FROM names ${upstream.own}/base`);
  expect(run.annotations[0]?.message).toContain(`aliases: ${upstream.own}/{{name}}`);
  expect((await layers(`${project.own}/web`))[0]).toBe((await layers(`${upstream.own}/base`))[0]);
});
