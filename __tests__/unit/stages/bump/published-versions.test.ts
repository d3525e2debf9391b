import { describe, expect, test } from "@jest/globals";
import { chooseVersion } from "../../../../src/bump/versions/choose-version.ts";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import { repository, type Tag, tag } from "../../../../src/model/reference.ts";
import { recordAnnotations, sourceTag } from "../../../../src/plan/record.ts";
import {
  type VersionOptions,
  versionOfResult,
  versionsInRegistry,
} from "../../../../src/stages/bump/published-versions.ts";
import { catalogOf } from "../../changes/catalog-of.ts";
import { at, historyOf, recordOf, records } from "../../publish/commits.ts";
import {
  build,
  built,
  commit,
  failed,
  followed,
  promote,
  promoted,
  published,
  release,
  skipped,
  skippedFor,
} from "../../report/example.ts";

interface Made {
  /** The commit's name. */
  readonly from: string;
  readonly ref?: string;
  /** When its run began, as a day. */
  readonly on?: number;
  /** `false`: it was made by something else. */
  readonly isOurs?: boolean;
}

/** What each tag holds; tags with the same content name the same image. */
type Held = Readonly<Record<string, Made>>;

const [app] = catalogOf({ name: "app", repositories: [repository("ghcr.io/o/r/app")] }).images;
if (app === undefined) throw new Error("there is no image");
const source = "5".repeat(64);

async function found(held: Held, options: Partial<VersionOptions> = {}) {
  return (await foundVersions(held, options)).map(({ tags }) => [...tags].sort());
}

async function foundVersions(held: Held, options: Partial<VersionOptions> = {}) {
  const digestAt = (name: string) => {
    const made = held[name];
    return made === undefined ? undefined : digestOf(JSON.stringify(made));
  };
  const registry = {
    tags: async () => Object.keys(held).map(tag),
    head: async (_: unknown, name: string) => digestAt(name),
    manifest: async (_: unknown, name: string) => {
      const [made, digest] = [held[name], digestAt(name)];
      if (made === undefined || digest === undefined) return undefined;
      const { from, ref = "refs/heads/main", on, isOurs = true } = made;
      const started = on === undefined ? null : `2026-06-${String(on).padStart(2, "0")}T00:00:00Z`;
      const own = recordAnnotations(recordOf(at(from), { ref, started }));
      const annotations = isOurs ? own : { "org.opencontainers.image.revision": at(from) };
      const document = { kind: "index" as const, mediaType: "", manifests: [], annotations };
      return { digest, mediaType: "", bytes: new Uint8Array(), document };
    },
    blob: () => Promise.reject(new Error("not asked for")),
  };
  return versionsInRegistry(app as NonNullable<typeof app>, {
    registry,
    history: historyOf(),
    records,
    moving: () => [],
    ref: "refs/heads/main",
    at: at("main-9"),
    sourceHash: () => null,
    isOwn: () => true,
    isPinned: () => false,
    styleOf: () => ({}),
    ...options,
  });
}

/** Their first digits differ, as those of shorter names don't. */
const [one, other] = ["aaaaaaaaaaaaaaaaaa-1", "bbbbbbbbbbbbbbbbbb-1"] as const;
const sha = (name: string): string => at(name).slice(0, 7);
const moving = (...tags: readonly string[]) => ({ moving: (): readonly Tag[] => tags.map(tag) });

