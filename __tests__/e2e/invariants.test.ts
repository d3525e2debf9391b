/** What holds whatever happens, one test for each sentence. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { firstPush, pullRequest, pushed, taggedPush } from "./events.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { digestsOf, isUntouched, manifestOf, sourceTagsOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction, startAction } from "./run-action.ts";

jest.setTimeout(180_000);

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(rig.registry);
});
afterAll(() => proxy.close());

/** base ← web, and one that stands alone. */
const family: Changes = {
  "images/base/Dockerfile": "FROM scratch\nCOPY base /\n",
  "images/base/base": "one\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY web /\n",
  "images/web/web": "one\n",
  "images/alone/Dockerfile": "FROM scratch\nCOPY alone /\n",
  "images/alone/alone": "one\n",
};

async function published(): Promise<Project> {
  const project = makeProject(family);
  expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
  return project;
}

const head = (project: Project): string => project.git("rev-parse", "HEAD");

test("1. a tag never points at a digest that has not passed the gate", async () => {
  const project = makeProject(family);
  const run = await runAction(project, { ...firstPush, inputs: { "max-size": "1B" } });
  expect(run.code).toBe(1);
  for (const name of ["base", "web", "alone"]) {
    expect(await tagsOf(`${project.own}/${name}`)).toEqual([]);
    expect(await sourceTagsOf(`${project.own}/${name}`)).toEqual([]);
  }
  // It was pushed, by its digest alone.
  expect(await isUntouched(project)).toBe(false);
});

test("2. a tag never moves backwards, also when runs overtake one another", async () => {
  const project = await published();
  const first = head(project);
  const older = project.commit({ "images/alone/alone": "two\n" });
  const newer = project.commit({ "images/alone/alone": "three\n" });
  expect(await runAction(project, { ...pushed(older), sha: newer })).toMatchObject({ code: 0 });
  const before = await digestsOf(`${project.own}/alone`);
  expect(await runAction(project, { ...pushed(first), sha: older })).toMatchObject({ code: 0 });
  const after = await digestsOf(`${project.own}/alone`);
  expect(after.main).toBe(before[newer]);
  expect(after.latest).toBe(before[newer]);
  // The commit's own tag is nobody else's.
  expect(after[older]).toBeDefined();
});

test("3. unknown is never unchanged, and an error is never missing", async () => {
  const project = await published();
  const before = await digestsOf(`${project.own}/alone`);
  const unknown = await runAction(project, pushed("1234567890".repeat(4)));
  expect(JSON.parse(unknown.outputs.affected ?? "[]")).toEqual([]);
  for (const image of Object.values(unknown.images)) expect(image.reason).toMatch(/published already/);
  const images = `${proxy.host}/{{owner}}/{{repo}}/{{name}}`;
  proxy.inject({ path: /\/manifests\//, fault: { kind: "status", status: 500 } });
  const refused = await runAction(project, { ...firstPush, inputs: { images } });
  expect(refused.code).toBe(1);
  expect(refused.log).not.toMatch(/built in/);
  proxy.inject();
  expect(await digestsOf(`${project.own}/alone`)).toEqual(before);
});

test("4. a run that ends anywhere leaves every tag on a complete image, and the next converges", async () => {
  const project = await published();
  const before = head(project);
  project.commit({ "images/base/base": "two\n" });
  const { child, ended } = await startAction(project, pushed(before));
  setTimeout(() => child.kill("SIGKILL"), 1_000);
  await ended;
  for (const name of ["base", "web", "alone"]) {
    for (const tag of Object.keys(await digestsOf(`${project.own}/${name}`))) {
      const { document } = await manifestOf(`${project.own}/${name}`, tag);
      for (const each of document.manifests ?? []) await manifestOf(`${project.own}/${name}`, each.digest);
    }
  }
  const killed = head(project);
  project.commit({ "README.md": "again\n" });
  expect(await runAction(project, pushed(killed))).toMatchObject({ code: 0 });
  const { document } = await manifestOf(`${project.own}/base`, "main");
  expect([killed, head(project)]).toContain(document.annotations?.["io.image-publish.revision"]);
});

test("5. one image's failure stops only what builds on it, and the run says which, why, where and what to do", async () => {
  const project = await published();
  const before = head(project);
  project.commit({
    "images/base/Dockerfile": "FROM scratch\nCOPY nothing-of-this-name /\n",
    "images/alone/alone": "two\n",
  });
  const run = await runAction(project, pushed(before));
  expect(run.code).toBe(1);
  expect((await digestsOf(`${project.own}/alone`))[head(project)]).toBe(run.images.alone?.digest);
  const [failure, ...others] = run.annotations.filter(({ level }) => level === "error");
  expect(others).toEqual([]);
  expect(failure).toMatchObject({ title: "base failed", file: "images/base/Dockerfile", line: 2 });
  expect(failure?.message).toMatch(/nothing-of-this-name[\s\S]*→ \w/);
  expect(run.summary).toMatch(/Not built because of it:\*\* `web`/);
});

test("6. what was tested is what ships", async () => {
  const project = await published();
  project.git("tag", "v1.0.0");
  const tested = await digestsOf(`${project.own}/web`);
  expect(await runAction(project, taggedPush("v1.0.0"))).toMatchObject({ code: 0 });
  expect((await digestsOf(`${project.own}/web`))["1.0.0"]).toBe(tested.main);
});

test("7. the same inputs give the same plan, byte for byte", async () => {
  const project = makeProject(family);
  const inputs = { command: "plan" };
  const plans = await Promise.all([1, 2].map(() => runAction(project, { ...firstPush, inputs })));
  const [one, two] = plans.map(({ outputs }) => readFileSync(outputs.plan ?? "", "utf8"));
  expect(one).toBe(two);
  expect(one).toContain('"schema": 1');
});

test("8. nothing from the repository is obeyed: not by a shell, a runner or Markdown", async () => {
  const name = "$(touch owned)`x`;&|\n::error::owned\n<b>*x*";
  const project = makeProject({ ...family, [`images/alone/${name}`]: "x\n" });
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(0);
  expect(run.log).not.toMatch(/^::error::owned/m);
  expect(run.summary).not.toContain("<b>");
});

test("9. nothing is pushed from a fork's pull request, or before all inputs are valid", async () => {
  const project = makeProject(family);
  project.git("checkout", "--quiet", "-b", "feature");
  project.commit({ "images/alone/alone": "two\n" });
  project.git("checkout", "--quiet", "main");
  const fork = pullRequest(project, "feature", { from: "somebody/images" });
  expect(await runAction(project, { ...fork, inputs: { push: "true" } })).toMatchObject({ code: 0 });
  expect(await runAction(project, { ...firstPush, inputs: { platforms: "nowhere" } })).toMatchObject({ code: 1 });
  expect(await isUntouched(project)).toBe(true);
});

test("10. every warning and error names the remedy", async () => {
  const project = makeProject({ ...family, "images/broken/Dockerfile": "FROM scratch\nRUN exit 1\nFORM x\n" });
  const runs = await Promise.all([
    runAction(project, { ...firstPush, inputs: { platforms: "nowhere", cache: "somewhere", tags: "type=nothing" } }),
    runAction(project, firstPush),
  ]);
  const said = runs.flatMap(({ annotations }) => annotations);
  expect(said.length).toBeGreaterThan(2);
  for (const { message } of said) expect(message).toMatch(/→ \w/);
});
