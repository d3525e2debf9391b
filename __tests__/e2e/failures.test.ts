/** Builds that fail, and what becomes of the others. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { digestsOf, tagsOf } from "./registry.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const plain = "FROM scratch\nCOPY * /\n";

test("one of four fails: what builds on it is blocked, the others are published, the run is red and says where", async () => {
  const project = makeProject({
    "images/base/Dockerfile": plain,
    "images/broken/Dockerfile": "FROM busybox:1.37\n# Below is the mistake.\nRUN echo the reason >&2 && exit 3\n",
    "images/child/Dockerfile": "FROM {own}/broken\nCOPY * /\n",
    "images/good/Dockerfile": "FROM {own}/base\nCOPY * /\n",
  });

  const run = await runAction(project, firstPush);

  expect(run.code).toBe(1);
  const errors = run.annotations.filter(({ level }) => level === "error");
  expect(errors).toEqual([
    expect.objectContaining({ title: "broken failed", file: "images/broken/Dockerfile", line: 3 }),
  ]);
  expect(errors[0]?.message).toContain("the reason");
  expect(errors[0]?.message).toContain("exit code 3");
  expect(errors[0]?.message).toContain("Not built because of it: child");
  expect(run.log).not.toMatch(/^\s+at .*index\.js/m);
  expect(await tagsOf(`${project.own}/base`)).toContain("latest");
  expect(await tagsOf(`${project.own}/good`)).toContain("latest");
  expect(await tagsOf(`${project.own}/broken`)).toEqual([]);
  expect(await tagsOf(`${project.own}/child`)).toEqual([]);
  expect(JSON.parse(run.outputs.affected ?? "")).toEqual(["base", "broken", "child", "good"]);
  expect(run.images).toMatchObject({ broken: { digest: null, tags: [] }, child: { digest: null, tags: [] } });
  expect(run.images.good?.tags).toContain(`${project.own}/good:latest`);
  expect(run.summary).toMatch(/^## ❌ .*broken.* failed, 1 was not built because of it, 2 were published/);
  expect(run.summary).toContain("images/broken/Dockerfile");
});

test("an image that fails keeps its tags where they were", async () => {
  const project = makeProject({ "images/web/Dockerfile": plain, "images/web/content": "one\n" });
  const before = project.git("rev-parse", "HEAD");
  await runAction(project, firstPush);
  const old = await digestsOf(`${project.own}/web`);
  project.commit({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN exit 1\n" });
  const run = await runAction(project, pushed(before));
  expect(run.code).toBe(1);
  expect(await digestsOf(`${project.own}/web`)).toEqual(old);
});

test.each<[string, string, RegExp, number]>([
  ["a file that is not there", "FROM scratch\nCOPY nothing-like-this /\n", /nothing-like-this/, 2],
  ["a base that is not there", "ARG A=1\nFROM {own}/nothing:1.0\n", /nothing/, 2],
  ["a word that is no instruction", "FROM scratch\nCOPPY a /\n", /COPPY/i, 2],
])("%s: the annotation names it and its line", async (_, dockerfile, message, line) => {
  const project = makeProject({ "images/web/Dockerfile": dockerfile });
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(1);
  expect(run.annotations).toEqual([
    expect.objectContaining({
      level: "error",
      file: "images/web/Dockerfile",
      line,
      message: expect.stringMatching(message),
    }),
  ]);
  expect(run.summary).toContain("web");
});
