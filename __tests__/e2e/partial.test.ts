// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** A problem of one image, and what becomes of the others. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { digestsOf, tagsOf } from "./registry.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(240_000);

const plain = "FROM scratch\nCOPY * /\n";
const broken = "ARG V\nFROM debian:${V}\nCOPY * /\n";

test("a push publishes what a broken image doesn't concern, and nothing that depends on it", async () => {
  const project = makeProject({
    "images/base/Dockerfile": plain,
    "images/child/Dockerfile": "FROM {own}/base\nCOPY * /\n",
    "images/good/Dockerfile": plain,
  });
  const { own } = project;
  const head = () => project.git("rev-parse", "HEAD");
  expect((await runAction(project, firstPush)).code).toBe(0);
  const [base, child] = [await digestsOf(`${own}/base`), await digestsOf(`${own}/child`)];
  const push = async (changes: Readonly<Record<string, string>>) => {
    const before = head();
    project.commit(changes);
    const run = await runAction(project, pushed(before));
    const tags = await tagsOf(`${own}/good`);
    return { ...run, isGoodPublished: tags.some((tag) => tag.startsWith(head().slice(0, 7))) };
  };
  const isAsBefore = async () => {
    expect([await digestsOf(`${own}/base`), await digestsOf(`${own}/child`)]).toEqual([base, child]);
  };
  const at = { file: "images/base/Dockerfile", line: 2 };

  // The push that breaks it is the one that fails.
  const breaking = await push({ "images/base/Dockerfile": broken, "images/good/one": "1\n" });
  expect(breaking).toMatchObject({ code: 1, isGoodPublished: true });
  expect(breaking.annotations).toEqual([
    expect.objectContaining({
      ...at,
      level: "error",
      title: "base failed",
      message: expect.stringContaining("V has no value"),
    }),
  ]);
  expect(breaking.annotations[0]?.message).toContain("Not built because of it: child");
  expect(breaking.summary).toMatch(/^## ❌ .*base.* failed, 1 was not built because of it, 1 was published/);
  expect(JSON.parse(breaking.outputs.affected ?? "")).toEqual(["good"]);
  await isAsBefore();

  const elsewhere = await push({ "images/good/one": "2\n" });
  expect(elsewhere).toMatchObject({ code: 0, isGoodPublished: true });
  expect(elsewhere.annotations).toEqual([
    expect.objectContaining({
      ...at,
      level: "warning",
      message: expect.stringMatching(/V has no value.*\. Not planned because of it: base, and child/),
    }),
  ]);
  expect(elsewhere.summary).toMatch(/^## ✅ /);
  expect(elsewhere.summary).toContain("V has no value");
  await isAsBefore();

  const below = await push({ "images/child/one": "1\n", "images/good/one": "3\n" });
  expect(below).toMatchObject({ code: 1, isGoodPublished: true });
  expect(below.annotations).toEqual([expect.objectContaining({ ...at, level: "error" })]);
  await isAsBefore();

  const fixing = await push({ "images/base/Dockerfile": `${plain}# fixed\n` });
  expect(fixing).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(`${own}/child`)).toEqual(expect.arrayContaining([expect.stringContaining(head().slice(0, 7))]));
});

test("each command does what it can beside a broken image", async () => {
  const project = makeProject({ "images/bad/Dockerfile": broken, "images/good/Dockerfile": plain });
  expect((await runAction(project, firstPush)).code).toBe(1);
  const before = project.git("rev-parse", "HEAD");
  project.commit({ "images/good/one": "1\n" });
  for (const [command, word] of [
    ["plan", "warning"],
    ["bump", "warning"],
  ] as const) {
    const run = await runAction(project, { ...pushed(before), inputs: { command } });
    expect(run.code).toBe(0);
    expect(run.annotations.filter(({ file }) => file === "images/bad/Dockerfile")).toEqual([
      expect.objectContaining({ level: word, line: 2 }),
    ]);
  }
  project.commit({ "images/bad/Dockerfile": `${broken}# touched\n` });
  const run = await runAction(project, { ...pushed(before), inputs: { command: "plan" } });
  expect(run.code).toBe(1);
  expect(JSON.parse(run.outputs.affected ?? "")).toEqual(["good"]);
  expect(run.images.bad).toMatchObject({ action: "skip", reason: expect.stringContaining("V has no value") });
});

test("a path that leads out of the workspace concerns the image that has it", async () => {
  const project = makeProject({
    "images/bad/Dockerfile": plain,
    "images/good/Dockerfile": plain,
    ".github/image-publish.yml": "images:\n  bad: {build-contexts: {out: ../../../../etc}}\n",
  });
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(1);
  expect(run.annotations).toEqual([expect.objectContaining({ level: "error", title: "bad failed" })]);
  expect(await tagsOf(`${project.own}/good`)).toContain("latest");
  expect(await tagsOf(`${project.own}/bad`)).toEqual([]);
});