describe("the newest of the branch in a registry", () => {
  test("is what the tag that moves names, with all that names the same", async () => {
    const [old, now] = [{ from: "main-1" }, { from: "main-2" }];
    const tags = { "1.0.0": old, "1.1.0": now, [at("main-2")]: now, main: now, latest: now };
    const isPinned = (name: string) => name === "1.1.0";
    expect(await found(tags, { ...moving("main", "latest"), isPinned })).toEqual([
      ["1.1.0", at("main-2"), "latest", "main"].sort(),
    ]);
  });

  test("is the highest version, in each form", async () => {
    const tags = {
      "1.9.0": { from: "main-1" },
      "1.10.0": { from: "main-2" },
      "1.10": { from: "main-2" },
      "1.9": { from: "main-1" },
    };
    expect(await found(tags)).toEqual([["1.10.0"], ["1.10"]]);
  });

  test.each<[string, Held]>([
    [
      "by when their runs began",
      {
        "v1-bbbbbbb": { from: "main-2", on: 2 },
        "v1-aaaaaaa": { from: "main-1", on: 1 },
        "v1-ccccccc": { from: "main-0", on: 0 },
      },
    ],
    [
      "by their commits, where an old run was begun again",
      { "v1-bbbbbbb": { from: "main-2", on: 2 }, "v1-ccccccc": { from: "main-1", on: 3 } },
    ],
  ])("of versions that differ in their commits alone is the newest commit's: %s", async (_, tags) => {
    expect(await found(tags)).toEqual([["v1-bbbbbbb"]]);
  });

  test("is what was made of the sources that the branch has now", async () => {
    const [now, later] = [
      { from: one, on: 1 },
      { from: other, on: 2 },
    ];
    const tags = { [`v1-${sha(one)}`]: now, [`v1-${sha(other)}`]: later, [sourceTag(source)]: now };
    expect(await found(tags, { sourceHash: () => source })).toEqual([[`v1-${sha(one)}`]]);
  });

  test("keeps a pinned tag's company: it names the same bytes, whatever commit it bears", async () => {
    const now = { from: one };
    const tags = { [`v1-${sha(one)}`]: now, "v1-fedcba9": now, main: now };
    const isPinned = (name: string) => name === "v1-fedcba9";
    expect(await found(tags, { ...moving("main"), isPinned })).toEqual([
      ["main", `v1-${sha(one)}`, "v1-fedcba9"].sort(),
    ]);
  });

  test("is never one that another branch, a pull request or somebody else made", async () => {
    const tags = {
      "2.0.0": { from: "stable-1", ref: "refs/heads/stable" },
      "3.0.0": { from: "x-1", ref: "refs/pull/7/merge" },
      "4.0.0": { from: "main-1", isOurs: false },
      "1.0.0": { from: "main-1", ref: "refs/tags/v1.0.0" },
    };
    expect(await found(tags)).toEqual([["1.0.0"]]);
  });

  test("is also one that another branch made before it was merged, where a tag of the branch names it", async () => {
    const merged = { from: "main-2", ref: "refs/heads/feature" };
    const apart = { from: "feature-2", ref: "refs/heads/feature" };
    const tags = (now: Made) => ({ "1.0.0": { from: "main-1" }, "1.1.0": now, latest: now });
    const options = { ...moving("latest"), isPinned: (name: string) => name === "1.1.0" };
    expect(await found(tags(merged), options)).toEqual([["1.1.0", "latest"]]);
    expect(await found(tags(apart), options)).toEqual([["1.0.0"]]);
    expect(await found(tags({ ...merged, ref: "refs/pull/7/merge" }), options)).toEqual([["1.0.0"]]);
  });

  test("takes no commit's pin back, where a release moved latest to an older commit", async () => {
    const released = { from: one, on: 1 };
    const pinned = `sha-${sha(other)}`;
    const tags = { [`sha-${sha(one)}`]: released, [pinned]: { from: other, on: 2 }, latest: released };
    expect(await found(tags, { ...moving("latest"), isPinned: (name) => name === pinned })).toEqual([
      ["latest"],
      [pinned],
    ]);
  });

  test("is no prerelease, no word and no tag of sources", async () => {
    const made = { from: "main-1" };
    expect(await found({ "1.0.0-rc.1": made, edge: made, "src-0123456789abcdef": made })).toEqual([]);
  });

  test("is of its own variant", async () => {
    const made = { from: "main-1" };
    expect(await found({ "1.0.0": made, "1.0.0-nix": made }, { isOwn: (_, name) => name.endsWith("-nix") })).toEqual([
      ["1.0.0-nix"],
    ]);
  });

  test("is of each variant that is pinned, however many there are", async () => {
    const made = { from: "main-1" };
    const later = { from: "main-2" };
    const others = Array.from({ length: 20 }, (_, index) => [`1.4.0-x${index}`, later]);
    const tags = { ...Object.fromEntries(others), "1.3.0-jdk17": made, "1.4.0-jdk17": later, "1.5.0-jdk21": later };
    const versions = await found(tags, { isPinned: (name) => name === "1.3.0-jdk17" });
    expect(versions.flat()).toEqual(expect.arrayContaining(["1.4.0-jdk17", "1.5.0-jdk21"]));
  });

  test("is a variant where the image has both, else a prerelease", async () => {
    const [made, later] = [{ from: "main-1" }, { from: "main-2" }];
    const tags = { "1.2.0": made, "1.2.0-dev": made, "1.3.0": later, "1.3.0-dev": later };
    expect((await found(tags)).flat().sort()).toEqual(["1.3.0", "1.3.0-dev"]);
    expect((await found({ "1.2.0": made, "1.3.0-dev": later })).flat()).toEqual(["1.2.0"]);
  });

  test.each<[pin: string, listed: string, taken: string]>([
    ["1.2.0-17", "1.2.0-17 1.2.0-21 1.3.0-17 1.3.0-21", "1.3.0-17"],
    ["1.2.0-17", "1.2.0-17 1.2.0-21 1.3.0-21", "current"],
    ["1.2.0-sles15-sp4", "1.2.0-sles15-sp4 1.2.0-sles15-sp5 1.3.0-sles15-sp4 1.3.0-sles15-sp5", "1.3.0-sles15-sp4"],
    ["1.2.0-3.11", "1.2.0-3.11 1.2.0-3.12 1.3.0-3.11 1.3.0-3.12", "1.3.0-3.11"],
    ["1.2.0-a10", "1.2.0 1.2.0-a10 1.3.0 1.3.0-a10", "1.3.0-a10"],
    ["1.3.0-a10", "1.2.0 1.2.0-a10 1.3.0 1.3.0-a10", "current"],
    ["1.3.0-rc.1-17", "1.3.0 1.3.0-17 1.3.0-rc.1-17", "1.3.0-17"],
  ])("a pin of %s takes its own variant of %s: %s", async (pin, listed, expected) => {
    const held = Object.fromEntries(
      listed.split(" ").map((name) => [name, { from: name.startsWith("1.2") ? "main-1" : "main-2" }]),
    );
    const versions = await foundVersions(held, { isPinned: (name) => name === pin });
    const choice = chooseVersion({ tag: pin, digest: undefined }, versions);
    expect(choice.kind === "move" ? choice.tag : choice.kind).toBe(expected);
  });

  test("is nothing where nothing was published", async () => {
    expect(await found({})).toEqual([]);
  });
});

