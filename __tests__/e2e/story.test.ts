/**
 * The life of examples/monorepo, as `npm run demo` plays it: a real workflow run by act, two platforms, a real registry. It is
 * played once, before the tests, which look at what each event left behind.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { chapters, headOf, type Life, makeExample, play } from "../../rig/example-life.ts";
import type { WorkflowResult } from "../../rig/workflow.ts";
import { stepsIn } from "./log.ts";
import { configsOf, digestsOf, manifestOf, tagsOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import type { ImageOutput } from "./run-action.ts";

jest.setTimeout(300_000);

const names = ["agent", "base", "docker", "docs", "manager", "nodejs", "proxmox-ve"];
const onBase = ["agent", "base", "docker", "docs", "manager", "nodejs"];

/** What an event left behind. */
interface Aftermath {
  readonly result: WorkflowResult;
  readonly outputs: Readonly<Record<string, string>>;
  readonly images: Readonly<Record<string, ImageOutput>>;
  readonly commit: string;
  /** Every published image's tags after the event, each with its digest. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

let life: Life;
let everything: Aftermath;
let leaf: Aftermath;
let base: Aftermath;
let nothing: Aftermath;
let release: Aftermath;
let weekly: Aftermath;

beforeAll(async () => {
  life = makeExample(newFolder("example"), `octo-${randomBytes(5).toString("hex")}`, rig);
  nameStep(life);
  const after = new Map<string, Aftermath>();
  for (const chapter of chapters) after.set(chapter.name, await aftermathOf(await play(chapter, life, rig)));
  const of = (name: (typeof chapters)[number]["name"]): Aftermath => {
    const found = after.get(name);
    if (found === undefined) throw new Error(`${name} did not happen`);
    return found;
  };
  [everything, leaf, base] = [of("everything"), of("leaf"), of("base")];
  [nothing, release, weekly] = [of("nothing"), of("release"), of("weekly")];
});

/** Outputs are told of steps that have a name. */
function nameStep({ folder }: Life): void {
  const workflow = join(folder, ".github/workflows/images.yml");
  writeFileSync(workflow, readFileSync(workflow, "utf8").replace("- uses: org/", "- id: images\n        uses: org/"));
}

async function aftermathOf(result: WorkflowResult): Promise<Aftermath> {
  const outputs = result.outputs.images?.images ?? {};
  const images: readonly ImageOutput[] = JSON.parse(outputs.images ?? "[]");
  const tags = await Promise.all(names.map(async (each) => [each, await digestsOf(`${life.own}/${each}`)] as const));
  return {
    result,
    outputs,
    images: Object.fromEntries(images.map((image) => [image.name, image])),
    commit: headOf(life),
    tags: Object.fromEntries(tags),
  };
}

const affected = ({ outputs }: Aftermath): readonly string[] => [...JSON.parse(outputs.affected ?? "null")].sort();

/** Each image whose tag names another digest now. */
function moved(tag: string, from: Aftermath, to: Aftermath): readonly string[] {
  return names.filter((name) => from.tags[name]?.[tag] !== to.tags[name]?.[tag]);
}

/** The layers of an image begin with those of another, on both platforms. */
async function expectBuiltOn(child: string, parent: string): Promise<void> {
  const [of, on] = await Promise.all([child, parent].map(layersOf));
  for (const [platform, below] of Object.entries(on ?? {})) {
    expect(below.length).toBeGreaterThan(0);
    expect(of?.[platform]?.slice(0, below.length)).toEqual(below);
  }
  expect(Object.keys(on ?? {})).toEqual(["linux/amd64", "linux/arm64"]);
}

/** The layers of each platform's image. `image` is `name:tag`. */
async function layersOf(image: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const [name = "", tag = ""] = image.split(":");
  const configs = Object.entries(await configsOf(`${life.own}/${name}`, tag));
  return Object.fromEntries(configs.map(([platform, { rootfs }]) => [platform, rootfs.diff_ids]));
}

test("every run is green, without error or warning", () => {
  for (const { result } of [everything, leaf, base, nothing, release, weekly]) {
    expect(result).toMatchObject({ code: 0, jobs: { images: "success" } });
    expect(result.annotations).toEqual([]);
  }
});

describe("(a) the first push", () => {
  test("builds and publishes all, each because it is the first commit", () => {
    expect(affected(everything)).toEqual([...names, "builder"].sort());
    for (const { reason } of Object.values(everything.images)) expect(reason).toBe("first commit");
    for (const name of names) {
      const { digest } = everything.images[name] ?? {};
      expect(everything.tags[name]).toEqual({ [everything.commit]: digest, main: digest, latest: digest });
    }
  });

  test("builds for amd64 and arm64 both", async () => {
    for (const name of names) {
      const configs = await configsOf(`${life.own}/${name}`, everything.commit);
      expect(Object.entries(configs).map(([platform, { architecture }]) => `${platform} ${architecture}`)).toEqual([
        "linux/amd64 amd64",
        "linux/arm64 arm64",
      ]);
    }
  });

  test("does not publish what others merely mount, but its files are in them", async () => {
    expect(await tagsOf(`${life.own}/builder`)).toEqual([]);
    expect(everything.images.builder?.tags).toEqual([]);
  });

  test("tells it in the summary: tags, graph, how to pull", () => {
    const { summary } = everything.result;
    expect(summary).toMatch(/^## ✅ Published all 7 images/);
    expect(summary).toContain("```mermaid");
    expect(summary).toMatch(/docker pull/);
    for (const name of names) expect(summary).toContain(name);
  });
});

describe("(b) a push that changes a leaf", () => {
  test("builds that leaf alone, and leaves every other image as it was", () => {
    expect(affected(leaf)).toEqual(["manager"]);
    expect(leaf.images.manager?.reason).toBe("images/manager/Dockerfile changed");
    expect(moved("latest", everything, leaf)).toEqual(["manager"]);
    for (const name of names.filter((each) => each !== "manager"))
      expect(leaf.tags[name]).toEqual(everything.tags[name]);
  });

  test("builds it on the published parent, not on a new one", async () => {
    await expectBuiltOn(`manager:${leaf.commit}`, `agent:${everything.commit}`);
  });
});

describe("(c) a push that changes the base", () => {
  test("builds it and everything on it, each with its reason", () => {
    expect(affected(base)).toEqual(onBase);
    expect(base.images.base?.reason).toBe("images/base/healthcheck changed");
    expect(base.images.nodejs?.reason).toBe("depends on base");
    expect(base.images.agent?.reason).toBe("depends on nodejs");
    expect(base.images.builder?.reason).toMatch(/^needed by /);
    expect(moved("latest", leaf, base)).toEqual(onBase);
    expect(base.tags["proxmox-ve"]).toEqual(leaf.tags["proxmox-ve"]);
  });

  test("builds every child on the very parent of this run", async () => {
    const pairs = [
      ["nodejs", "base"],
      ["docker", "base"],
      ["docs", "base"],
      ["agent", "nodejs"],
      ["manager", "agent"],
    ] as const;
    await Promise.all(
      pairs.map(([child, parent]) => expectBuiltOn(`${child}:${base.commit}`, `${parent}:${base.commit}`)),
    );
  });
});

test("(d) a push that changes no image does nothing", () => {
  expect(nothing.outputs).toMatchObject({ affected: "[]", "any-affected": "false" });
  expect(nothing.tags).toEqual(base.tags);
  expect(nothing.result.summary).toContain("Nothing to publish");
});

test("(e) a version's tag gives every image its semver tags, and latest", async () => {
  // Published images are promoted, and nothing is left that needs the helper.
  expect(affected(release)).toEqual([...names].sort());
  for (const name of names) {
    const digest = release.images[name]?.digest;
    const { [release.commit]: ofCommit, main, ...others } = release.tags[name] ?? {};
    expect(others).toMatchObject({ "1.2.3": digest, "v1.2.3": digest, "1.2": digest, "1": digest, latest: digest });
    expect(main).toBe(base.tags[name]?.main);
    expect(ofCommit).toBeDefined();
  }
  const { document } = await manifestOf(`${life.own}/docs`, "1.2.3");
  expect(document.manifests?.filter(({ platform }) => platform?.architecture === "arm64")).toHaveLength(1);
});

test("(f) the weekly rebuild builds everything without cache, and moves only what moves", () => {
  expect(affected(weekly)).toEqual([...names, "builder"].sort());
  expect(moved("latest", release, weekly)).toEqual(names);
  expect(moved("main", release, weekly)).toEqual(names);
  for (const tag of ["1.2.3", "v1.2.3", "1.2", "1", release.commit, everything.commit]) {
    expect(moved(tag, release, weekly)).toEqual([]);
  }
  expect(Object.keys(stepsIn(weekly.result.log)).sort()).toEqual([...names, "builder"].sort());
  // WORKDIR is the one step that BuildKit takes from its cache in spite of --no-cache: it makes a folder.
  expect(weekly.result.log).not.toMatch(/cached {2}\[[^\]]+\] (?!WORKDIR )/);
});
