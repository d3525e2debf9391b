/** What each event builds, tags and pushes. */
import { describe, expect, jest, test } from "@jest/globals";
import { firstPush, noCommit, pullRequest, pushed, taggedPush } from "./events.ts";
import { stepsIn } from "./log.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { configsOf, digestsOf, isUntouched, manifestOf, tagsOf } from "./registry.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(120_000);

/** base ← web, and one that stands alone. */
const family: Changes = {
  "images/base/Dockerfile": "FROM scratch\nCOPY base /\n",
  "images/base/base": "one\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY web /\n",
  "images/web/web": "one\n",
  "images/alone/Dockerfile": "FROM scratch\nCOPY alone /\n",
  "images/alone/alone": "one\n",
  "README.md": "Hello\n",
};

/** One image, where more don't matter. */
const single: Changes = {
  "images/alone/Dockerfile": "FROM scratch\nCOPY alone /\n",
  "images/alone/alone": "one\n",
};

/** A project that was pushed and published once. */
async function published(files: Changes): Promise<Project> {
  const project = makeProject(files);
  expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
  expect(await isUntouched(project)).toBe(false);
  return project;
}

const affected = ({ outputs }: Ended): unknown => JSON.parse(outputs.affected ?? "");

describe("a push to main", () => {
  test("of three commits, checked out at depth 1, is compared with what main was before", async () => {
    const project = await published(family);
    const before = project.git("rev-parse", "HEAD");
    const old = await digestsOf(`${project.own}/alone`);
    project.commit({ "images/base/base": "two\n" });
    project.commit({ "README.md": "Changed\n" });
    const head = project.commit({ "images/web/web": "two\n" });

    const run = await runAction(project, pushed(before));

    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(affected(run)).toEqual(["base", "web"]);
    expect(run.outputs["any-affected"]).toBe("true");
    expect(run.images.base?.reason).toBe("images/base/base changed");
    expect(run.images.web?.reason).toBe("images/web/web changed; depends on base");
    expect(await tagsOf(`${project.own}/web`)).toEqual([before, head, "latest", "main"].sort());
    expect(await digestsOf(`${project.own}/alone`)).toEqual(old);
    // The child stands on the very parent that this run made.
    const [base] = Object.values(await configsOf(`${project.own}/base`, "main"));
    const [web] = Object.values(await configsOf(`${project.own}/web`, "main"));
    expect(web?.rootfs.diff_ids.slice(0, 1)).toEqual(base?.rootfs.diff_ids);
  });

  test("that changes no image publishes nothing, is green, and says so", async () => {
    const project = await published(single);
    const before = project.git("rev-parse", "HEAD");
    const old = await digestsOf(`${project.own}/alone`);
    project.commit({ "README.md": "Changed\n" });
    const run = await runAction(project, pushed(before));
    expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: "[]", "any-affected": "false" } });
    expect(run.summary).toContain("Nothing to publish");
    expect(await digestsOf(`${project.own}/alone`)).toEqual(old);
  });

  test("whose `before` is gone for good builds everything, and says why", async () => {
    const project = makeProject(single);
    const run = await runAction(project, pushed("1234567890".repeat(4)));
    expect(run.code).toBe(0);
    expect(affected(run)).toEqual(["alone"]);
    expect(run.images.alone?.reason).toMatch(/^nothing to compare with: 1234567.* is gone/);
  });
});

test("a new branch is built whole and gets its own tag, no latest", async () => {
  const project = await published(single);
  const old = await digestsOf(`${project.own}/alone`);
  project.git("checkout", "--quiet", "-b", "next");
  const head = project.commit({ "README.md": "Next\n" });
  const run = await runAction(project, pushed(noCommit, "next"));
  expect(run.code).toBe(0);
  expect(affected(run)).toEqual(["alone"]);
  expect(run.images.alone?.reason).toBe("new branch next");
  const digest = run.images.alone?.digest;
  expect(await digestsOf(`${project.own}/alone`)).toEqual({ ...old, next: digest, [head]: digest });
});

