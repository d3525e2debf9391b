/** Whatever digest ends under a tag has passed the checks of the run that put it there, as that digest. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { firstPush, noCommit, pushed, taggedPush } from "./events.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { makeProject, type Project } from "./project.ts";
import { digestsOf, manifestOf, plant, sourceTagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(240_000);

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(rig.registry);
});
afterAll(() => proxy.close());

const files = { "images/app/Dockerfile": "FROM scratch\nCOPY app /\n", "images/app/app": "one\n" };
const of = (field: string) => `io.image-publish.${field}`;
const withoutRecord = Object.fromEntries(
  ["format", "source-hash", "revision", "ref", "started", "seconds", "repository"].map((each) => [of(each), undefined]),
);
const otherSources = { [of("source-hash")]: "b".repeat(64) };
const app = (project: Project) => `${project.own}/app`;
const actionOf = ({ images }: Ended) => images.app?.action;
const line = ["1.2", "1", "latest"];

async function published(): Promise<Project> {
  const project = makeProject(files);
  expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
  return project;
}

test("a record names the repository that it is of", async () => {
  const project = await published();
  const { document } = await manifestOf(app(project), "main");
  expect(document.annotations?.[of("repository")]).toBe(project.slug);
});

describe("a release whose exact tag is taken", () => {
  test.each<[string, string, Readonly<Record<string, string | undefined>>]>([
    ["by other sources", "1.2.3", otherSources],
    ["by another version in its bytes", "1.2.3", { [of("baked-version")]: "9.9.9" }],
    ["by what has no record", "1.2.3", withoutRecord],
    ["by another repository's record", "v1.2.3", { [of("repository")]: "fork/images" }],
  ])("%s fails, and its line does not follow", async (_, tag, annotations) => {
    const project = await published();
    const before = await digestsOf(app(project));
    project.git("tag", "v1.2.3");
    const planted = await plant(app(project), tag, { like: "main", annotations });
    const run = await runAction(project, taggedPush("v1.2.3"));
    expect(run.code).toBe(1);
    expect(run.annotations).toEqual([expect.objectContaining({ level: "error", title: "app failed" })]);
    expect(run.annotations[0]?.message).toMatch(/names other content[\s\S]*→ \w/);
    expect(await digestsOf(app(project))).toEqual({ ...before, [tag]: planted });
  });

  test("by the same sources under another digest has its line follow that", async () => {
    const project = await published();
    project.git("tag", "v1.2.3");
    const annotations = { [of("started")]: "2026-01-01T00:00:00Z" };
    const planted = await plant(app(project), "1.2.3", { like: "main", annotations });
    expect(await runAction(project, taggedPush("v1.2.3"))).toMatchObject({ code: 0, annotations: [] });
    const now = await digestsOf(app(project));
    for (const tag of [...line, "v1.2.3"]) expect(now[tag]).toBe(planted);
    expect(now.main).not.toBe(planted);
  });

  test("by the same sources, and too large, fails", async () => {
    const project = await published();
    project.git("tag", "v1.2.3");
    await plant(app(project), "1.2.3", { like: "main", annotations: { [of("started")]: "2026-01-01T00:00:00Z" } });
    const run = await runAction(project, { ...taggedPush("v1.2.3"), inputs: { "max-size": "1B" } });
    expect(run).toMatchObject({ code: 1 });
    // The input is at fault, and no line of a Dockerfile.
    const said = run.log.split("\n").filter((line) => /^::error .*is larger than `max-size` \(1 B\)/.test(line));
    expect(said).toEqual([expect.not.stringContaining("file=")]);
    expect(Object.keys(await digestsOf(app(project)))).not.toContain("1.2");
  });
});

describe("an image that is planted while a release runs", () => {
  const moments = [0, 1, 2, 3, 4, 5];
  test.each(moments)("at the request %i for the release's tag gets none of its line", async (after) => {
    const project = await published();
    project.git("tag", "v1.2.3");
    const before = await digestsOf(app(project));
    const effect = async () => void (await plant(app(project), "1.2.3", { like: "main", annotations: withoutRecord }));
    proxy.inject({ path: /\/manifests\/1\.2\.3$/, after, times: 1, fault: { kind: "meanwhile", effect } });
    const images = `${proxy.host}/{{owner}}/{{repo}}/{{name}}`;
    const run = await runAction(project, { ...taggedPush("v1.2.3"), inputs: { images } });
    proxy.inject();
    const now = await digestsOf(app(project));
    for (const tag of line) expect([undefined, before.main]).toContain(now[tag]);
    if (now["1.2.3"] !== before.main && now.latest === undefined) expect(run.code).toBe(1);
  });
});

describe("records are claims", () => {
  test.each<[string, Readonly<Record<string, string | undefined>>]>([
    ["names another repository", { [of("repository")]: "fork/images" }],
    ["is of the future", { [of("started")]: new Date(Date.now() + 2 * 3_600_000).toISOString() }],
  ])("one that %s is none: the image is built", async (_, annotations) => {
    const project = await published();
    const [source = ""] = await sourceTagsOf(app(project));
    const planted = await plant(app(project), "main", { like: "main", annotations });
    for (const tag of ["latest", source]) await plant(app(project), tag, { like: "main", annotations });
    project.git("branch", "next");
    const run = await runAction(project, pushed(noCommit, "next"));
    expect(run).toMatchObject({ code: 0 });
    expect(actionOf(run)).toBe("build");
    const now = await digestsOf(app(project));
    expect(now.next).toBe(run.images.app?.digest);
    expect(now.next).not.toBe(planted);
  });

  test("one that names no repository, as older versions wrote it, counts", async () => {
    const project = await published();
    const planted = await plant(app(project), "main", { like: "main", annotations: { [of("repository")]: undefined } });
    const [source = ""] = await sourceTagsOf(app(project));
    await plant(app(project), source, { like: "main", annotations: {} });
    project.git("branch", "next");
    const run = await runAction(project, pushed(noCommit, "next"));
    expect(actionOf(run)).toBe("promote");
    expect((await digestsOf(app(project))).next).toBe(planted);
  });
});

test("what is promoted to tags that nobody holds passes `max-size`", async () => {
  const project = await published();
  project.git("branch", "next");
  const run = await runAction(project, { ...pushed(noCommit, "next"), inputs: { "max-size": "1B" } });
  expect(run).toMatchObject({ code: 1 });
  expect(actionOf(run)).toBe("promote");
  expect(Object.keys(await digestsOf(app(project)))).not.toContain("next");
});
