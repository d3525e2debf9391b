/** A git tag that names no image, from the checkout to the plan. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Laptop, makeLaptop } from "./laptop.ts";

let laptop: Laptop;
let patterned: Laptop;
const both = { "images/web/Dockerfile": "FROM alpine\n", "images/agent/Dockerfile": "FROM alpine\n" };
beforeAll(() => {
  laptop = makeLaptop(both);
  patterned = makeLaptop({
    ...both,
    "images/helper/Dockerfile": "FROM alpine\n",
    ".github/image-publish.yml": `images:
  web: {release-tag: "site-{{version}}"}
  helper: {publish: false}
`,
  });
});
afterAll(() => {
  laptop.remove();
  patterned.remove();
});

interface Planned {
  readonly images: readonly { readonly name: string; readonly kind: string }[];
}

async function actions(tag: string, inputs: Readonly<Record<string, string>> = {}, of = laptop) {
  const { json, beside } = await of.plan({ ref: `refs/tags/${tag}`, inputs });
  const { images } = JSON.parse(JSON.stringify(json)) as Planned;
  return {
    actions: Object.fromEntries(images.map(({ name, kind }) => [name, kind])),
    warning: beside.find((each) => each.includes("git tag")),
  };
}

const nothing = { web: "skip", agent: "skip" };

test.each(["wbe-v1.2.3", "wbe/v1.2.3", "wbe@1.2.3", "agnt-1.2.3"])("%s is a typo, and the run fails", async (tag) => {
  await expect(actions(tag)).rejects.toMatchObject({
    message: expect.stringMatching(/names no image: did you mean "(?:web|agent)" instead of "(?:wbe|agnt)"\?$/),
    hint: expect.stringContaining("`release-tag`"),
  });
});

test.each<Record<string, string>>([{ path: "images/*" }, { only: "agent" }])(
  "with %j it is a warning",
  async (given) => {
    const { actions: all, warning } = await actions("wbe-v1.2.3", given);
    expect(all).toEqual(nothing);
    expect(warning).toMatch(/nothing is released: .*"wbe".*"web".*`release-tag`/);
  },
);

test("a name that is like none releases nothing, with a warning", async () => {
  const { actions: all, warning } = await actions("helm-v1.2.3");
  expect(all).toEqual(nothing);
  expect(warning).toMatch(/nothing is released: .*"helm".*nearest name is "web".*`release-tag`/);
});

test.each([
  ["v1.2.3", {}, { web: "build", agent: "build" }],
  ["web-v1.2.3", {}, { web: "build", agent: "skip" }],
  ["demo-2026", {}, { web: "build", agent: "build" }],
  ["wbe-v1.2.3", { tags: "type=match,pattern=^wbe-v(.*)$,group=1" }, { web: "build", agent: "build" }],
  ["wbe-v1.2.3", { tags: "type=raw,value=1.2.3,enable={{is_not_default_branch}}" }, { web: "build", agent: "build" }],
])("%s with %j has no such warning", async (tag, inputs, expected) => {
  expect(await actions(tag, inputs)).toEqual({ actions: expected, warning: undefined });
});

test.each(["wbe@latest", "wbe-vnext", "wbe-v", "agnet@1234abc"])("%s has no version, and is a typo", async (tag) => {
  await expect(actions(tag)).rejects.toMatchObject({
    message: expect.stringContaining("names no image: did you mean"),
  });
});

test.each([
  "type=raw,value=v1\ntype=ref,event=tag",
  "type=semver,pattern={{version}},value=9.9.9\ntype=ref,event=tag",
  "type=match,pattern=\\d,enable={{is_default_branch}}\ntype=ref,event=tag",
  "type=raw,value=1.2.3,enable={{is_default_branch}}\ntype=ref,event=tag",
])("it is one with the rules %j", async (tags) => {
  await expect(actions("wbe-v1.2.3", { tags })).rejects.toMatchObject({
    message: expect.stringContaining('did you mean "web"'),
  });
});

test.each(["web@latest", "web-vnext", "web@"])("%s releases nothing, as that is no version", async (tag) => {
  const { actions: all, warning } = await actions(tag);
  expect(all).toEqual(nothing);
  expect(warning).toMatch(/nothing is released: .*"web", and the text after the name isn't a version$/);
});

test.each(["web-v1.2.3", "web@1.2.3", "web/v1", "web-2026", "site-vnext"])(
  "%s releases nothing where web's releases are called otherwise",
  async (tag) => {
    const { actions: all, warning } = await actions(tag, {}, patterned);
    expect(all).toEqual({ ...nothing, helper: "skip" });
    expect(warning).toMatch(/nothing is released: .*"web", whose releases are named site-\{\{version\}\}/);
  },
);

test("a typo in what a pattern begins with is one", async () => {
  await expect(actions("stie-1.2.3", {}, patterned)).rejects.toMatchObject({
    message: 'the git tag stie-1.2.3 names no image: did you mean "site" instead of "stie"?',
    hint: expect.stringContaining("push one like site-1.2.3;"),
  });
});

test.each(["helper-v1.0", "helper/v1", "helper@1.2.3", "helper-1.2.3"])(
  "%s releases nothing, as it isn't published",
  async (tag) => {
    const { actions: all, warning } = await actions(tag, {}, patterned);
    expect(all).toEqual({ ...nothing, helper: "skip" });
    expect(warning).toMatch(/nothing is released: .*"helper" alone, which is not published/);
  },
);

test("what isn't published is built for the released image that takes it, and alone where all images are released", async () => {
  const used = makeLaptop({
    ...both,
    "images/web/Dockerfile": "FROM ghcr.io/o/r/helper\n",
    "images/helper/Dockerfile": "FROM alpine\n",
    "images/alone/Dockerfile": "FROM alpine\n",
    ".github/image-publish.yml":
      'images: {helper: {publish: false, release-tag: "s/{{version}}"}, alone: {publish: false, release-tag: "s/{{version}}"}, web: {release-tag: "s/{{version}}"}}\n',
  });
  try {
    const { actions: all, warning } = await actions("s/1.2.3", {}, used);
    expect(all).toEqual({ web: "build", helper: "build", agent: "skip", alone: "skip" });
    expect(warning).toBeUndefined();
  } finally {
    used.remove();
  }
});

test("where all images have patterns, a git tag that fits none says so", async () => {
  const own = makeLaptop({ ...both, ".github/image-publish.yml": 'defaults: {release-tag: "{{name}}/{{version}}"}\n' });
  try {
    const { actions: all, warning } = await actions("v1.2.3", {}, own);
    expect(all).toEqual(nothing);
    expect(warning).toMatch(
      /nothing is released: the git tag v1\.2\.3 doesn't match how any image's releases are named$/,
    );
    expect((await actions("v1.2.3", { only: "web" }, own)).warning).toBeUndefined();
    expect((await actions("web/1.2.3", {}, own)).actions).toEqual({ web: "build", agent: "skip" });
  } finally {
    own.remove();
  }
});
