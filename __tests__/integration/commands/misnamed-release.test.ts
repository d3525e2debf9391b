/** A git tag that names no image, from the checkout to the plan. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Laptop, makeLaptop } from "./laptop.ts";

let laptop: Laptop;
beforeAll(() => {
  laptop = makeLaptop({ "images/web/Dockerfile": "FROM alpine\n", "images/agent/Dockerfile": "FROM alpine\n" });
});
afterAll(() => laptop.remove());

interface Planned {
  readonly images: readonly { readonly name: string; readonly kind: string }[];
}

async function actions(tag: string, inputs: Readonly<Record<string, string>> = {}) {
  const { json, beside } = await laptop.plan({ ref: `refs/tags/${tag}`, inputs });
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
  expect(warning).toMatch(/nothing is released: .*"helm".*nearest is "web".*`release-tag`/);
});

test.each([
  ["v1.2.3", {}, { web: "build", agent: "build" }],
  ["web-v1.2.3", {}, { web: "build", agent: "skip" }],
  ["demo-2026", {}, { web: "build", agent: "build" }],
  ["wbe-v1.2.3", { tags: "type=match,pattern=^wbe-v(.*)$,group=1" }, { web: "build", agent: "build" }],
])("%s with %j has no such warning", async (tag, inputs, expected) => {
  expect(await actions(tag, inputs)).toEqual({ actions: expected, warning: undefined });
});
