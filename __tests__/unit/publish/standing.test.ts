/** What is to be done for an image, by what the registry holds of it. */
import { describe, expect, test } from "@jest/globals";
import type { StoredManifest } from "../../../src/oci/manifest.ts";
import { platform } from "../../../src/oci/platform.ts";
import { repository, type Tag, tag } from "../../../src/oci/reference.ts";
import { releaseOf } from "../../../src/plan/version-line.ts";
import type { Mover } from "../../../src/publish/guard.ts";
import { type StandingOptions, standingOf, type Wish } from "../../../src/publish/standing.ts";
import type { ImageTag } from "../../../src/tags/image-tags.ts";
import { at, historyOf, recordOf } from "./commits.ts";
import { type IndexSketch, index, simulatedRegistry, Timeline } from "./simulation.ts";

const here = repository("ghcr.io/o/r/base");
const there = repository("docker.io/o/base");
const hash = "a".repeat(64);
const source = "src-aaaaaaaaaaaaaaaa";

const moving = (text: string): ImageTag => ({ tag: tag(text), moves: true });
const exact = (text: string): ImageTag => ({ tag: tag(text), moves: false });
const ofCommit = (text: string): ImageTag => ({ ...exact(text), of: "commit" });

const mover: Mover = {
  commit: at("main-5"),
  ref: "refs/heads/main",
  isRebuild: false,
  mayGoBack: false,
  release: undefined,
  platforms: [],
};
const onMain: Wish = {
  repositories: [here],
  tags: [moving("main"), ofCommit("c5"), moving("latest")],
  sourceHash: hash,
  platforms: [platform("linux/amd64")],
  bakedVersion: null,
  isAffected: true,
  mover,
};
const released: Wish = {
  ...onMain,
  tags: [exact("1.2.3"), moving("1.2"), ofCommit("c5"), moving("latest")],
  mover: { ...mover, ref: "refs/tags/v1.2.3", release: releaseOf("v1.2.3", [exact("1.2.3")]) },
};
const untouched: Wish = { ...onMain, isAffected: false };
const scheduled: Wish = { ...onMain, tags: [moving("main"), moving("latest")], mover: { ...mover, isRebuild: true } };

/** Made at a commit of these sources, or of others. */
function made(revision: string, sourceHash: string | null = hash, more: Partial<IndexSketch> = {}): StoredManifest {
  return index({ content: `${revision} ${sourceHash}`, record: recordOf(at(revision), { sourceHash }), ...more });
}
const others = "b".repeat(64);
const foreign = (revision?: string) =>
  index({
    content: "somebody else's",
    ...(revision && { annotations: { "org.opencontainers.image.revision": at(revision) } }),
  });

type Held = Readonly<Record<string, StoredManifest>>;

function ask(wish: Wish, held: Held, more: Partial<StandingOptions> = {}, copies: Held = {}) {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline, (request) => request.includes("broken"));
  for (const [name, manifest] of Object.entries(held)) registry.hold(here, manifest, tag(name));
  for (const [name, manifest] of Object.entries(copies)) registry.hold(there, manifest, tag(name));
  const options: StandingOptions = {
    registry,
    history: historyOf(),
    elsewhere: ["main" as Tag],
    buildsReleases: false,
    changedSince: async () => undefined,
    ...more,
  };
  return { registry, standing: timeline.run(standingOf(wish, options)) };
}

