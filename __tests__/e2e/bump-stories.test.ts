/** What becomes of pins as a workflow's runs go well or wrong, on GitHub and on a laptop. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { firstPush, pullRequest, pushed, taggedPush } from "./events.ts";
import { type OnGitHub, withGitHubProject } from "./on-github.ts";
import type { Changes } from "./project.ts";
import { manifestOf, tagsOf } from "./registry.ts";
import { newFolder, rig, root } from "./rig.ts";

jest.setTimeout(240_000);

const calver = { tags: "type=calver", flavor: "latest=false" };
const oldest = "2020.01.01-0000000";

const image = (content: string, name = "app"): Changes => ({
  [`images/${name}/Dockerfile`]: "FROM scratch\nCOPY page /\n",
  [`images/${name}/page`]: content,
});

const manifest = (tag: string, name = "app"): string => `image: "{own}/${name}:${tag}" # in production\n`;
const files: Changes = { ...image("one"), "deploy/app.yaml": manifest(oldest) };

/** The version that the last commit's run gave an image. */
const newest = async ({ project }: OnGitHub, name = "app"): Promise<string> => {
  const sha = project.git("rev-parse", "--short=7", "main");
  return (await tagsOf(`${project.own}/${name}`)).find((tag) => tag.endsWith(`-${sha}`)) ?? "not published";
};

const fileOn = ({ project }: OnGitHub, ref: string, path: string): string =>
  `${project.git("show", `${ref}:${path}`)}\n`.replaceAll(project.own, "{own}");

describe("kube9: a chart follows a release", () => {
  const values = (tag: string, digest: string): string =>
    `image:\n  repository: {own}\n  tag: "${tag}"\n  digest: ${digest}\n  pullPolicy: Always\n`;
  const chart = (version: string): string =>
    `apiVersion: v2\nname: operator\nversion: 0.1.0\nappVersion: "${version}"\n`;
  const paths = { chart: "charts/operator/Chart.yaml", values: "charts/operator/values.yaml" };

  test("version, tag and digest in one pull request; after it is merged nothing is left to do", async () => {
    const before = { [paths.chart]: chart("1.2.2"), [paths.values]: values("1.2.2", `sha256:${"0".repeat(64)}`) };
    await withGitHubProject({ Dockerfile: "FROM scratch\nCOPY main /\n", main: "", ...before }, async (world) => {
      const { project, fake } = world;
      const inputs = { "check-pins": "" };
      expect(await world.run({ ...firstPush, inputs })).toMatchObject({ code: 0, annotations: [] });
      expect(fake.asked).toEqual([]);

      project.git("tag", "v1.2.3");
      expect(await world.run({ ...taggedPush("v1.2.3"), inputs })).toMatchObject({ code: 0, annotations: [] });
      const branch = "image-publish/bump-images";
      expect(world.openPulls()).toMatchObject([{ branch, base: "main", title: "Bump images from 1.2.2 to 1.2.3" }]);
      const { digest } = await manifestOf(project.own, "1.2.3");
      expect(world.changedFiles("main", branch)).toEqual([paths.chart, paths.values]);
      expect(fileOn(world, branch, paths.values)).toBe(values("1.2.3", digest));
      expect(fileOn(world, branch, paths.chart)).toBe(chart("1.2.3"));

      fake.asked.length = 0;
      const head = fake.branches.head(branch);
      expect(await world.run({ ...taggedPush("v1.2.3"), inputs })).toMatchObject({ code: 0, annotations: [] });
      expect(fake.asked).toMatchObject([{ operation: "Bump" }]);
      expect(fake.branches.head(branch)).toBe(head);

      const old = project.git("rev-parse", "main");
      world.merge(branch, "main");
      expect(await world.run({ ...pushed(old), inputs })).toMatchObject({ code: 0, annotations: [] });
      expect(fake.branches.head(branch)).toBeUndefined();
      expect(world.openPulls()).toEqual([]);
    });
  });
});