test("a push to a branch that is called like a git tag, which a shallow checkout hasn't, takes no tag of it", async () => {
  const project = makeProject({ Dockerfile: "FROM scratch\nCOPY page /\n", page: "one\n" });
  project.git("tag", "stable");
  const commits: string[] = [];
  for (const branch of ["stable", "v2"]) {
    commits.push(project.commit({ page: branch }));
    project.git("update-ref", `refs/heads/${branch}`, "HEAD");
    const run = await runAction(project, pushed(noCommit, branch));
    expect(run.code).toBe(0);
    expect(run.annotations).toMatchObject([
      { message: expect.stringContaining(`the branch gives no tag "${branch}"`) },
    ]);
  }
  expect(await tagsOf(project.own)).toEqual(commits.sort());
});

test("a branch with a slash, a space and an umlaut gives a tag that a registry takes", async () => {
  const project = makeProject({ Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
  project.git("update-ref", "refs/heads/feature/ä\u00a0b", "HEAD");
  const run = await runAction(project, pushed(noCommit, "feature/ä\u00a0b"));
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const [tag] = (await tagsOf(project.own)).filter((each) => each.startsWith("feature"));
  expect(tag).toMatch(/^feature-[\w.-]*b$/);
  expect(run.outputs.tags?.split("\n")).toContain(`${project.own}:${tag}`);
});

test("a deleted branch: nothing to do, green, whatever the checkout holds", async () => {
  const project = makeProject(family);
  const gone = pushed(project.git("rev-parse", "HEAD"), "gone");
  const run = await runAction(project, {
    ...gone,
    sha: project.git("rev-parse", "HEAD"),
    payload: { ...gone.payload, after: noCommit, deleted: true },
    workspace: await project.checkOut(),
  });
  expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: "[]", "any-affected": "false" } });
  expect(await isUntouched(project)).toBe(true);
});

describe("a pull request", () => {
  /** Its branch changed web; main has moved on since, and changed what stands alone. */
  function proposed(project: Project): ReturnType<typeof pullRequest> {
    const base = project.git("rev-parse", "main");
    project.git("checkout", "--quiet", "-b", "proposal");
    project.commit({ "images/web/web": "proposed\n" });
    project.git("checkout", "--quiet", "main");
    project.commit({ "images/alone/alone": "moved on\n" });
    return pullRequest(project, "proposal", { base });
  }

  test("builds what it changes, not what its base changed meanwhile, and neither pushes nor tags", async () => {
    const project = await published(family);
    const old = await digestsOf(`${project.own}/web`);
    const run = await runAction(project, proposed(project));
    expect(run.code).toBe(0);
    expect(affected(run)).toEqual(["web"]);
    expect(run.images.web?.digest).toMatch(/^sha256:/);
    expect(run.summary).toContain("published nothing");
    expect(await digestsOf(`${project.own}/web`)).toEqual(old);
    await expect(manifestOf(`${project.own}/web`, run.images.web?.digest ?? "")).rejects.toThrow("404");
  });

  test("needs no registry: it is green where that cannot be reached, and parents are built too", async () => {
    const project = makeProject(family, { registry: "127.0.0.1:9" });
    const happening = proposed(project);
    const run = await runAction(project, { ...happening, env: { GITHUB_SERVER_URL: "http://127.0.0.1:9" } });
    expect(run.code).toBe(0);
    expect(affected(run)).toEqual(["web"]);
    expect(stepsIn(run.log)).toMatchObject({ base: {}, web: {} });
    expect(run.images.base?.reason).toBe("needed by web");
    expect(run.annotations.filter(({ level }) => level === "error")).toEqual([]);
  });

  test.each([
    ["of the own repository is pushed with `push: true`, with a tag of its own", undefined, ["pr-7"]],
    ["of a fork never is", "somebody/fork", []],
  ])("%s", async (_, from, tags) => {
    const project = makeProject(single);
    project.git("checkout", "--quiet", "-b", "proposal");
    project.commit({ "images/alone/alone": "proposed\n" });
    const happening = pullRequest(project, "proposal", from === undefined ? {} : { from });
    const run = await runAction(project, { ...happening, inputs: { push: "true" } });
    expect(run.code).toBe(0);
    expect(affected(run)).toEqual(["alone"]);
    const found = await tagsOf(`${project.own}/alone`);
    expect(found.filter((tag) => !/^[0-9a-f]{40}$/.test(tag))).toEqual(tags);
    expect(await isUntouched(project)).toBe(tags.length === 0);
  });

  test("that was closed: nothing", async () => {
    const project = makeProject(family);
    const happening = proposed(project);
    const run = await runAction(project, { ...happening, payload: { ...happening.payload, action: "closed" } });
    expect(run).toMatchObject({ code: 0, annotations: [], outputs: { affected: "[]" } });
  });
});

