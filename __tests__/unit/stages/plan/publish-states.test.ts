/** What a run finds in its registries, and what follows for an image, its parents and its children. */
import { describe, expect, test } from "@jest/globals";
import type { Reason } from "../../../../src/model/reason.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { StoredManifest } from "../../../../src/oci/manifest.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import { sourceTag } from "../../../../src/plan/record.ts";
import { releaseOf } from "../../../../src/plan/version-line.ts";
import type { RunRequest } from "../../../../src/stages/plan/desired-state.ts";
import { reconciled } from "../../../../src/stages/plan/publish-states.ts";
import { catalogOf } from "../../changes/catalog-of.ts";
import { at, historyOf, recordOf, records } from "../../publish/commits.ts";
import { index, simulatedRegistry, Timeline } from "../../publish/simulation.ts";

const file: Reason = { kind: "file", path: "x", change: "modified" };
const repositoryOf = (name: string) => repository(`ghcr.io/o/r/${name}`);
const published = (name: string, ...on: readonly string[]) => ({ name, on, repositories: [repositoryOf(name)] });
const hashOf = (name: string) => Buffer.from(name).toString("hex").padEnd(64, "0");

/** `tools` is published nowhere; the others are built on one another, and `other` on nothing. */
const catalog = catalogOf(
  { name: "tools" },
  published("base", "tools"),
  published("mid", "base"),
  published("top", "mid"),
  published("other"),
);

interface Held {
  /** The commit that made it. */
  readonly from: string;
  /** Of other sources than the checkout's. */
  readonly isOther?: boolean;
  /** It bears no record, and this commit in an annotation. */
  readonly isForeign?: boolean;
}

interface Situation {
  readonly affected?: readonly string[];
  readonly left?: readonly string[];
  /** What `main` of an image names. */
  readonly held?: Readonly<Record<string, Held>>;
  /** The images that changed since any commit; absent: git can't compare. */
  readonly changed?: readonly string[];
  readonly isBroken?: (request: string) => boolean;
  readonly commit?: string;
  readonly release?: string;
  readonly promotes?: boolean;
}

function madeOf(name: string, { from, isOther = false, isForeign = false }: Held): StoredManifest {
  const sourceHash = isOther ? "f".repeat(64) : hashOf(name);
  const platforms: readonly string[] = [];
  if (isForeign) {
    const annotations = { "org.opencontainers.image.revision": at(from) };
    return index({ content: `foreign ${name}`, platforms, annotations });
  }
  return index({ content: name, platforms, record: recordOf(at(from), { sourceHash }) });
}

function ask({ affected = [], left = [], held = {}, changed, commit = "main-5", ...more }: Situation) {
  const { isBroken, release, promotes = true } = more;
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline, isBroken);
  for (const [name, each] of Object.entries(held)) {
    const sources = each.isOther || each.isForeign ? [] : [sourceTag(hashOf(name))];
    registry.hold(repositoryOf(name), madeOf(name, each), tag("main"), ...sources);
  }
  const tags = release === undefined ? [{ tag: tag("main"), moves: true }] : [{ tag: tag(release), moves: false }];
  const details = {
    ...{ tags: { tags, version: release }, bakedVersion: undefined },
    release: release === undefined ? undefined : releaseOf(`v${release}`, tags),
  };
  const request = {
    identity: { commit: at(commit), ref: "refs/heads/main", isRebuild: false, mayGoBack: false },
    defaultBranch: "main",
    movingTagsOnly: false,
    promotes,
    hashes: new Map(catalog.images.map(({ name }) => [name, { kind: "known", hash: hashOf(name) }])),
    settingsOf: () => ({ flavor: { suffix: { isGiven: false } } }),
  } as unknown as RunRequest;
  const found = timeline.run(
    reconciled({
      surveyed: {
        catalog,
        affected: new Map(affected.map((name) => [name, [file]])),
        left: new Map(left.map((name) => [name, [{ kind: "not-chosen", detail: "x" } as const]])),
        affectedSince: async () => changed && new Set(changed),
      },
      details: () => details as never,
      ...{ request, registry, history: historyOf(), records },
    }),
  );
  return { found, registry };
}

/** Each image with what is done, and the digests that others are built on. */
async function done(situation: Situation) {
  const { affected, promoted, left, published: digests, unclear } = await ask(situation).found;
  return {
    done: Object.fromEntries(
      [...affected.keys()]
        .map((name) => [name, promoted.has(name) ? "promote" : "build"])
        .concat([...left].map(([name, [reason]]) => [name, reason?.kind ?? ""])),
    ),
    on: [...digests.keys()],
    unclear: [...unclear.keys()],
  };
}

const all = { base: { from: "main-5" }, mid: { from: "main-5" }, top: { from: "main-5" }, other: { from: "main-5" } };