describe("what a run did for an image", () => {
  test.each<[string, Parameters<typeof versionOfResult>[0], object]>([
    [
      "published",
      published(build("app")),
      {
        tags: ["main", commit, "latest"],
        isRelease: true,
      },
    ],
    [
      "promoted for a release",
      promoted(promote("app", release)),
      { tags: ["1.2.3", "1.2", "latest"], version: "1.2.3" },
    ],
    [
      "a prerelease",
      published(build("app", { release: { ...release.release, version: "1.3.0-rc.1" } })),
      { isRelease: false },
    ],
  ])("%s: pins may follow it", (_, result, expected) => {
    expect(versionOfResult(result)).toMatchObject(expected);
  });

  test("of an older commit than the branch's last: no tag that names a commit, which may be older than what is pinned", () => {
    expect(versionOfResult(published(build("app")), false)?.tags).toEqual(["main", "latest"]);
  });

  test("a tag that was held is none that it has", () => {
    const held = published(build("app", release), { latest: "a newer one has it" });
    expect(versionOfResult(held)?.tags).toEqual(["1.2.3", "1.2"]);
  });

  test.each<[string, Parameters<typeof versionOfResult>[0]]>([
    ["built, and held by the gate", built(build("app"))],
    ["skipped", skipped("app")],
    ["blocked", skippedFor(build("app"), "base")],
    ["failed", failed(build("app"), new UserError("no", { hint: "" }))],
    ["published under no tag", published(build("app", { tags: [] }))],
    ["overtaken: its version names other bytes", followed],
  ])("%s: there is nothing to follow", (_, result) => {
    expect(versionOfResult(result)).toBeUndefined();
  });
});