test("a merge group is built and not pushed", async () => {
  const project = makeProject(single);
  const base = project.git("rev-parse", "HEAD");
  project.git("checkout", "--quiet", "-b", "gh-readonly-queue/main/pr-7");
  const head = project.commit({ "images/alone/alone": "queued\n" });
  const run = await runAction(project, {
    event: "merge_group",
    ref: "refs/heads/gh-readonly-queue/main/pr-7",
    payload: {
      action: "checks_requested",
      merge_group: { base_sha: base, head_sha: head, base_ref: "refs/heads/main" },
    },
  });
  expect(run.code).toBe(0);
  expect(affected(run)).toEqual(["alone"]);
  expect(await isUntouched(project)).toBe(true);
});

describe("a version", () => {
  test("that is released gets its own tags, its lines' and latest", async () => {
    const project = makeProject(single);
    project.git("tag", "v1.4.2");
    const commit = project.git("rev-parse", "HEAD");
    const run = await runAction(project, {
      event: "release",
      ref: "refs/tags/v1.4.2",
      payload: { action: "published", release: { tag_name: "v1.4.2", prerelease: false } },
    });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(await tagsOf(`${project.own}/alone`)).toEqual(["1", "1.4", "1.4.2", "v1.4.2", commit, "latest"].sort());
  });

  test("that is a candidate moves no line and no latest", async () => {
    const project = makeProject(single);
    project.git("tag", "--annotate", "--message", "One", "v1.5.0-rc.1");
    const commit = project.git("rev-parse", "HEAD");
    const run = await runAction(project, taggedPush("v1.5.0-rc.1"));
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(await tagsOf(`${project.own}/alone`)).toEqual(["1.5.0-rc.1", "v1.5.0-rc.1", commit].sort());
  });

  test("whose exact tag names other content already fails, and leaves it and its line where they are", async () => {
    const project = makeProject(single);
    project.git("tag", "v2.0.0");
    const first = await runAction(project, taggedPush("v2.0.0"));
    const old = await digestsOf(`${project.own}/alone`);
    project.commit({ "images/alone/alone": "another\n" });
    project.git("tag", "--force", "v2.0.0");

    const run = await runAction(project, taggedPush("v2.0.0"));

    expect(first.code).toBe(0);
    expect(run.code).toBe(1);
    const now = await digestsOf(`${project.own}/alone`);
    expect(now["2.0.0"]).toBe(old["2.0.0"]);
    expect(now["v2.0.0"]).toBe(old["2.0.0"]);
    expect(now.latest).toBe(old["2.0.0"]);
    expect(run.annotations).toEqual([expect.objectContaining({ level: "error" })]);
    expect(run.annotations[0]?.message).toMatch(/2\.0\.0/);
    expect(run.summary).toContain("2.0.0");
    expect(run.images.alone?.tags ?? []).not.toContain(`${project.own}/alone:2.0.0`);
  });
});

