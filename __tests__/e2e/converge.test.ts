/** The registry is the only state: what is there is not made again, and what a lost run left out is made up for. */
import { randomInt } from "node:crypto";
import { describe, expect, jest, test } from "@jest/globals";
import { firstPush, noCommit, pushed, taggedPush } from "./events.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { digestsOf, manifestOf, removeTag, sourceTagsOf, tagsOf } from "./registry.ts";
import { type Ended, runAction, startAction } from "./run-action.ts";

jest.setTimeout(240_000);

/** base ← web, and one that stands alone. */
const family: Changes = {
  "images/base/Dockerfile": "FROM scratch\nCOPY base /\n",
  "images/base/base": "one\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY web /\n",
  "images/web/web": "one\n",
  "images/alone/Dockerfile": "FROM scratch\nCOPY alone /\n",
  "images/alone/alone": "one\n",
};
const names = ["alone", "base", "web"];

async function published(files: Changes = family): Promise<Project> {
  const project = makeProject(files);
  expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
  return project;
}

/** What a run did for each image. */
const actions = ({ images }: Ended) =>
  Object.fromEntries(Object.entries(images).map(([name, each]) => [name, each.action]));

const head = (project: Project) => project.git("rev-parse", "HEAD");

/** The digest of a tag in each image's repository. */
async function digests(project: Project, tag: string, of: readonly string[] = names): Promise<Record<string, string>> {
  const found = of.map(async (name) => [name, (await manifestOf(`${project.own}/${name}`, tag)).digest] as const);
  return Object.fromEntries(await Promise.all(found));
}

test("every published index says what it was made from, and is found by its sources", async () => {
  const project = await published();
  for (const name of names) {
    const repository = `${project.own}/${name}`;
    const { digest, document } = await manifestOf(repository, "main");
    const [source = "", ...others] = await sourceTagsOf(repository);
    expect(others).toEqual([]);
    expect((await manifestOf(repository, source)).digest).toBe(digest);
    expect(document.annotations).toMatchObject({
      "io.image-publish.source-hash": expect.stringMatching(new RegExp(`^${source.slice("src-".length)}`)),
      "io.image-publish.revision": head(project),
      "io.image-publish.ref": "refs/heads/main",
    });
  }
});

describe("what is published is not made again", () => {
  test("a run that is run again finds nothing to do", async () => {
    const project = await published();
    const before = await digests(project, "main");
    const again = await runAction(project, firstPush);
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(actions(again)).toEqual({ alone: "skip", base: "skip", web: "skip" });
    expect(await digests(project, "main")).toEqual(before);
  });

  test("a release of a tested commit is the very digests that were tested", async () => {
    const project = await published();
    project.git("tag", "v1.2.3");
    const release = await runAction(project, taggedPush("v1.2.3"));
    expect(release).toMatchObject({ code: 0, annotations: [] });
    expect(actions(release)).toEqual({ alone: "promote", base: "promote", web: "promote" });
    for (const tag of ["1.2.3", "1.2", "1", "v1.2.3", "latest"]) {
      expect(await digests(project, tag)).toEqual(await digests(project, "main"));
    }
  });

  test("a release comes by two events, of which the second finds nothing to do", async () => {
    const project = await published();
    project.git("tag", "v1.2.3");
    expect((await runAction(project, taggedPush("v1.2.3"))).code).toBe(0);
    const payload = { action: "published", release: { tag_name: "v1.2.3", prerelease: false, draft: false } };
    const second = await runAction(project, { event: "release", ref: "refs/tags/v1.2.3", payload });
    expect(second).toMatchObject({ code: 0, annotations: [] });
    expect(actions(second)).toEqual({ alone: "skip", base: "skip", web: "skip" });
  });

  test("a release is published again by hand: what is missing of it comes back", async () => {
    const project = await published();
    project.git("tag", "v1.2.3");
    await runAction(project, taggedPush("v1.2.3"));
    project.commit({ "images/web/web": "two\n" });
    await removeTag(`${project.own}/web`, "1.2");
    const sha = project.git("rev-parse", "v1.2.3");
    const workspace = await project.checkOut({ ref: "refs/tags/v1.2.3", sha });
    const inputs = { ref: "v1.2.3" };
    const again = await runAction(project, { event: "workflow_dispatch", workspace, inputs });
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(actions(again)).toEqual({ alone: "skip", base: "skip", web: "promote" });
    expect(await digests(project, "1.2", ["web"])).toEqual(await digests(project, "1.2.3", ["web"]));
  });

  test("with `promote: false` a release is built anew, and its tags name that", async () => {
    const project = await published();
    project.git("tag", "v1.2.3");
    const release = await runAction(project, { ...taggedPush("v1.2.3"), inputs: { promote: "false" } });
    expect(actions(release)).toEqual({ alone: "build", base: "build", web: "build" });
    const now = await digests(project, "1.2.3");
    expect(now).toEqual(await digests(project, "latest"));
    expect(now.alone).toBe(release.images.alone?.digest);
    expect(now.alone).not.toBe((await digests(project, "main")).alone);
  });

  test("a release with its version in the bytes is built, with what builds on it; cut off, it gets the rest", async () => {
    const versioned = { "images/base/Dockerfile": "FROM scratch\nARG VERSION\nLABEL v=$VERSION\nCOPY base /\n" };
    const project = await published({ ...family, ...versioned });
    project.git("tag", "v1.2.3");
    const release = await runAction(project, taggedPush("v1.2.3"));
    expect(release).toMatchObject({ code: 0 });
    expect(actions(release)).toEqual({ alone: "promote", base: "build", web: "build" });
    const exact = await digests(project, "1.2.3");
    for (const name of names) for (const tag of ["1", "latest"]) await removeTag(`${project.own}/${name}`, tag);
    const again = await runAction(project, taggedPush("v1.2.3"));
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(actions(again)).toEqual({ alone: "promote", base: "promote", web: "promote" });
    expect(await digests(project, "latest")).toEqual(exact);
  });

  test("a new branch brings its tag, and nothing is built", async () => {
    const project = await published();
    project.git("checkout", "--quiet", "-b", "next");
    project.commit({ "README.md": "Next\n" });
    const run = await runAction(project, pushed(noCommit, "next"));
    expect(actions(run)).toEqual({ alone: "promote", base: "promote", web: "promote" });
    expect(await digests(project, "next")).toEqual(await digests(project, "main"));
  });

  test("a revert brings back the bytes, and a slow run of what was reverted doesn't take them away", async () => {
    const project = await published();
    const one = await manifestOf(`${project.own}/alone`, "main");
    const first = head(project);
    const second = project.commit({ "images/alone/alone": "two\n" });
    await runAction(project, pushed(first));
    project.git("revert", "--no-edit", "HEAD");
    const revert = await runAction(project, pushed(second));
    expect(actions(revert)).toMatchObject({ alone: "promote" });
    const now = await manifestOf(`${project.own}/alone`, "main");
    expect(now.document.manifests).toEqual(one.document.manifests);
    expect(now.document.annotations?.["io.image-publish.revision"]).toBe(head(project));
    const slow = await runAction(project, { ...pushed(first), sha: second });
    expect(slow).toMatchObject({ code: 0 });
    expect((await manifestOf(`${project.own}/alone`, "main")).digest).toBe(now.digest);
    expect((await manifestOf(`${project.own}/alone`, "latest")).digest).toBe(now.digest);
  });

  test("with `converge: false` the event's diff alone counts", async () => {
    const project = await published();
    const run = await runAction(project, { ...firstPush, inputs: { converge: "false" } });
    expect(actions(run)).toEqual({ alone: "build", base: "build", web: "build" });
  });
});

