/** What is to be done for an image, by what the registry holds of it. */
import { describe, expect, test } from "@jest/globals";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import type { ImageTag } from "../../../src/model/image-tags.ts";
import { platform } from "../../../src/model/platform.ts";
import type { Reason } from "../../../src/model/reason.ts";
import { repository, type Tag, tag } from "../../../src/model/reference.ts";
import type { StoredManifest } from "../../../src/oci/manifest.ts";
import { sourceTag } from "../../../src/plan/record.ts";
import { releaseOf } from "../../../src/plan/version-line.ts";
import { type DesiredState, type PublishStateOptions, publishStateOf } from "../../../src/publish/ask-publish-state.ts";
import type { RunIdentity } from "../../../src/publish/guard.ts";
import { at, historyOf, recordOf, records } from "./commits.ts";
import { type IndexSketch, index, simulatedRegistry, Timeline } from "./simulation.ts";

const here = repository("ghcr.io/o/r/base");
const there = repository("docker.io/o/base");
const hash = "a".repeat(64);
const source = "src-aaaaaaaaaaaaaaaa";

const moving = (text: string): ImageTag => ({ tag: tag(text), moves: true });
const exact = (text: string): ImageTag => ({ tag: tag(text), moves: false });
const ofCommit = (text: string): ImageTag => ({ ...exact(text), of: "commit" });

const identity: RunIdentity = {
  commit: at("main-5"),
  ref: "refs/heads/main",
  isRebuild: false,
  mayGoBack: false,
  release: undefined,
  platforms: [],
};
const onMain: DesiredState = {
  repositories: [here],
  tags: [moving("main"), ofCommit("c5"), moving("latest")],
  sourceHash: hash,
  platforms: [platform("linux/amd64")],
  bakedVersion: null,
  isAffected: true,
  identity,
};
const released: DesiredState = {
  ...onMain,
  tags: [exact("1.2.3"), moving("1.2"), ofCommit("c5"), moving("latest")],
  identity: { ...identity, ref: "refs/tags/v1.2.3", release: releaseOf("v1.2.3", [exact("1.2.3")]) },
};
const untouched: DesiredState = { ...onMain, isAffected: false };
const scheduled: DesiredState = {
  ...onMain,
  tags: [moving("main"), moving("latest")],
  identity: { ...identity, isRebuild: true },
};

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

function ask(
  wish: DesiredState,
  held: Held,
  more: Partial<PublishStateOptions> = {},
  copies: Held = {},
  isBroken = (request: string) => request.includes("broken"),
) {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline, isBroken);
  for (const [name, manifest] of Object.entries(held)) registry.hold(here, manifest, tag(name));
  for (const [name, manifest] of Object.entries(copies)) registry.hold(there, manifest, tag(name));
  const options: PublishStateOptions = {
    registry,
    history: historyOf(),
    elsewhere: ["main" as Tag],
    buildsReleases: false,
    changedSince: async () => undefined,
    records,
    isOfBase: async () => false,
    ...more,
  };
  return { registry, standing: timeline.run(publishStateOf(wish, options)) };
}

describe("a release in a registry that lists no tags", () => {
  test.each<[string, Held, object]>([
    ["of which there is nothing is built", {}, { kind: "build" }],
    ["of other sources than what is there is built", { latest: made("main-4", others) }, { kind: "build" }],
    ["of sources that are published is promoted", { main: made("main-4") }, { kind: "promote" }],
    ["whose exact tag is there, and its line isn't, is promoted", { "1.2.3": made("main-5") }, { kind: "promote" }],
    [
      "whose tags are all there is done",
      { "1.2.3": made("main-5"), "1.2": made("main-5"), c5: made("main-5"), latest: made("main-5") },
      { kind: "current" },
    ],
  ])("%s", async (_, held, expected) => {
    const { standing } = ask(released, held, {}, {}, (request) => request.startsWith("LIST"));
    expect(await standing).toMatchObject(expected);
  });
});