describe("a dispatch", () => {
  test("with `only` publishes that image alone, at once with what it stands on", async () => {
    const project = await published(family);
    const old = await digestsOf(`${project.own}/base`);
    project.commit({ "images/web/web": "two\n", "images/alone/alone": "two\n" });
    const run = await runAction(project, { event: "workflow_dispatch", inputs: { only: "w*" } });
    expect(run.code).toBe(0);
    expect(affected(run)).toEqual(["web"]);
    expect(run.images.web?.reason).toBe("asked for");
    expect(await digestsOf(`${project.own}/base`)).toEqual(old);
    expect((await digestsOf(`${project.own}/web`)).latest).toBe(run.images.web?.digest);
  });

  test("of a checkout that holds another commit than the event's moves no tag that moves", async () => {
    const project = await published(single);
    const old = project.git("rev-parse", "HEAD");
    const before = await digestsOf(`${project.own}/alone`);
    const head = project.commit({ "images/alone/alone": "two\n" });
    const run = await runAction(project, {
      event: "workflow_dispatch",
      sha: head,
      workspace: await project.checkOut({ ref: "refs/heads/main", sha: old }),
    });
    expect(run.code).toBe(0);
    expect(run.annotations).toEqual([expect.objectContaining({ level: "warning" })]);
    expect(run.annotations[0]?.message).toContain("not the event's commit");
    expect(await digestsOf(`${project.own}/alone`)).toEqual(before);
  });

  test("with the ref of a release publishes that release from its own commit, whatever main has since", async () => {
    const project = await published(single);
    const released = project.git("rev-parse", "HEAD");
    project.git("tag", "-a", "v1.4.0", "-m", "Release");
    const head = project.commit({ "images/alone/alone": "two\n" });
    const main = await digestsOf(`${project.own}/alone`);
    const workspace = await project.checkOut({ ref: "refs/tags/v1.4.0", sha: released });
    const tags = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}";
    const run = await runAction(project, {
      event: "workflow_dispatch",
      sha: head,
      workspace,
      inputs: { ref: "v1.4.0", tags },
    });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    const now = await digestsOf(`${project.own}/alone`);
    expect(now["1.4.0"]).toBe(run.images.alone?.digest);
    expect(now).toMatchObject({ main: main.main, latest: now["1.4.0"], "1.4": now["1.4.0"] });
  });
});

describe("`ref` that is a commit", () => {
  test.each(["schedule", "repository_dispatch"])("of another branch, on %s: its own tags alone", async (event) => {
    const project = await published(single);
    const main = project.git("rev-parse", "HEAD");
    const before = await digestsOf(`${project.own}/alone`);
    project.git("checkout", "--quiet", "-b", "feature");
    const sha = project.commit({ "images/alone/alone": "feature\n" });
    const workspace = await project.checkOut({ ref: "refs/heads/feature", sha });
    const run = await runAction(project, { event, sha: main, workspace, inputs: { ref: sha } });
    expect(run).toMatchObject({ code: 0, annotations: [{ level: "warning" }] });
    expect(run.annotations[0]?.message).toContain(
      `no tags of the branch main (main, latest): ${sha.slice(0, 7)} is checked out, which the branch main doesn't contain`,
    );
    const digest = run.images.alone?.digest ?? "";
    expect(await digestsOf(`${project.own}/alone`)).toEqual({ ...before, [sha]: digest });
    const { document } = await manifestOf(`${project.own}/alone`, digest);
    expect(document.annotations).toMatchObject({ "io.image-publish.ref": `refs/commits/${sha}` });
  });

  test("before the branch's head: its tags go back with `move: any` alone", async () => {
    const project = await published(single);
    const old = project.git("rev-parse", "HEAD");
    const head = project.commit({ "images/alone/alone": "two\n" });
    await runAction(project, pushed(old, "main"));
    const before = await digestsOf(`${project.own}/alone`);
    const workspace = await project.checkOut({ ref: "refs/heads/main", sha: old });
    const byHand = { event: "workflow_dispatch", sha: head, workspace };
    const kept = await runAction(project, { ...byHand, inputs: { ref: old } });
    expect(kept.code).toBe(0);
    expect(await digestsOf(`${project.own}/alone`)).toEqual(before);
    const back = await runAction(project, { ...byHand, inputs: { ref: old, move: "any" } });
    expect(back).toMatchObject({ code: 0, annotations: [] });
    const now = await digestsOf(`${project.own}/alone`);
    expect(now).toMatchObject({ main: before[old], latest: before[old] });
  });
});

test("a schedule builds everything without cache, and moves nothing but what moves", async () => {
  const project = await published(single);
  const old = await digestsOf(`${project.own}/alone`);
  const commit = project.git("rev-parse", "HEAD");
  const run = await runAction(project, { event: "schedule", payload: { schedule: "0 23 * * 0" } });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(run.images.alone?.reason).toBe("scheduled");
  expect(stepsIn(run.log)).toEqual({ alone: { ran: 1, cached: 0 } });
  const digest = run.images.alone?.digest;
  expect(digest).not.toBe(old.main);
  expect(await digestsOf(`${project.own}/alone`)).toEqual({ [commit]: old[commit], main: digest, latest: digest });
});
