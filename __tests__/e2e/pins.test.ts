/** Files that are to name a release's version, checked before anything is built. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed, taggedPush } from "./events.ts";
import { makeProject } from "./project.ts";
import { isUntouched, tagsOf } from "./registry.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const chart = (version: string) => ({
  Dockerfile: "FROM scratch\nCOPY Dockerfile /\n",
  "charts/app/Chart.yaml": `apiVersion: v2\nname: app\nversion: 0.1.0\nappVersion: "${version}"\n`,
  "charts/app/values.yaml": `image:\n  repository: {own}\n  tag: ${version}\n`,
});
const inputs = { "check-pins": "charts/*/*.yaml" };

test("kube9: a release whose chart names another version is refused, with files and lines", async () => {
  const project = makeProject(chart("1.2.2"));
  project.git("tag", "v1.2.3");
  const run = await runAction(project, { ...taggedPush("v1.2.3"), inputs });
  expect(run.code).toBe(1);
  expect(run.annotations).toEqual([
    expect.objectContaining({ level: "error", file: "charts/app/Chart.yaml", line: 4 }),
    expect.objectContaining({ level: "error", file: "charts/app/values.yaml", line: 3 }),
  ]);
  expect(run.annotations[1]?.message).toMatch(/:1\.2\.2" doesn't name 1\.2\.3, the version of this release\n→ /);
  expect(await isUntouched(project)).toBe(true);
});

test("bytes that are published already get no tag of a release whose chart names another version", async () => {
  const project = makeProject(chart("1.2.2"));
  await runAction(project, firstPush);
  project.git("tag", "v1.2.3");
  const run = await runAction(project, { ...taggedPush("v1.2.3"), inputs });
  expect(run.code).toBe(1);
  expect(run.annotations.map(({ file }) => file)).toEqual(["charts/app/Chart.yaml", "charts/app/values.yaml"]);
  expect(await tagsOf(project.own)).not.toContain("1.2.3");
});

test("one whose chart names it is built, and a push of a branch is not held up", async () => {
  const project = makeProject(chart("1.2.3"));
  project.git("tag", "v1.2.3");
  const run = await runAction(project, { ...taggedPush("v1.2.3"), inputs });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(project.own)).toContain("1.2.3");
  const before = project.git("rev-parse", "HEAD");
  project.commit(chart("1.3.0-dev"));
  expect(await runAction(project, { ...pushed(before), inputs })).toMatchObject({ code: 0, annotations: [] });
});