describe("an affected image", () => {
  const all = (manifest: StoredManifest): Held => ({ main: manifest, latest: manifest, c5: manifest });
  test.each<[string, DesiredState, Held, object]>([
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
      { ...onMain, tags: [moving("next")], identity: { ...identity, ref: "refs/heads/next" } },
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
      { ...onMain, identity: { ...identity, commit: at("main-2") } },
      { ...all(made("main-6", others)), c5: made("main-2", others) },
      { kind: "superseded" },
    ],
    [
      "whose old run failed gets the tag of its commit alone",
      { ...onMain, identity: { ...identity, commit: at("main-2") } },
      { main: made("main-6", others), latest: made("main-6", others) },
      { kind: "build" },
    ],
  ])("%s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });
});

describe("a release", () => {
  const tested = made("main-4");
  test.each<[string, DesiredState, Held, object]>([
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
      { ...released, identity: { ...released.identity, commit: at("main-4") } },
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
  ])("%s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });

  test.each<[string, DesiredState, Partial<PublishStateOptions>]>([
    ["with the version in its bytes", { ...released, bakedVersion: "1.2.3" }, {}],
    ["that is built on purpose", released, { buildsReleases: true }],
  ])("%s, whose run ended after its exact tag, gets the rest", async (_, wish, more) => {
    const cut = index({ content: "cut", record: recordOf(at("main-5"), { bakedVersion: wish.bakedVersion }) });
    const { standing } = ask(wish, { "1.2.3": cut, main: tested, latest: tested, [source]: tested }, more);
    expect(await standing).toMatchObject({ kind: "promote", digest: cut.digest });
  });

  const other = index({ content: "other", record: recordOf(at("other-1")) });
  test.each<[string, DesiredState, Held, object]>([
    [
      "of the same sources that another branch made",
      released,
      { "1.2.3": other },
      { kind: "promote", digest: other.digest },
    ],
    [
      "of the same sources, though it is to be rebuilt",
      { ...released, identity: { ...released.identity, isRebuild: true } },
      { "1.2.3": other },
      { kind: "promote", digest: other.digest },
    ],
    [
      "of the same sources under the other spelling of its version",
      { ...released, tags: [exact("1.2.3"), exact("v1.2.3"), moving("1.2")] },
      { "v1.2.3": other, main: tested, [source]: tested },
      { kind: "promote", digest: other.digest },
    ],
  ])("is the image that its exact tag names already: %s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });

  const whole = { main: tested, latest: tested, [source]: tested };
  test.each<[string, DesiredState, StoredManifest, RegExp]>([
    ["other sources", released, made("main-1", others), /1\.2\.3 names other content: it was made from other sources/],
    ["no record", released, foreign("main-5"), /no record/],
    ["no record, and nothing else", released, foreign(), /no record/],
    ["another version in its bytes", { ...released, bakedVersion: "1.2.3" }, made("main-5"), /another version/],
    [
      "a version in its bytes",
      released,
      index({ content: "v", record: recordOf(at("main-5"), { bakedVersion: "1.2.2" }) }),
      /another version/,
    ],
    [
      "a pull request's image",
      released,
      index({ content: "pr", record: recordOf(at("main-5"), { ref: "refs/pull/7/merge" }) }),
      /pull request/,
    ],
    [
      "another repository's record",
      released,
      index({ content: "f", record: recordOf(at("main-5"), { repository: "f/r" }) }),
      /another repository/,
    ],
    [
      "a record of the future",
      released,
      index({ content: "t", record: recordOf(at("main-5"), { started: "2126-01-01T00:00:00Z" }) }),
      /future/,
    ],
    [
      "an index without a platform",
      { ...released, platforms: [platform("linux/arm64")] },
      made("main-5"),
      /is missing a platform/,
    ],
  ])("fails where its exact tag names %s", async (_, wish, taken, why) => {
    const expected = { kind: "superseded", why: expect.stringMatching(why), isTaken: { hint: expect.any(String) } };
    expect(await ask(wish, { ...whole, "1.2.3": taken }).standing).toMatchObject(expected);
    expect(await ask(wish, { "1.2.3": taken }).standing).toMatchObject(expected);
    const isRebuild = { ...wish, identity: { ...wish.identity, isRebuild: true } };
    expect(await ask(isRebuild, { "1.2.3": taken }).standing).toMatchObject(expected);
    const spelled = { ...wish, tags: [...wish.tags, exact("v1.2.3")] };
    expect(await ask(spelled, { ...whole, "v1.2.3": taken }).standing).toMatchObject(expected);
  });

  test("of sources without a name is done where it was made of the same commit, and other content else", async () => {
    const wish = { ...released, sourceHash: null };
    const all = (manifest: StoredManifest) => ({ "1.2.3": manifest, "1.2": manifest, latest: manifest, c5: manifest });
    expect(await ask(wish, all(made("main-5", null))).standing).toMatchObject({ kind: "current" });
    expect(await ask(wish, all(made("main-4", null))).standing).toMatchObject({ kind: "superseded", isTaken: {} });
  });

  test("a commit's tag or a content tag that names other content ends no release", async () => {
    const content: ImageTag = { tag: tag("0123456789ab"), moves: false, of: "content" };
    const wish = { ...released, tags: [...released.tags, content] };
    const { standing } = ask(wish, { ...whole, c5: made("main-1", others), "0123456789ab": foreign() });
    expect(await standing).toMatchObject({ kind: "promote" });
  });

  test("is built where that is wished", async () => {
    const { standing } = ask(released, { main: tested, [source]: tested }, { buildsReleases: true });
    expect(await standing).toMatchObject({ kind: "build" });
  });
});

describe("an image that the event doesn't touch", () => {
  const current = made("main-3");
  const behind = made("main-3", others);
  test.each<[string, DesiredState, Held, Partial<PublishStateOptions>, object]>([
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
      "gets latest from its own tag, whichever commit that was made from",
      untouched,
      { main: made("gone-1"), latest: behind },
      {},
      { kind: "promote", digest: made("gone-1").digest, because: [{ kind: "incomplete", missing: ["latest"] }] },
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
      "with a record that is not trusted is built, whatever else it says",
      untouched,
      {
        main: index({
          content: "theirs",
          record: recordOf(at("main-3"), { repository: "fork/r" }),
          annotations: { "org.opencontainers.image.revision": at("main-3") },
        }),
      },
      { changedSince: async () => false },
      { kind: "build", because: [{ kind: "no-record", detail: "its record names another repository" }] },
    ],
    [
      "without record is built if something changed since its commit",
      untouched,
      { main: foreign("main-2") },
      { changedSince: async () => true },
      { kind: "build", because: [{ kind: "behind" }] },
    ],
    [
      "without record is built if git can't compare its commit with this one",
      untouched,
      { main: foreign("main-2") },
      { changedSince: async () => undefined },
      { kind: "build", because: [{ kind: "no-record", detail: expect.stringContaining("can't be compared") }] },
    ],
    [
      "is never current by a commit of unknown ancestry, though a record says that it has the same sources",
      { ...untouched, tags: [moving("main"), moving("latest")] },
      { main: made("gone-1", others), latest: made("gone-1") },
      { changedSince: async () => undefined },
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
  const content: DesiredState = { ...onMain, tags: [{ tag: tag("0123456789ab"), moves: false, of: "content" }] };
  test.each<[string, DesiredState, Held, object]>([
    ["is never built again, whoever put it", content, { "0123456789ab": foreign() }, { kind: "current" }],
    ["is built where it isn't there", content, {}, { kind: "build" }],
    [
      "is built where it lacks a platform",
      {
        ...content,
        platforms: [platform("linux/arm64")],
        identity: { ...identity, platforms: [platform("linux/arm64")] },
      },
      { "0123456789ab": foreign() },
      { kind: "build" },
    ],
  ])("%s", async (_, wish, held, expected) => {
    expect(await ask(wish, held).standing).toMatchObject(expected);
  });
});

describe("an image made from other sources, of which no file changed", () => {
  const untouched: DesiredState = { ...onMain, isAffected: false };
  const behind = { main: made("main-3", others), latest: made("main-3", others) };
  test.each<[string, Partial<PublishStateOptions>, Reason]>([
    [
      "was built with other build arguments",
      { hasArguments: true, changedSince: async () => false },
      { kind: "behind", revision: at("main-3"), byArguments: true },
    ],
    ["has none", { changedSince: async () => false }, { kind: "behind", revision: at("main-3") }],
    [
      "whose files changed as well",
      { hasArguments: true, changedSince: async () => true },
      { kind: "behind", revision: at("main-3") },
    ],
    ["of which nobody knows", { hasArguments: true }, { kind: "behind", revision: at("main-3") }],
  ])("%s", async (_, options, reason) => {
    expect(await ask(untouched, behind, options).standing).toMatchObject({ kind: "build", because: [reason] });
    expect(describeReason(reason)).toMatch("byArguments" in reason ? /the build arguments changed/ : /other sources/);
  });
});

describe("several registries", () => {
  const both: DesiredState = { ...onMain, repositories: [here, there], tags: [moving("main")] };
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

  test("the first must answer about each tag", async () => {
    const held = { main: current, [source]: current };
    const { standing } = ask(onMain, held, {}, {}, (request) => request === `HEAD ${here}:latest`);
    await expect(standing).rejects.toMatchObject({ code: "unavailable" });
  });

  test("the first must answer", async () => {
    const broken = repository("docker.io/o/broken");
    await expect(ask({ ...both, repositories: [broken] }, {}).standing).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("with `attest`", () => {
  const image = made("main-4");
  const all: Held = { main: image, latest: image, [source]: image };
  const attesting = (
    listed: boolean | undefined,
    ...digests: readonly StoredManifest[]
  ): Partial<PublishStateOptions> => ({
    history: {
      ...historyOf(),
      attested: async (digest) => (digests.some((each) => each.digest === digest) ? true : listed),
    },
  });
  test.each<[string, DesiredState, Held, Partial<PublishStateOptions>, object]>([
    ["what is attested is promoted", onMain, all, attesting(false, image), { kind: "promote" }],
    [
      "what isn't is built",
      onMain,
      all,
      attesting(false),
      { kind: "build", because: [{ kind: "not-attested", detail: expect.stringContaining(image.digest) }, {}] },
    ],
    [
      "what GitHub can't be asked about is built",
      onMain,
      all,
      attesting(undefined),
      { kind: "build", because: [{ kind: "not-attested", detail: expect.stringContaining("doesn't say") }, {}] },
    ],
    [
      "what isn't is built though it has all tags, and nothing touches it",
      { ...untouched, identity: { ...identity, commit: at("main-4") } },
      all,
      attesting(false),
      { kind: "build", because: [{ kind: "not-attested" }] },
    ],
    [
      "what isn't is built for the same commit",
      onMain,
      { main: made("main-5"), latest: made("main-5"), c5: made("main-5") },
      attesting(false),
      { kind: "build", because: [{ kind: "not-attested" }] },
    ],
    [
      "another image of the same sources that is attested is promoted",
      onMain,
      { main: made("main-3", hash, { content: "planted" }), [source]: image },
      attesting(false, image),
      { kind: "promote", digest: image.digest },
    ],
    [
      "a newer commit's tags stay",
      { ...untouched },
      { main: made("main-6"), latest: made("main-6") },
      attesting(false),
      { kind: "current" },
    ],
    [
      "a content tag under all its tags stays, whoever pushed it",
      { ...onMain, tags: [{ tag: tag("0123456789ab"), moves: false, of: "content" }] },
      { "0123456789ab": foreign() },
      attesting(false),
      { kind: "current" },
    ],
    [
      "a content tag's image gets no other tag",
      { ...onMain, tags: [{ tag: tag("0123456789ab"), moves: false, of: "content" }, moving("main")] },
      { "0123456789ab": foreign() },
      attesting(false),
      { kind: "build", because: [{ kind: "not-attested" }] },
    ],
    [
      "a release is built anew under the tag of one that isn't",
      released,
      { "1.2.3": image },
      attesting(false),
      { kind: "build" },
    ],
    [
      "a release fails where nobody knows",
      released,
      { "1.2.3": image },
      attesting(undefined),
      { kind: "superseded", isTaken: {} },
    ],
    [
      "what would need an index of its own, as after a revert, is built",
      onMain,
      { main: made("main-4", others), [source]: made("main-3") },
      attesting(true),
      { kind: "build", because: [{ kind: "not-attested" }] },
    ],
  ])("%s", async (_, wish, held, more, expected) => {
    expect(await ask(wish, held, more).standing).toMatchObject(expected);
  });
});

describe("in a repository of several images", () => {
  const sharing = { image: "slim", isOwnTag: (text: string) => text.endsWith("-slim") };
  const ofSlim = { records: { ...records, sharing }, elsewhere: [] };
  const slim: DesiredState = { ...onMain, tags: [moving("main-slim")] };
  const madeFor = (image: string | null, revision: string) =>
    index({ content: `${revision} ${image}`, record: recordOf(at(revision), { sourceHash: hash, image }) });

  test.each<[string, Held, object]>([
    [
      "an image's own record under its own tag is current",
      { "main-slim": madeFor("slim", "main-5") },
      { kind: "current" },
    ],
    ["so is a record without a name", { "main-slim": madeFor(null, "main-5") }, { kind: "current" }],
    [
      "what another image has under its tags of the same sources is not taken",
      { main: madeFor("full", "main-5"), [source]: madeFor("full", "main-5") },
      { kind: "build" },
    ],
    [
      "a tag that names another image ends the run",
      { "main-slim": madeFor("full", "main-5") },
      {
        kind: "superseded",
        why: "main-slim names the image full",
        isTaken: { hint: expect.stringContaining("move: any") },
      },
    ],
  ])("%s", async (_, held, expected) => {
    const tags = { ...slim, tags: [moving("main-slim")] };
    expect(await ask(tags, held, ofSlim).standing).toMatchObject(expected);
  });

  test("what another run made of its sources is found under the source tag of its name", async () => {
    const own = { [sourceTag(hash, "slim")]: madeFor("slim", "main-5") };
    expect(await ask(slim, own, ofSlim).standing).toMatchObject({ kind: "promote" });
    const others = {
      [sourceTag(hash)]: madeFor("slim", "main-5"),
      [sourceTag(hash, "full")]: madeFor("slim", "main-5"),
    };
    expect(await ask(slim, others, ofSlim).standing).toMatchObject({ kind: "build" });
  });

  test("another variant's version is no higher prerelease of an image", async () => {
    const full = { image: "full", isOwnTag: (text: string) => !text.endsWith("-slim") };
    const release: DesiredState = {
      ...released,
      tags: [exact("1.2.3-rc.1"), moving("next")],
      identity: { ...released.identity, release: releaseOf("v1.2.3-rc.1", [exact("1.2.3-rc.1")]) },
    };
    const held = { "1.2.3-rc.1": madeFor("full", "main-5"), "1.3.0-slim": madeFor("slim", "main-5") };
    const options = { records: { ...records, sharing: full }, elsewhere: [] };
    expect(await ask(release, held, options).standing).toMatchObject({ kind: "promote" });
    expect(await ask(release, held, { elsewhere: [] }).standing).toMatchObject({ kind: "superseded" });
  });

  test("a higher release of another image is no reason for a tag to stay", async () => {
    const release: DesiredState = {
      ...released,
      tags: [exact("1.2.3-rc.1-slim"), moving("latest-slim")],
      identity: { ...released.identity, release: releaseOf("v1.2.3-rc.1", [exact("1.2.3-rc.1-slim")]) },
    };
    const held = { "1.2.3-rc.1-slim": madeFor("slim", "main-5"), "2.0.0": madeFor("full", "main-4") };
    expect(await ask(release, held, ofSlim).standing).toMatchObject({ kind: "promote" });
  });
});
