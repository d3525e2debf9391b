/** klangk: a base image whose version the Dockerfile beside it pins, and the pull request that moves it. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { type OnGitHub, withGitHubProject } from "./on-github.ts";
import type { Changes } from "./project.ts";
import { manifestOf, tagsOf } from "./registry.ts";
import type { Ended } from "./run-action.ts";

jest.setTimeout(240_000);

const folder = "src/containers/workspace";
const branch = "image-publish/bump-klangk-workspace-base";
const calver = { tags: "type=calver", flavor: "latest=false" };

const base = (content: string): Changes => ({
  [`${folder}/Dockerfile.base`]: `FROM busybox:1.37\nRUN echo ${content} >/base\n`,
});

/** What is beside the pin, none of which may change. */
const pinned = (tag: string): Changes => ({
  [`${folder}/Dockerfile`]: `# klangk-workspace-base:2020.01.01-0000000 was the first\r\nARG  WORKSPACE_BASE_IMAGE="{own}/klangk-workspace-base:${tag}"\t\r\nFROM $WORKSPACE_BASE_IMAGE\r\nRUN echo {own}/klangk-workspace-base:${tag}`,
});

const oldest = "2020.01.01-0000000";

const files: Changes = {
  ...base("one"),
  ...pinned(oldest),
  ".github/image-publish.yml": `images:
  klangk-workspace-base: {file: ${folder}/Dockerfile.base}
  klangk-workspace: {path: ${folder}}
`,
};

/** What the base is called that was published last. */
const newest = async ({ project }: OnGitHub): Promise<string> => {
  const sha = project.git("rev-parse", "--short=7", "HEAD");
  const tags = await tagsOf(`${project.own}/klangk-workspace-base`);
  const own = tags.find((tag) => tag.endsWith(`-${sha}`)) ?? "";
  expect(own).toMatch(/^\d{4}\.\d{2}\.\d{2}-[0-9a-f]{7}$/);
  return own;
};

const dockerfileOn = ({ project }: OnGitHub, ref: string): string => project.git("show", `${ref}:${folder}/Dockerfile`);

/** Published for the first time; what pins it can't be built before. */
const begin = async (world: OnGitHub): Promise<string> => {
  const run = await world.run({ ...firstPush, inputs: { ...calver, only: "klangk-workspace-base" } });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  return newest(world);
};

/** The pull request is merged by a person. */
const mergeIt = (world: OnGitHub): Promise<Ended> => {
  const before = world.project.git("rev-parse", "main");
  world.merge(branch, "main");
  return world.run({ ...pushed(before), inputs: calver });
};

test("the pin follows the base image in the same run, by a pull request of one line", async () => {
  await withGitHubProject(files, async (world) => {
    const { project, fake } = world;
    const first = await begin(world);
    expect(world.openPulls()).toMatchObject([
      { number: 1, branch, base: "main", title: `Bump klangk-workspace-base from ${oldest} to ${first}` },
    ]);
    expect(world.changedFiles("main", branch)).toEqual([`${folder}/Dockerfile`]);
    expect(dockerfileOn(world, branch)).toBe(dockerfileOn(world, "main").replace(`:${oldest}"`, `:${first}"`));
    expect(project.git("rev-parse", `${branch}^`)).toBe(project.git("rev-parse", "main"));

    const merged = await mergeIt(world);
    expect(merged).toMatchObject({ code: 0, annotations: [] });
    expect(merged.images["klangk-workspace"]?.action).toBe("build");
    expect(fake.branches.pulls).toMatchObject([{ state: "MERGED" }]);
    expect(fake.branches.head(branch)).toBeUndefined();
    fake.asked.length = 0;
    const again = await world.run({ ...pushed(project.git("rev-parse", "HEAD~1")), inputs: calver });
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(fake.asked).toEqual([]);
  });
});

test("a newer base takes the older one's place in the pull request, and what a person merged into it stays", async () => {
  await withGitHubProject(files, async (world) => {
    const { project, fake } = world;
    const old = await begin(world);
    await mergeIt(world);

    const second = await world.push(base("two"), calver);
    expect(second).toMatchObject({ code: 0, annotations: [] });
    expect(JSON.parse(second.outputs["pull-requests"] ?? "")).toMatchObject([{ branch, outcome: "opened", number: 2 }]);
    expect(second.summary).toMatch(/### Pins[\s\S]*#2.*opened/);
    const tag = await newest(world);
    const { digest } = await manifestOf(`${project.own}/klangk-workspace-base`, tag);
    const [{ body } = { body: "" }] = world.openPulls();
    for (const said of [digest.slice(7, 14), `${folder}/Dockerfile`, old, tag]) expect(body).toContain(said);

    // Nothing to do: one question to GitHub.
    fake.asked.length = 0;
    const again = await world.run({ ...pushed(project.git("rev-parse", "HEAD~1")), inputs: calver });
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(fake.asked).toMatchObject([{ operation: "Bump" }]);

    expect(await world.push(base("three"), calver)).toMatchObject({ code: 0, annotations: [] });
    const newer = await newest(world);
    expect(world.openPulls()).toMatchObject([
      { number: 2, branch, title: `Bump klangk-workspace-base from ${old} to ${newer}` },
    ]);
    expect(project.git("log", "--format=%s", `main..${branch}`).split("\n")).toHaveLength(1);
    expect(dockerfileOn(world, branch)).toContain(`:${newer}"`);

    project.commit({ "README.md": "klangk\n" });
    world.merge("main", branch);
    const theirs = project.git("rev-parse", branch);
    const after = await world.run({ ...pushed(project.git("rev-parse", "HEAD~1")), inputs: calver });
    expect(after).toMatchObject({ code: 0, annotations: [] });
    expect(project.git("rev-parse", branch)).toBe(theirs);

    // What is newer still comes on top of it.
    await world.push(base("four"), calver);
    expect(project.git("rev-parse", `${branch}^`)).toBe(theirs);
    expect(dockerfileOn(world, branch)).toContain(`:${await newest(world)}"`);
    expect(world.openPulls()).toMatchObject([{ number: 2 }]);
  });
});

test("a stable branch keeps its own pin, and what it publishes moves none", async () => {
  await withGitHubProject(files, async (world) => {
    const { project } = world;
    const old = await begin(world);
    await mergeIt(world);
    project.git("checkout", "--quiet", "-b", "stable");
    const before = project.git("rev-parse", "HEAD");
    project.commit(base("fixed"));
    const run = await world.run({ ...pushed(before, "stable"), inputs: calver });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(run.log).toContain("no pin moves: they follow main, and this is stable");
    const fixed = await newest(world);
    project.git("checkout", "--quiet", "main");

    // What main's runs find in the registry is not the stable branch's.
    const other = await world.push({ "README.md": "klangk\n" }, calver);
    expect(other).toMatchObject({ code: 0, annotations: [] });
    expect(world.openPulls()).toEqual([]);

    await world.push(base("two"), calver);
    expect(world.openPulls()).toHaveLength(1);
    expect(dockerfileOn(world, branch)).not.toContain(fixed);
    expect(dockerfileOn(world, "stable")).toContain(`:${old}"`);
  });
});
