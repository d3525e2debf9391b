/** What a fork's commit decides, whatever the event under which it is checked out: nothing beyond its own build. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type ForgeFront, serveForge } from "./forge-front.ts";
import { makeProject, type Project } from "./project.ts";
import { manifestOf, sourceTagsOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

jest.setTimeout(180_000);

const dockerfile = "FROM busybox:1.37\nRUN --mount=type=secret,id=npm test ! -e /run/secrets/npm\nCOPY content /\n";
const baseConfig = "images:\n  app: {labels: {of: base}}\n";
const forkConfig = [
  "defaults:",
  "  images: {registry}/evil/{{name}}",
  "  tags: type=raw,value=prod",
  "images:",
  "  app: {labels: {of: fork}}",
].join("\n");

interface World {
  readonly project: Project;
  readonly fork: string;
  readonly main: string;
  readonly forge: ForgeFront;
}

let world: World;

beforeAll(async () => {
  const project = makeProject({
    "images/app/Dockerfile": dockerfile,
    "images/app/content": "main\n",
    ".github/image-publish.yml": baseConfig,
  });
  const main = project.git("rev-parse", "HEAD");
  project.git("checkout", "--quiet", "-b", "of-the-fork");
  const fork = project.commit({
    "images/app/content": "fork\n",
    ".github/image-publish.yml": forkConfig.replace("{registry}", rig.registry),
  });
  project.git("checkout", "--quiet", "main");
  project.git("branch", "--quiet", "-D", "of-the-fork");
  project.git("update-ref", "refs/pull/7/head", fork);
  const forge = await serveForge(project, { 7: fork });
  world = { project, fork, main, forge };
});

afterAll(() => world.forge.close());

let count = 0;

/** Runs with the fork's commit checked out, and images of a name that no other test pushes. */
async function runOnFork(happening: Happening): Promise<Ended & { readonly repository: string }> {
  const { project, fork, main, forge } = world;
  count += 1;
  const repository = `${project.own}/preview-${count}`;
  const run = await runAction(project, {
    sha: main,
    workspace: await project.checkOut({ ref: "refs/pull/7/head", sha: fork }),
    ...happening,
    inputs: {
      images: repository,
      cache: "none",
      secrets: "npm=top-secret-value",
      ...happening.inputs,
    },
    env: { ...forge.env, ...happening.env },
  });
  return { ...run, repository };
}

const events = ["workflow_run", "issue_comment", "repository_dispatch", "workflow_dispatch", "schedule", "push"];

test.each(events)("%s: nothing is pushed, whatever `push: true` says", async (event) => {
  const run = await runOnFork({ event, payload: { before: world.main }, inputs: { push: "true" } });
  expect(run.code).toBe(0);
  expect(await tagsOf(run.repository)).toEqual([]);
  expect(run.images.app).toMatchObject({ action: "build", tags: [] });
  const [warning, ...others] = run.annotations.filter(({ message }) => message.includes("this checkout is untrusted"));
  expect(others).toEqual([]);
  expect(warning?.message).toMatch(/is checked out, which no branch and no tag of \S+ contains/);
  expect(warning?.message).toContain("`push: true` means `auto` here.");
  expect(warning?.message).toContain("It gets no build secrets.");
});

describe("`push: untrusted`", () => {
  test.each(["workflow_run", "issue_comment", "schedule"])("%s: the head's own names, and no record", async (event) => {
    const run = await runOnFork({ event, inputs: { push: "untrusted", tags: "type=raw,value=prod" } });
    expect(run.code).toBe(0);
    expect(await tagsOf(run.repository)).toEqual(["pr-7", `sha-${world.fork}`]);
    expect(await sourceTagsOf(run.repository)).toEqual([]);
    const { document } = await manifestOf(run.repository, "pr-7");
    expect(Object.keys(document.annotations ?? {}).filter((key) => key.startsWith("io.image-publish."))).toEqual([]);
  });

  test("a fork's pull request is not pushed", async () => {
    const { main, fork, project } = world;
    const pull = {
      number: 7,
      base: { ref: "main", sha: main, repo: { full_name: project.slug } },
      head: { ref: "x", sha: fork, repo: { full_name: "mallory/images" } },
    };
    for (const event of ["pull_request", "pull_request_target"]) {
      const run = await runOnFork({
        event,
        payload: { action: "synchronize", number: 7, pull_request: pull },
        inputs: { push: "untrusted" },
      });
      expect(run.code).toBe(0);
      expect(await tagsOf(run.repository)).toEqual([]);
    }
  });
});

test("a merge group pushes none of a fork's", async () => {
  const { main } = world;
  const run = await runOnFork({
    event: "merge_group",
    ref: "refs/heads/gh-readonly-queue/main/pr-7",
    payload: { action: "checks_requested", merge_group: { base_sha: main, head_sha: main } },
    inputs: { push: "untrusted" },
  });
  expect(run.code).toBe(0);
  expect(await tagsOf(run.repository)).toEqual([]);
});

const planIn = (run: Ended) => JSON.parse(readFileSync(run.outputs.plan ?? "", "utf8"));

test("where to push comes from the base's config file, and labels from the fork's", async () => {
  const run = await runOnFork({ event: "workflow_run", inputs: { images: "", push: "untrusted" } });
  const [app] = planIn(run).images;
  // The forge's own registry, by the default name; nothing listens to the fork's `images`.
  expect(app.repositories).toEqual([`${world.forge.host}/${world.project.slug}/app`]);
  expect(app.labels.of).toBe("fork");
  expect(run.log).not.toContain("/evil/");
  expect(await tagsOf(`${rig.registry}/evil/app`)).toEqual([]);
});

test("also where the forge takes the fork's commit for the event's own", async () => {
  const { fork } = world;
  const event = { event: "issue_comment", ref: "refs/pull/7/head", sha: fork };
  const run = await runOnFork({ ...event, inputs: { images: "", push: "untrusted" } });
  expect(run.code).toBe(0);
  expect(planIn(run).images[0].repositories).toEqual([`${world.forge.host}/${world.project.slug}/app`]);
  expect(run.log).not.toContain("/evil/");
  expect(await tagsOf(`${rig.registry}/evil/app`)).toEqual([]);
});

test("the same commit is trusted once a branch of the repository contains it", async () => {
  const { project, fork, main, forge } = world;
  project.git("branch", "merged", fork);
  try {
    const run = await runAction(project, {
      event: "workflow_dispatch",
      sha: main,
      workspace: await project.checkOut({ ref: "refs/pull/7/head", sha: fork }),
      inputs: { cache: "none", push: "false" },
      env: forge.env,
    });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(planIn(run).images[0].repositories).toEqual([`${rig.registry}/evil/app`]);
  } finally {
    project.git("branch", "-D", "merged");
  }
});