test("a run was lost before its pull request: `command: bump` makes it of what the registry holds", async () => {
  await withGitHubProject(files, async (world) => {
    await world.run({ ...firstPush, inputs: { ...calver, bump: "false" } });
    expect(world.openPulls()).toEqual([]);
    await world.push(image("two"), { ...calver, bump: "false" });
    const tag = await newest(world);
    const bump = { event: "workflow_dispatch", inputs: { ...calver, command: "bump" } };
    expect(await world.run(bump)).toMatchObject({ code: 0, annotations: [] });
    expect(world.openPulls()).toMatchObject([{ title: `Bump app from ${oldest} to ${tag}` }]);
    expect(fileOn(world, "image-publish/bump-app", "deploy/app.yaml")).toBe(manifest(tag));
    world.fake.asked.length = 0;
    expect(await world.run(bump)).toMatchObject({ code: 0, annotations: [] });
    expect(world.fake.asked).toMatchObject([{ operation: "Bump" }]);
  });
});

test("what the gate holds moves no pin", async () => {
  const alpine = (version: string): Changes => ({
    "images/app/Dockerfile": "FROM scratch\nCOPY root /\n",
    "images/app/root/etc/os-release": 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n',
    "images/app/root/lib/apk/db/installed": `P:openssl\nV:${version}\nA:x86_64\no:openssl\nL:MIT\n\n`,
  });
  const inputs = { ...calver, scan: "true" };
  const env = { TRIVY_DB_REPOSITORY: rig.trivy.db, TRIVY_JAVA_DB_REPOSITORY: rig.trivy.javaDb };
  await withGitHubProject({ ...alpine("3.3.9-r0"), "deploy/app.yaml": manifest(oldest) }, async (world) => {
    expect(await world.run({ ...firstPush, inputs, env })).toMatchObject({ code: 0 });
    const [{ title } = { title: "" }] = world.openPulls();
    expect(title).toBe(`Bump app from ${oldest} to ${await newest(world)}`);
    const before = world.project.git("rev-parse", "main");
    world.project.commit(alpine("3.3.1-r0"));
    expect(await world.run({ ...pushed(before), inputs, env })).toMatchObject({ code: 1 });
    expect(world.openPulls()).toMatchObject([{ title }]);
    expect(await newest(world)).toBe("not published");
  });
});

describe("a laptop", () => {
  test("`bump --dry-run` shows what would move, without a token, and changes nothing", async () => {
    await withGitHubProject(files, async (world) => {
      const { project } = world;
      await world.run({ ...firstPush, inputs: { ...calver, bump: "false" } });
      const folder = await project.checkOut({ depth: 0 });
      const given = { ...calver, images: `${project.own}/{{name}}` };
      const options = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(root, "dist/index.js"), "bump", "--dry-run", ...options],
        { cwd: folder, env: { PATH: process.env.PATH, HOME: newFolder("home") }, encoding: "utf8" },
      );
      expect(status).toBe(0);
      expect(stdout).toContain(`-${manifest(oldest)}`.replaceAll("{own}", project.own));
      expect(stdout).toContain(`+${manifest(await newest(world))}`.replaceAll("{own}", project.own));
      expect(stdout).toContain("1 pin would move, by pull request.");
      expect(project.git("branch", "--list", "image-publish/*")).toBe("");
      expect(world.fake.asked).toEqual([]);
    });
  });
});

test("a pull request, from a fork too, and a merge group move no pin", async () => {
  await withGitHubProject(files, async (world) => {
    const { project, fake } = world;
    await world.run({ ...firstPush, inputs: { ...calver, bump: "false" } });
    project.git("checkout", "--quiet", "-b", "feature");
    project.commit(image("two"));
    project.git("checkout", "--quiet", "main");
    for (const from of [project.slug, "mallory/images"]) {
      expect(await world.run({ ...pullRequest(project, "feature", { from }), inputs: calver })).toMatchObject({
        code: 0,
      });
    }
    const queue = "refs/heads/gh-readonly-queue/main/pr-7-abc";
    project.git("update-ref", queue, "feature");
    const [base_sha, head_sha] = [project.git("rev-parse", "main"), project.git("rev-parse", "feature")];
    const merge_group = { base_sha, head_sha, base_ref: "refs/heads/main", head_ref: queue };
    const group = { event: "merge_group", ref: queue, payload: { action: "checks_requested", merge_group } };
    expect(await world.run({ ...group, inputs: calver })).toMatchObject({ code: 0 });
    expect(fake.asked).toEqual([]);
  });
});

