/** Three variants of one image as tags of one repository, from the first push to overtaking runs, on a real registry. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed, taggedPush } from "./events.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { manifestOf, plant, sourceTagsOf } from "./registry.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

jest.setTimeout(300_000);

const config = `images:
  full: {}
  slim:
    flavor: suffix=-slim,onlatest=true
  web:
    flavor: suffix=-web,onlatest=true
`;

/** full ← slim by its tag on the default branch, and web alone. */
const variants: Changes = {
  ".github/image-publish.yml": config,
  "images/full/Dockerfile": "FROM scratch\nCOPY full /\n",
  "images/full/full": "one\n",
  "images/slim/Dockerfile": "FROM {own}/python:main\nCOPY slim /\n",
  "images/slim/slim": "one\n",
  "images/web/Dockerfile": "FROM scratch\nCOPY web /\n",
  "images/web/web": "one\n",
};

const actions = ({ images }: Ended) =>
  Object.fromEntries(Object.entries(images).map(([name, each]) => [name, each.action]));

/** A run that pushes all images to one repository. */
function run(project: Project, happening: Happening): Promise<Ended> {
  const inputs = { images: python(project), ...happening.inputs };
  return runAction(project, { ...happening, inputs });
}

async function published(): Promise<Project> {
  const project = makeProject(variants);
  expect(await run(project, firstPush)).toMatchObject({ code: 0, annotations: [] });
  return project;
}

const python = (project: Project) => `${project.own}/python`;
const head = (project: Project) => project.git("rev-parse", "HEAD");
const endings = { full: "", slim: "-slim", web: "-web" };

async function digests(project: Project, tag: string): Promise<Readonly<Record<string, string>>> {
  const found = Object.entries(endings).map(
    async ([name, ending]) => [name, (await manifestOf(python(project), `${tag}${ending}`)).digest] as const,
  );
  return Object.fromEntries(await Promise.all(found));
}

async function imageOf(project: Project, tag: string): Promise<string | undefined> {
  const { document } = await manifestOf(python(project), tag);
  return document.annotations?.["io.image-publish.image"];
}

test("each variant has its own tags and record, and a later push finds each by them", async () => {
  const project = await published();
  expect(
    await Promise.all(["main", "main-slim", "main-web", "latest-slim"].map((tag) => imageOf(project, tag))),
  ).toEqual([...["full", "slim", "web", "slim"]]);
  expect(await sourceTagsOf(python(project))).toHaveLength(3);

  const again = await run(project, firstPush);
  expect(actions(again)).toEqual({ full: "skip", slim: "skip", web: "skip" });

  const before = await digests(project, "main");
  const commit = head(project);
  project.commit({ "images/web/web": "two\n" });
  const leaf = await run(project, pushed(commit));
  expect(leaf).toMatchObject({ code: 0, annotations: [] });
  expect(actions(leaf)).toEqual({ full: "skip", slim: "skip", web: "build" });
  const after = await digests(project, "main");
  expect(after).toEqual({ ...before, web: leaf.images.web?.digest });
  expect(after.web).not.toBe(before.web);
});

test("a base's variant depends on it, and a release is the very digests, each line for itself", async () => {
  const project = await published();
  const commit = head(project);
  project.commit({ "images/full/full": "two\n" });
  const base = await run(project, pushed(commit));
  expect(actions(base)).toEqual({ full: "build", slim: "build", web: "skip" });
  project.git("tag", "v1.2.3");
  const release = await run(project, taggedPush("v1.2.3"));
  expect(release).toMatchObject({ code: 0, annotations: [] });
  expect(actions(release)).toEqual({ full: "promote", slim: "promote", web: "promote" });
  for (const tag of ["1.2.3", "1.2", "latest"])
    expect(await digests(project, tag)).toEqual(await digests(project, "main"));

  // A higher release of one variant alone holds back no other's line.
  project.commit({ "images/full/full": "three\n" });
  project.git("tag", "slim-v1.3.0");
  const alone = await run(project, taggedPush("slim-v1.3.0"));
  expect(alone).toMatchObject({ code: 0 });
  project.git("tag", "v1.2.4");
  const patch = await run(project, taggedPush("v1.2.4"));
  expect(patch).toMatchObject({ code: 0 });
  const latest = await digests(project, "latest");
  const exact = await digests(project, "1.2.4");
  expect(latest.full).toBe(exact.full);
  expect(latest.web).toBe(exact.web);
  expect(latest.slim).toBe((await manifestOf(python(project), "1.3.0-slim")).digest);
});

test("a slow run of an older commit moves none of the tags back", async () => {
  const project = await published();
  const first = head(project);
  const second = project.commit({ "images/web/web": "two\n" });
  const newer = project.commit({ "images/web/web": "three\n", "images/full/full": "three\n" });
  expect(await run(project, { ...pushed(second), sha: newer })).toMatchObject({ code: 0 });
  const now = await digests(project, "main");
  const slow = await run(project, { ...pushed(first), sha: second });
  expect(slow.code).toBe(0);
  expect(await digests(project, "main")).toEqual(now);
});

test("a schedule rebuilds each, and pushes each under its own tags", async () => {
  const project = await published();
  const before = await digests(project, "main");
  const rebuilt = await run(project, { event: "schedule", payload: { schedule: "0 0 * * 0" } });
  expect(rebuilt).toMatchObject({ code: 0 });
  expect(actions(rebuilt)).toEqual({ full: "build", slim: "build", web: "build" });
  const after = await digests(project, "main");
  expect(await Promise.all(Object.values(endings).map((ending) => imageOf(project, `main${ending}`)))).toEqual(
    Object.keys(endings),
  );
  expect(Object.keys(after)).toEqual(Object.keys(before));
});

test("a tag that names another image stays, and the run fails with both names", async () => {
  const project = await published();
  const planted = await plant(python(project), "main-web", { like: "main", annotations: {} });
  const commit = head(project);
  project.commit({ "images/web/web": "two\n" });
  const ended = await run(project, pushed(commit));
  expect(ended.code).toBe(1);
  expect(ended.annotations.map(({ message }) => message).join("\n")).toMatch(
    /web can't be published: main-web names the image full/,
  );
  expect((await manifestOf(python(project), "main-web")).digest).toBe(planted);
  const repaired = await run(project, { ...pushed(commit), inputs: { move: "any" } });
  expect(repaired.code).toBe(0);
  expect(await imageOf(project, "main-web")).toBe("web");
});

test("images that would have one tag are an error before anything is built", async () => {
  const project = makeProject(
    Object.fromEntries(Object.entries(variants).filter(([path]) => path.startsWith("images/"))),
  );
  const ended = await run(project, firstPush);
  expect(ended.code).toBe(1);
  expect(ended.annotations.map(({ message }) => message).join("\n")).toMatch(
    /full, slim and web would all have the tag/,
  );
});
