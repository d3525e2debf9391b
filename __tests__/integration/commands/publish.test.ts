/** `publish` where nothing has to be built: what it tags, reports and leaves, with real git and a registry over HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { publish } from "../../../src/commands/publish.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planRun } from "../../../src/stages/plan/plan-run.ts";
import { type Family, openFamily, type Situation } from "../stages/family.ts";

jest.setTimeout(60_000);

const release = { ref: "refs/tags/v1.2.3", payload: {} };
let family: Family;
let plan: Plan;

beforeAll(async () => {
  family = await openFamily({ "deploy/app.yaml": "image: nowhere\n" });
  const { session } = await family.session({});
  ({ plan } = await planRun(session, { ask: "nobody" }));
});
beforeEach(() => family.clear());
afterAll(() => family.close());

/** Both images are published as they are in the checkout, or as other sources made them. */
function published(isOther = false): void {
  for (const { name, sourceHash } of plan.images) {
    family.publish(name, family.first, isOther ? "f".repeat(64) : sourceHash);
  }
}

async function run(situation: Situation) {
  const { session, asked } = await family.session({ ...situation, inputs: { scan: "false", ...situation.inputs } });
  const warnings: string[] = [];
  const log = { ...session.outside.log, group: () => {}, warning: (message: string) => warnings.push(message) };
  const result = await publish({ ...session, outside: { ...session.outside, log } } as typeof session);
  const failures = result.failures.map(({ message }) => message);
  return { ...result, failures, warnings, asked, wrote: writes() };
}

/** Tags that were put, but those of commits, as `name:tag`. */
function writes(): readonly string[] {
  return family.registry.seen.flatMap(({ method, url }) => {
    const [, name, tag] = /\/v2\/octo\/images\/([^/]+)\/manifests\/(.+)$/.exec(url) ?? [];
    return method === "PUT" && tag !== undefined && !/^(?:sha256:.*|[0-9a-f]{40})$/.test(tag) ? [`${name}:${tag}`] : [];
  });
}

const tagsOf = (name: string) => [...(family.registry.manifests.get(`octo/images/${name}`) ?? [])];
const digestAt = (name: string, tag: string) =>
  tagsOf(name)
    .find(([each]) => each === tag)?.[1]
    .bytes.toString();

describe("a release of what is published", () => {
  test("gets its tags on the same image, and builds nothing", async () => {
    published();
    const { failures, outputs, wrote } = await run(release);
    expect(failures).toEqual([]);
    for (const name of ["base", "app"]) {
      expect(wrote.filter((each) => each.startsWith(`${name}:`)).sort()).toEqual(
        ["1", "1.2", "1.2.3", "v1.2.3"].map((tag) => `${name}:${tag}`).sort(),
      );
      expect(digestAt(name, "1.2.3")).toBe(digestAt(name, "main"));
    }
    expect(JSON.parse(outputs.images ?? "[]")).toHaveLength(2);
  });

  test("gets the exact tags before those that move", async () => {
    published();
    const { wrote } = await run(release);
    const own = wrote.filter((each) => each.startsWith("base:"));
    expect(own.indexOf("base:1.2.3")).toBeLessThan(own.indexOf("base:1.2"));
  });

  test("that is done already changes nothing, and succeeds", async () => {
    published();
    await run(release);
    family.registry.seen.length = 0;
    const { failures, wrote } = await run(release);
    expect({ failures, wrote }).toEqual({ failures: [], wrote: [] });
  });

  test("whose exact tag names other content fails, and moves no tag", async () => {
    published(true);
    for (const { name } of plan.images) family.publish(name, family.first, "f".repeat(64), "1.2.3");
    const { failures, wrote } = await run(release);
    expect(failures).toEqual([
      expect.stringMatching(/^base 1\.2\.3 can't be released: .*\nThe same happened to: app$/),
    ]);
    expect(wrote).toEqual([]);
  });
});

describe("a push that changes no image", () => {
  const changes = { "README.md": "2\n" };

  test("changes nothing in the registry", async () => {
    published();
    const { failures, wrote, outputs, json } = await run({ changes });
    expect({ failures, wrote }).toEqual({ failures: [], wrote: [] });
    expect(outputs.plan).toMatch(/plan.*\.json$/);
    expect(json).toMatchObject(["base", "app"].map((name) => ({ name, action: "skip", tags: [] })));
  });

  test("moves no pins without `bump`, and asks no forge", async () => {
    published();
    expect((await run({ changes })).asked).toEqual([]);
  });

  test("completes what a run before it didn't tag", async () => {
    published();
    family.registry.manifests.get("octo/images/base")?.delete("latest");
    const { failures, wrote } = await run({ changes });
    expect({ failures, wrote }).toEqual({ failures: [], wrote: ["base:latest"] });
  });
});

describe("what keeps a run from starting", () => {
  test.each<Situation & { readonly when: string; readonly why: RegExp }>([
    {
      when: "a pin that names another version",
      ...release,
      changes: { "deploy/app.yaml": "image: HOST/octo/images/app:1.2.2\n" },
      inputs: { "check-pins": "deploy/*.yaml" },
      why: /doesn't name 1\.2\.3/,
    },
    {
      when: "a glob that names nothing",
      ...release,
      inputs: { "check-pins": "nowhere/*" },
      why: /there is no such file/,
    },
  ])("$when: nothing is tagged", async ({ when: _, why, changes = {}, ...situation }) => {
    published();
    const there = Object.fromEntries(
      Object.entries(changes).map(([path, text]) => [path, String(text).replace("HOST", family.registry.host)]),
    );
    await expect(run({ ...situation, changes: there })).rejects.toThrow(why);
    expect(writes()).toEqual([]);
  });
});

test("an image with a problem fails the run where the event is about it, and the others are tagged", async () => {
  published();
  const changes = { ".github/image-publish.yml": "images: {app: {watch: ['[']}}\n" };
  const { failures, wrote } = await run({ ...release, changes });
  expect(failures).toEqual([expect.stringContaining("[")]);
  expect(wrote.filter((each) => each.startsWith("base:"))).toContain("base:1.2.3");
  expect(wrote.filter((each) => each.startsWith("app:"))).toEqual([]);
});