describe("what a lost run left out is made up for", () => {
  test("an image whose run never happened is built by the next, though that one doesn't touch it", async () => {
    const project = await published();
    // Nobody ran for this commit.
    const lost = project.commit({ "images/base/base": "two\n" });
    project.commit({ "README.md": "Changed\n" });
    const run = await runAction(project, pushed(lost));
    expect(run).toMatchObject({ code: 0 });
    expect(actions(run)).toEqual({ alone: "skip", base: "build", web: "build" });
    expect(run.images.base?.reason).toMatch(/^what is published was made from other sources, at [0-9a-f]{7}$/);
    const annotations = (await manifestOf(`${project.own}/base`, "main")).document.annotations;
    expect(annotations?.["io.image-publish.revision"]).toBe(head(project));
  });

  test("a tag that a run didn't come to is put by the next", async () => {
    const project = await published();
    const before = head(project);
    await removeTag(`${project.own}/alone`, "latest");
    project.commit({ "README.md": "Changed\n" });
    const run = await runAction(project, pushed(before));
    expect(actions(run)).toEqual({ alone: "promote", base: "skip", web: "skip" });
    expect(run.images.alone?.reason).toBe("published, but not yet as latest");
    expect(await digests(project, "latest")).toEqual(await digests(project, "main"));
  });

  test("an image that was added while nobody ran is published", async () => {
    const project = await published();
    const lost = project.commit({ "images/new/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n" });
    project.commit({ "README.md": "Changed\n" });
    const run = await runAction(project, pushed(lost));
    expect(run.images.new?.reason).toBe("not in the registry yet");
    expect(await tagsOf(`${project.own}/new`)).toContain("main");
  });

  test("a run that is killed at any moment: the next one ends with everything published and tagged right", async () => {
    const project = await published();
    for (let round = 0; round < 6; round++) {
      const before = head(project);
      project.commit({ "images/base/base": `${round} ${randomInt(1e9)}\n` });
      const { child, ended } = await startAction(project, pushed(before));
      await new Promise((done) => setTimeout(done, randomInt(100, 2_500)));
      child.kill("SIGKILL");
      await ended;
      const killed = head(project);
      project.commit({ "README.md": `${round}\n` });
      const next = await runAction(project, pushed(killed));
      expect(next).toMatchObject({ code: 0 });
      for (const name of names) {
        const found = await digestsOf(`${project.own}/${name}`);
        expect(found.latest).toBe(found.main);
      }
      const record = (await manifestOf(`${project.own}/web`, "main")).document.annotations ?? {};
      expect([killed, head(project)]).toContain(record["io.image-publish.revision"]);
      // And there is nothing left to do.
      expect(actions(await runAction(project, pushed(killed)))).toEqual({ alone: "skip", base: "skip", web: "skip" });
    }
  });

  test("two runs at once leave the tags on the newer commit", async () => {
    const project = await published();
    const before = head(project);
    const older = project.commit({ "images/alone/alone": `${randomInt(1e9)}\n` });
    const newer = project.commit({ "images/alone/alone": `${randomInt(1e9)}\n` });
    const both = await Promise.all([
      runAction(project, { ...pushed(before), sha: older }),
      runAction(project, { ...pushed(older), sha: newer }),
    ]);
    for (const run of both) expect(run.code).toBe(0);
    const found = await digestsOf(`${project.own}/alone`);
    expect(found.main).toBe(found[newer]);
    expect(found.latest).toBe(found[newer]);
  });
});