describe("an affected image", () => {
  const all = (manifest: StoredManifest): Held => ({ main: manifest, latest: manifest, c5: manifest });
  test.each<[string, Wish, Held, object]>([
    ["of which there is nothing is built", onMain, {}, { kind: "build" }],
    ["whose sources were never built is built", onMain, all(made("main-4", others)), { kind: "build" }],
    ["that is there under all its tags is done", onMain, all(made("main-5")), { kind: "current" }],
    [
      "that is there without this commit's tag gets it",
      onMain,
      { main: made("main-4"), latest: made("main-4") },
      { kind: "promote", digest: made("main-4").digest },
    ],
    [
      "that a new branch brings gets its tags, and isn't built",
      { ...onMain, tags: [moving("next")], mover: { ...mover, ref: "refs/heads/next" } },
      { [source]: made("main-4") },
      { kind: "promote", digest: made("main-4").digest },
    ],
    [
      "that went back to what it was is found by its sources",
      onMain,
      { main: made("main-4", others), [source]: made("main-3") },
      { kind: "promote", digest: made("main-3").digest },
    ],
    [
      "whose sources can't be named is built",
      { ...onMain, sourceHash: null },
      { main: made("main-4", null), latest: made("main-4", null) },
      { kind: "build" },
    ],
    [
      "that lacks a platform is built",
      { ...onMain, platforms: [platform("linux/arm64")] },
      all(made("main-4")),
      { kind: "build" },
    ],
    ["that another branch's work made is built", onMain, { [source]: made("other-1") }, { kind: "build" }],
    ["that a commit nobody can compare made is built", onMain, { [source]: made("gone-1") }, { kind: "build" }],
    [
      "that a pull request made is built",
      onMain,
      { [source]: index({ content: "pr", record: recordOf(at("main-4"), { ref: "refs/pull/7/merge" }) }) },
      { kind: "build" },
    ],
    [
      "with another version in its bytes is built",
      { ...released, bakedVersion: "1.2.3" },
      { main: made("main-4"), [source]: made("main-4") },
      { kind: "build" },
    ],
    [
      "whose run is an old one, run again after newer ones, is not built: no tag could move",
      { ...onMain, mover: { ...mover, commit: at("main-2") } },
      { ...all(made("main-6", others)), c5: made("main-2", others) },
      { kind: "superseded" },
    ],
    [
      "whose old run failed gets the tag of its commit alone",
      { ...onMain, mover: { ...mover, commit: at("main-2") } },
      { main: made("main-6", others), latest: made("main-6", others) },
      { kind: "build" },
    ],
  ])("%s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });
});

describe("a release", () => {
  const tested = made("main-4");
  test.each<[string, Wish, Held, object]>([
    [
      "of a published commit is the very digest",
      released,
      { main: tested, [source]: tested },
      { kind: "promote", digest: tested.digest },
    ],
    [
      "is the newest of its sources: a rebuild with fresh bases",
      released,
      { main: made("main-4", hash, { content: "rebuilt" }), [source]: tested },
      { kind: "promote", digest: made("main-4", hash, { content: "rebuilt" }).digest },
    ],
    [
      "is found after the branch has moved on",
      { ...released, mover: { ...released.mover, commit: at("main-4") } },
      { main: made("main-6", others), [source]: tested },
      { kind: "promote", digest: tested.digest },
    ],
    ["of what was never published is built", released, {}, { kind: "build" }],
    [
      "that is published already is done: both `release` and `push` come for one tag",
      released,
      { "1.2.3": tested, "1.2": tested, latest: tested, c5: tested, [source]: tested },
      { kind: "current" },
    ],
    [
      "whose version names other bytes is not made again",
      released,
      { "1.2.3": made("main-1", others), main: tested, [source]: tested },
      { kind: "superseded", why: expect.stringContaining("names other bytes") },
    ],
    [
      "whose version names other bytes is not built for nothing",
      released,
      { "1.2.3": made("main-1", others) },
      { kind: "superseded" },
    ],
  ])("%s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });

  test.each<[string, Wish, Partial<StandingOptions>]>([
    ["with the version in its bytes", { ...released, bakedVersion: "1.2.3" }, {}],
    ["that is built on purpose", released, { buildsReleases: true }],
  ])("%s, whose run ended after its exact tag, gets the rest", async (_, wish, more) => {
    const cut = index({ content: "cut", record: recordOf(at("main-5"), { bakedVersion: wish.bakedVersion }) });
    const { standing } = ask(wish, { "1.2.3": cut, main: tested, latest: tested, [source]: tested }, more);
    expect(await standing).toMatchObject({ kind: "promote", digest: cut.digest });
  });

  test("is built where that is wished", async () => {
    const { standing } = ask(released, { main: tested, [source]: tested }, { buildsReleases: true });
    expect(await standing).toMatchObject({ kind: "build" });
  });
});

describe("an image that the event doesn't touch", () => {
  const current = made("main-3");
  const behind = made("main-3", others);
  test.each<[string, Wish, Held, Partial<StandingOptions>, object]>([
    ["is left alone", untouched, { main: current, latest: current }, {}, { kind: "current", digest: current.digest }],
    [
      "is built where it was never published",
      untouched,
      {},
      {},
      { kind: "build", because: [{ kind: "never-published" }] },
    ],
    [
      "is built where a run was lost",
      untouched,
      { main: behind, latest: behind },
      {},
      { kind: "build", because: [{ kind: "behind", revision: at("main-3") }] },
    ],
    [
      "gets its tags where a run ended before them",
      untouched,
      { main: behind, latest: behind, [source]: made("main-4") },
      {},
      {
        kind: "promote",
        digest: made("main-4").digest,
        because: [{ kind: "incomplete", missing: ["main", "latest"] }],
      },
    ],
    [
      "gets latest where a run ended before it",
      untouched,
      { main: current, latest: behind },
      {},
      { kind: "promote", digest: current.digest, because: [{ kind: "incomplete", missing: ["latest"] }] },
    ],
    [
      "is built where nobody can tell what is published: not to know is no reason to be silent",
      untouched,
      { main: made("gone-1", others) },
      {},
      { kind: "build", because: [{ kind: "behind" }] },
    ],
    [
      "is left alone where a newer run has published",
      untouched,
      { main: made("main-6", others) },
      {},
      { kind: "current" },
    ],
    [
      "without record is current if nothing changed since its commit",
      untouched,
      { main: foreign("main-2"), latest: foreign("main-2") },
      { changedSince: async () => false },
      { kind: "current" },
    ],
    [
      "without record is built if something changed since its commit",
      untouched,
      { main: foreign("main-2") },
      { changedSince: async () => true },
      { kind: "build", because: [{ kind: "behind" }] },
    ],
    [
      "without record or commit is built",
      untouched,
      { main: foreign() },
      {},
      { kind: "build", because: [{ kind: "no-record" }] },
    ],
    [
      "and has no tag that follows is not even asked for",
      { ...untouched, tags: [exact("1.2.3")] },
      {},
      {},
      { kind: "current" },
    ],
  ])("%s", async (_, wish, held, more, expected) => {
    expect(await ask(wish, held, more).standing).toMatchObject(expected);
  });

  test("takes two requests", async () => {
    const { registry, standing } = ask(untouched, { main: current, latest: current });
    await standing;
    expect(registry.requests).toEqual([`GET ${here}:main`, `HEAD ${here}:latest`]);
  });
});

describe("a scheduled rebuild", () => {
  test.each<[string, Held, object]>([
    ["is built, though nothing changed", { main: made("main-5"), latest: made("main-5") }, { kind: "build" }],
    [
      "is not built where a newer commit holds its tags",
      { main: made("main-6"), latest: made("main-6") },
      { kind: "superseded" },
    ],
  ])("%s", async (_, held, expected) => {
    expect(await ask(scheduled, held).standing).toMatchObject(expected);
  });
});

describe("a tag that is the content", () => {
  const content: Wish = { ...onMain, tags: [{ tag: tag("0123456789ab"), moves: false, of: "content" }] };
  test.each<[string, Wish, Held, object]>([
    ["is never built again, whoever put it", content, { "0123456789ab": foreign() }, { kind: "current" }],
    ["is built where it isn't there", content, {}, { kind: "build" }],
    [
      "is built where it lacks a platform",
      { ...content, platforms: [platform("linux/arm64")], mover: { ...mover, platforms: [platform("linux/arm64")] } },
      { "0123456789ab": foreign() },
      { kind: "build" },
    ],
  ])("%s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });
});

describe("several registries", () => {
  const both: Wish = { ...onMain, repositories: [here, there], tags: [moving("main")] };
  const current = made("main-5");

  test("are complete where the copy has the tag", async () => {
    expect(await ask(both, { main: current }, {}, { main: current }).standing).toMatchObject({ kind: "current" });
  });

  test("a missing copy is copied, never built", async () => {
    const { standing } = ask({ ...both, isAffected: false }, { main: current });
    expect(await standing).toMatchObject({ kind: "promote", because: [{ missing: [`${there}:main`] }] });
  });

  test("one that is down counts as missing, and keeps nobody from the others", async () => {
    const broken = repository("docker.io/o/broken");
    const { standing } = ask({ ...both, repositories: [here, broken] }, { main: current });
    expect(await standing).toMatchObject({ kind: "promote" });
  });

  test("the first must answer", async () => {
    const broken = repository("docker.io/o/broken");
    await expect(ask({ ...both, repositories: [broken] }, {}).standing).rejects.toMatchObject({ code: "unavailable" });
  });
});
