/** Repositories as users lay them out, well and not so well. */
import { describe, expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { type Changes, makeProject } from "./project.ts";
import { configsOf, digestsOf, isUntouched, tagsOf } from "./registry.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const plain = "FROM scratch\nCOPY * /\n";

describe("the config file", () => {
  test("an image that others mount and nobody pulls is built for them and pushed nowhere", async () => {
    const project = makeProject({
      ".github/image-publish.yml": "images:\n  tools:\n    publish: false\n    context: .\n",
      "images/tools/Dockerfile": "FROM scratch\nCOPY shared.txt /out/\n",
      "shared.txt": "from the tools\n",
      "images/web/Dockerfile":
        'FROM busybox:1.37\nRUN --mount=from={own}/tools,target=/mnt cp /mnt/out/shared.txt / && grep "from the tools" /shared.txt\n',
    });
    const run = await runAction(project, firstPush);
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(run.images.tools).toMatchObject({ digest: expect.stringMatching(/^sha256:/), tags: [] });
    expect(await tagsOf(`${project.own}/tools`)).toEqual([]);
    expect(await tagsOf(`${project.own}/web`)).toContain("latest");
  });

  test("settings of one image: another Dockerfile, a target, a name of its own, arguments", async () => {
    const project = makeProject({
      ".github/image-publish.yml": [
        "images:",
        "  renamed:",
        "    path: images/odd",
        "    file: docker/Odd.Dockerfile",
        "    target: wanted",
        "    build-args: { CHANNEL: '{{name}} at {{sha}}' }",
      ].join("\n"),
      "images/odd/content": "one\n",
      "docker/Odd.Dockerfile":
        "FROM scratch AS wanted\nARG CHANNEL\nLABEL channel=$CHANNEL\nCOPY content /\nFROM nothing-like-this AS other\n",
    });
    const run = await runAction(project, firstPush);
    expect(run).toMatchObject({ code: 0, annotations: [] });
    const [config] = Object.values(await configsOf(`${project.own}/renamed`, "latest"));
    expect(config?.config?.Labels?.channel).toBe(`renamed at ${project.git("rev-parse", "--short=7", "HEAD")}`);
  });

  test("a typing error is an error with file and line that says what was meant", async () => {
    const project = makeProject({
      "images/web/Dockerfile": plain,
      ".github/image-publish.yml": "images:\n  web:\n    platfroms: [linux/amd64]\n",
    });
    const run = await runAction(project, firstPush);
    expect(run.code).toBe(1);
    expect(run.annotations).toEqual([
      expect.objectContaining({ level: "error", file: ".github/image-publish.yml", line: 3 }),
    ]);
    expect(run.annotations[0]?.message).toContain("platforms");
    expect(await isUntouched(project)).toBe(true);
  });
});

describe("what an image is built on", () => {
  test("an exact version of an own image is a pin: it stays what it is when that image changes", async () => {
    const project = makeProject({ "images/base/Dockerfile": plain, "images/base/content": "one\n" });
    project.git("tag", "v1.0.0");
    await runAction(project, { event: "push", ref: "refs/tags/v1.0.0", payload: { before: "0".repeat(40) } });
    const before = project.commit({ "images/web/Dockerfile": "FROM {own}/base:1.0.0\nCOPY * /\n" });
    project.commit({ "images/base/content": "two\n", "images/web/content": "one\n" });

    const run = await runAction(project, pushed(before));

    expect(run).toMatchObject({ code: 0, annotations: [] });
    const [pinned] = Object.values(await configsOf(`${project.own}/base`, "1.0.0"));
    const [base] = Object.values(await configsOf(`${project.own}/base`, "main"));
    const [web] = Object.values(await configsOf(`${project.own}/web`, "main"));
    expect(run.images.web?.reason).toBe("images/web/content was added");
    expect(web?.rootfs.diff_ids[0]).toBe(pinned?.rootfs.diff_ids[0]);
    expect(web?.rootfs.diff_ids[0]).not.toBe(base?.rootfs.diff_ids[0]);
  });

  test("a parent that nobody changed is taken at its published digest, and stays as it is", async () => {
    const project = makeProject({
      "images/base/Dockerfile": plain,
      "images/base/content": "one\n",
      "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
    });
    await runAction(project, firstPush);
    const before = project.git("rev-parse", "HEAD");
    const old = await digestsOf(`${project.own}/base`);
    project.commit({ "images/web/content": "two\n" });
    const run = await runAction(project, pushed(before));
    expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: '["web"]' } });
    expect(await digestsOf(`${project.own}/base`)).toEqual(old);
    const [base] = Object.values(await configsOf(`${project.own}/base`, "main"));
    const [web] = Object.values(await configsOf(`${project.own}/web`, "main"));
    expect(web?.rootfs.diff_ids[0]).toBe(base?.rootfs.diff_ids[0]);
  });

  test("images that build on one another in a circle: an error that names it", async () => {
    const project = makeProject({
      "images/a/Dockerfile": "FROM {own}/b\n",
      "images/b/Dockerfile": "FROM {own}/c\n",
      "images/c/Dockerfile": "FROM {own}/a\n",
    });
    const run = await runAction(project, firstPush);
    expect(run.code).toBe(1);
    expect(run.annotations).toHaveLength(1);
    expect(run.annotations[0]?.message).toMatch(/a.*b.*c.*a/s);
    expect(run.annotations[0]?.file).toMatch(/^images\/[abc]\/Dockerfile$/);
  });
});

test("a root image and a Containerfile are found; the root's is called as the repository", async () => {
  const project = makeProject({
    Dockerfile: "FROM scratch\nCOPY README.md /\n",
    "README.md": "Hello\n",
    "containers/box/Containerfile": plain,
  });
  const run = await runAction(project, firstPush);
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(project.own)).toContain("latest");
  expect(await tagsOf(`${project.own}/box`)).toContain("latest");
});

test.each<[string, Changes, RegExp]>([
  ["a repository without images", { "README.md": "Hello\n" }, /no .*(?:image|Dockerfile)/i],
  ["an empty Dockerfile", { "images/web/Dockerfile": "\n# later\n" }, /images\/web\/Dockerfile|no FROM|empty/],
  ["two directories that claim one name", { "images/web/Dockerfile": plain, "apps/web/Dockerfile": plain }, /web/],
])("%s: one clear error, nothing pushed", async (_, files, message) => {
  const project = makeProject(files);
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(1);
  expect(run.annotations).toHaveLength(1);
  expect(run.annotations[0]).toMatchObject({ level: "error", message: expect.stringMatching(message) });
  expect(run.annotations[0]?.message).toMatch(/\n→ \S/);
  expect(run.log).not.toMatch(/^\s+at /m);
  expect(await isUntouched(project)).toBe(true);
});