describe("GitHub does not let workflows open pull requests", () => {
  test("the run is green, with a warning and a link that opens it", async () => {
    await withGitHubProject(files, async (world) => {
      world.fake.rules.mayOpenPulls = false;
      const run = await world.run({ ...firstPush, inputs: calver });
      expect(run.code).toBe(0);
      expect(run.annotations).toMatchObject([
        {
          level: "warning",
          message: expect.stringMatching(/not permitted[\s\S]*Allow GitHub Actions.*\/compare\/main\.\.\./),
        },
      ]);
      expect(run.summary).toMatch(/\[open it\]\(http[^)]*\/compare\/main\.\.\.image-publish\/bump-app/);
      expect(fileOn(world, "image-publish/bump-app", "deploy/app.yaml")).toBe(manifest(await newest(world)));
      expect(JSON.parse(run.outputs["pull-requests"] ?? "")).toMatchObject([{ outcome: "refused", number: null }]);
    });
  });

  test("it is red where pull requests are required", async () => {
    const config = { ".github/image-publish.yml": "bump: {required: true}\n" };
    await withGitHubProject({ ...files, ...config }, async (world) => {
      world.fake.rules.mayOpenPulls = false;
      const run = await world.run({ ...firstPush, inputs: calver });
      expect(run.code).toBe(1);
      expect(run.images.app?.tags).toHaveLength(1);
      expect(run.annotations.map(({ level }) => level)).toContain("error");
    });
  });
});

describe("what is proposed together", () => {
  const two: Changes = {
    ...image("one"),
    ...image("one", "web"),
    "deploy/app.yaml": manifest(oldest),
    "deploy/web.yaml": manifest(oldest, "web"),
    "docs/old.yaml": manifest(oldest),
  };

  test("each image has a pull request of its own", async () => {
    await withGitHubProject(two, async (world) => {
      await world.run({ ...firstPush, inputs: calver });
      expect(
        world
          .openPulls()
          .map(({ branch }) => branch)
          .sort(),
      ).toEqual(["image-publish/bump-app", "image-publish/bump-web"]);
    });
  });

  test("`grouped`: one for all; it takes the place of those that were open", async () => {
    await withGitHubProject(two, async (world) => {
      await world.run({ ...firstPush, inputs: calver });
      const grouped = { ".github/image-publish.yml": "bump: {grouped: true, labels: [images]}\n" };
      expect(await world.push(grouped, calver)).toMatchObject({ code: 0, annotations: [] });
      expect(world.openPulls()).toMatchObject([
        { branch: "image-publish/bump", title: "Bump 2 images: app, web", labels: ["images"] },
      ]);
      expect(world.changedFiles("main", "image-publish/bump")).toEqual([
        "deploy/app.yaml",
        "deploy/web.yaml",
        "docs/old.yaml",
      ]);
      expect(world.fake.branches.head("image-publish/bump-app")).toBeUndefined();
    });
  });

  test("globs name the files whose pins follow", async () => {
    await withGitHubProject(two, async (world) => {
      await world.run({ ...firstPush, inputs: { ...calver, bump: "deploy/**/*.yaml" } });
      expect(world.changedFiles("main", "image-publish/bump-app")).toEqual(["deploy/app.yaml"]);
    });
  });
});

describe("somebody else's branch under our name", () => {
  test("stays as it is, and the run warns; once it is gone the pull request comes", async () => {
    await withGitHubProject(files, async (world) => {
      const { project, fake } = world;
      const branch = "image-publish/bump-app";
      project.git("checkout", "--quiet", "-b", branch);
      const theirs = project.commit({ "deploy/app.yaml": `${manifest(oldest)}privileged: true\n` });
      project.git("checkout", "--quiet", "main");

      const run = await world.push(image("two"), calver);
      expect(run.code).toBe(0);
      expect(run.annotations.map(({ message }) => message).join("\n")).toContain(
        `the branch ${branch} isn't one that this action made`,
      );
      expect([fake.branches.head(branch), world.openPulls()]).toEqual([theirs, []]);

      fake.branches.move(branch, undefined);
      expect(await world.push(image("three"), calver)).toMatchObject({ code: 0, annotations: [] });
      expect(world.openPulls()).toMatchObject([{ branch }]);
    });
  });
});