describe("of what the event affects", () => {
  test.each<Situation & { readonly when: string; readonly is: object; readonly on?: readonly string[] }>([
    {
      when: "what is published of the same sources is left, and so are its parents",
      affected: ["base", "mid"],
      held: all,
      is: { base: "current", mid: "current" },
    },
    {
      when: "an image of other sources is built, and with it what is based on it",
      affected: ["base", "mid"],
      held: { ...all, base: { from: "main-4", isOther: true }, mid: { from: "main-4", isOther: true } },
      is: { base: "build", mid: "build" },
      on: [],
    },
    {
      when: "a child that alone changed is built on its parent's published digest",
      affected: ["mid"],
      held: { ...all, mid: { from: "main-4", isOther: true } },
      is: { mid: "build" },
      on: ["base"],
    },
    {
      when: "a parent that was never published is built for its child, in order",
      affected: ["mid"],
      held: { other: all.other, top: all.top },
      is: { base: "build", mid: "build" },
    },
    {
      when: "what a newer commit published stays",
      affected: ["base"],
      held: { ...all, base: { from: "main-6", isOther: true } },
      is: { base: "superseded" },
    },
    {
      when: "what the run is not about isn't looked at",
      affected: ["other"],
      left: ["base", "mid", "top"],
      held: {},
      is: { base: "not-chosen", mid: "not-chosen", top: "not-chosen", other: "build" },
    },
    {
      when: "a release takes what is published of its sources",
      affected: ["other"],
      held: all,
      release: "1.2.3",
      is: { other: "promote" },
    },
    {
      when: "what a promoted image is built from is not built, though its files changed",
      affected: ["tools", "base"],
      held: all,
      release: "1.2.3",
      is: { tools: "not-chosen", base: "promote" },
    },
    {
      when: "`promote: false` builds a release",
      affected: ["other"],
      held: all,
      release: "1.2.3",
      promotes: false,
      is: { other: "build" },
    },
  ])("$when", async ({ when: _, is, on, ...situation }) => {
    const found = await done(situation);
    expect(found.done).toEqual(is);
    if (on !== undefined) expect(found.on).toEqual(on);
  });
});

describe("of what the event doesn't affect, but may be unpublished", () => {
  test.each<Situation & { readonly when: string; readonly is: object }>([
    { when: "what is current is left alone", held: all, is: {} },
    {
      when: "what a failed run never published is built",
      held: { base: all.base, mid: all.mid, top: all.top },
      is: { other: "build" },
    },
    {
      when: "what is out of date is built",
      held: { ...all, other: { from: "main-4", isOther: true } },
      is: { other: "build" },
    },
    {
      when: "what others published of the same sources is current",
      held: { ...all, other: { from: "main-4", isForeign: true } },
      changed: [],
      is: {},
    },
    {
      when: "what others published of older sources is built",
      held: { ...all, other: { from: "main-4", isForeign: true } },
      changed: ["other"],
      is: { other: "build" },
    },
    {
      when: "what can't be compared with what others published is built",
      held: { ...all, other: { from: "main-4", isForeign: true } },
      is: { other: "build" },
    },
    {
      when: "an image of a commit that nobody knows the place of is never current, when it is affected",
      affected: ["other"],
      held: { ...all, other: { from: "gone-4", isOther: true } },
      is: { other: "build" },
    },
  ])("$when", async ({ when: _, is, ...situation }) => {
    expect((await done(situation)).done).toEqual(is);
  });
});

test("why it is built names what can't be compared", async () => {
  const { affected } = await ask({ held: { ...all, other: { from: "main-4", isForeign: true } } }).found;
  expect(affected.get("other")).toEqual([
    { kind: "no-record", detail: `its commit ${at("main-4").slice(0, 7)} can't be compared with this one` },
  ]);
});

test("a child of a promoted parent is built on the promoted digest", async () => {
  const held = { ...all, base: { from: "main-3" } };
  const { promoted, affected } = await ask({ affected: ["base", "mid"], held, release: "1.2.3" }).found;
  expect(promoted.get("base")).toBe(madeOf("base", held.base).digest);
  expect([...affected.keys()]).toContain("base");
  expect([...affected.keys()]).not.toContain("tools");
});

describe("a registry that gives no clear answer", () => {
  const failing = (name: string, code: "invalid" | "unavailable") => (request: string) => {
    if (request.includes(`/${name}:`)) throw new RegistryError(code, `${request} failed`, { hint: "run again" });
    return false;
  };

  test("ends the run where it can't be reached", async () => {
    const { found } = ask({ affected: ["other"], held: all, isBroken: failing("other", "unavailable") });
    await expect(found).rejects.toThrow(/other/);
  });

  test("about an image keeps no other from being planned", async () => {
    const isBroken = failing("base", "invalid");
    const held = { ...all, mid: { from: "main-4", isOther: true } };
    expect(await done({ affected: ["mid", "other"], held, isBroken })).toEqual({
      ...{ done: { mid: "build", other: "current" }, on: [], unclear: ["base"] },
    });
  });
});

test("nothing is asked of what is published nowhere", async () => {
  const { found, registry } = ask({ affected: ["tools"], held: all });
  await found;
  expect(registry.requests.filter((each) => each.includes("tools"))).toEqual([]);
});
