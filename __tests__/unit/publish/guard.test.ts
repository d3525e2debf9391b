/** Tags that never move backwards: each sentence of the rule. */
import { describe, expect, test } from "@jest/globals";
import type { ImageTag } from "../../../src/model/image-tags.ts";
import { type Platform, platform } from "../../../src/model/platform.ts";
import { type Tag, tag } from "../../../src/model/reference.ts";
import { releaseOf } from "../../../src/plan/version-line.ts";
import { judge, type RunIdentity } from "../../../src/publish/guard.ts";
import { parseTagState, type TagState } from "../../../src/publish/registry-tags/tag-state.ts";
import { at, historyOf, recordOf, records } from "./commits.ts";
import { index } from "./simulation.ts";

const identity: RunIdentity = {
  commit: at("main-5"),
  ref: "refs/heads/main",
  isRebuild: false,
  mayGoBack: false,
  release: undefined,
  platforms: [],
};
const both: readonly Platform[] = ["linux/amd64", "linux/arm64"].map(platform);
const main: ImageTag = { tag: tag("main"), moves: true };
const wanted = index({ content: "wanted" });

function tagState(revision: string | undefined, ref = "refs/heads/main"): TagState {
  return parseTagState(
    index({ content: "held", ...(revision && { record: recordOf(at(revision), { ref }) }) }),
    records,
  );
}

interface Case {
  readonly tag?: ImageTag;
  readonly held?: TagState | undefined;
  readonly identity?: Partial<RunIdentity>;
  readonly isHead?: boolean;
  readonly published?: readonly string[];
}

async function verdict({ tag = main, held, identity: more, isHead, published = [] }: Case) {
  const history = {
    ...historyOf(),
    isHeadNow: async () => isHead,
    published: async () => published.map((each) => each as Tag),
  };
  return judge(tag, held, wanted.digest, { ...identity, ...more }, history);
}

describe("a branch's tag", () => {
  test.each<[string, Case, string]>([
    ["that nobody holds is free", {}, "free"],
    ["that names the digest already is there", { held: parseTagState(wanted, records) }, "there"],
    ["moves from an older commit", { held: tagState("main-4") }, "moves"],
    ["stays on a newer one: a slow run, or an old one run again", { held: tagState("main-6") }, "stays"],
    ["stays on what the same commit made", { held: tagState("main-5") }, "stays"],
    ["moves within a commit that is rebuilt", { held: tagState("main-5"), identity: { isRebuild: true } }, "moves"],
    [
      "moves within a commit to what has all platforms",
      { held: tagState("main-5"), identity: { platforms: both } },
      "moves",
    ],
    ["stays on a newer commit in a rebuild, too", { held: tagState("main-6"), identity: { isRebuild: true } }, "stays"],
    ["stays on a commit of another history", { held: tagState("other-1") }, "stays"],
    ["moves to the branch's head after a forced push", { held: tagState("other-1"), isHead: true }, "moves"],
    ["moves back to the branch's head after a forced push", { held: tagState("main-6"), isHead: true }, "moves"],
    ["stays where the branch has moved on since", { held: tagState("other-1"), isHead: false }, "stays"],
    ["is not moved where nobody can tell", { held: tagState("gone-1") }, "unknown"],
    [
      "is moved where nobody can tell but the forge says it is the head",
      { held: tagState("gone-1"), isHead: true },
      "moves",
    ],
    ["moves from what bears no record", { held: tagState(undefined) }, "moves"],
    ["moves backwards where that is wished", { held: tagState("main-6"), identity: { mayGoBack: true } }, "moves"],
    [
      "stays with the branch feature/a when feature-a comes, though that is its head",
      {
        tag: { tag: tag("feature-a"), moves: true },
        held: tagState("other-1", "refs/heads/feature/a"),
        identity: { ref: "refs/heads/feature-a" },
        isHead: true,
      },
      "stays",
    ],
    [
      "moves to its branch's head from a digest that another branch made",
      {
        tag: { tag: tag("next"), moves: true },
        held: tagState("other-1"),
        identity: { ref: "refs/heads/next" },
        isHead: true,
      },
      "moves",
    ],
  ])("%s", async (_, given, kind) => {
    expect((await verdict(given)).kind).toBe(kind);
  });

  test("of what bears no record but says its commit goes by that", async () => {
    const said = { "org.opencontainers.image.revision": at("main-6") };
    expect(await verdict({ held: parseTagState(index({ content: "x", annotations: said }), records) })).toMatchObject({
      kind: "stays",
    });
  });
});

describe("an exact tag", () => {
  const exact: ImageTag = { tag: tag("1.2.3"), moves: false };
  const ofCommit: ImageTag = { tag: tag(at("main-5")), moves: false, of: "commit" };
  const ofContent: ImageTag = { tag: tag("0123456789ab"), moves: false, of: "content" };
  test.each<[string, Case, string]>([
    ["is set once", { tag: exact, held: tagState("main-4") }, "stays"],
    [
      "is set once, whatever is wished",
      { tag: exact, held: tagState("main-4"), identity: { mayGoBack: true } },
      "stays",
    ],
    [
      "is set once, though it is rebuilt",
      { tag: exact, held: tagState("main-5"), identity: { isRebuild: true } },
      "stays",
    ],
    ["of a commit stays", { tag: ofCommit, held: tagState("main-5") }, "stays"],
    [
      "of a commit moves by a rebuild of it",
      { tag: ofCommit, held: tagState("main-5"), identity: { isRebuild: true } },
      "moves",
    ],
    [
      "of a commit is no other commit's",
      { tag: ofCommit, held: tagState("main-4"), identity: { isRebuild: true } },
      "stays",
    ],
    [
      "of a commit moves to what has all platforms",
      { tag: ofCommit, held: tagState("main-5"), identity: { platforms: both } },
      "moves",
    ],
    ["of content stays", { tag: ofContent, held: tagState(undefined) }, "stays"],
    [
      "of content moves to what has all platforms",
      { tag: ofContent, held: tagState(undefined), identity: { platforms: both } },
      "moves",
    ],
  ])("%s", async (_, given, kind) => {
    expect((await verdict(given)).kind).toBe(kind);
  });
});

describe("a tag of a release", () => {
  test.each<[string, string, string, readonly string[], string]>([
    ["the newest release takes its line", "1.2.4", "1.2", ["1.2.3", "1.2"], "moves"],
    ["the newest release takes latest", "2.0.0", "latest", ["1.2.3", "latest"], "moves"],
    ["a patch of an old line takes its line", "1.2.4", "1.2", ["1.2.3", "2.0.0"], "moves"],
    ["a patch of an old line leaves latest", "1.2.4", "latest", ["1.2.3", "2.0.0"], "stays"],
    ["a patch of an old line leaves the major", "1.2.4", "1", ["1.2.3", "1.3.0"], "stays"],
    ["an older patch, run late, leaves its line", "1.2.3", "1.2", ["1.2.4"], "stays"],
    ["a prerelease of the next version is in nobody's way", "1.2.4", "latest", ["2.0.0-rc.1"], "moves"],
    ["the same version under another name is not higher", "1.2.3", "latest", ["v1.2.3", "v1.2.2"], "moves"],
    ["a candidate before another of the same release leaves its tag", "2.0.0-rc.1", "beta", ["2.0.0-rc.2"], "stays"],
    ["a candidate after another takes its tag", "2.0.0-rc.3", "beta", ["2.0.0-rc.2", "1.9.0"], "moves"],
    ["a release that was spelled with a v is higher all the same", "1.9.5", "latest", ["v2.0.0"], "stays"],
    ["9 comes before 10", "1.10.0", "latest", ["1.9.0"], "moves"],
    ["the moving tags of other lines are no releases", "1.2.4", "1", ["2", "1.9", "latest", "main"], "moves"],
  ])("%s", async (_, version, name, published, kind) => {
    const release = releaseOf(`v${version}`, [{ tag: tag(version), moves: false }]);
    const given: Case = {
      tag: { tag: tag(name), moves: true },
      held: tagState("other-9"),
      identity: { release, ref: `refs/tags/v${version}` },
      published,
    };
    expect((await verdict(given)).kind).toBe(kind);
  });

  test("goes back where that is wished", async () => {
    const release = releaseOf("v1.0.0", [{ tag: tag("1.0.0"), moves: false }]);
    const given = { tag: { tag: tag("latest"), moves: true }, held: tagState("main-1"), published: ["2.0.0"] };
    expect((await verdict({ ...given, identity: { release, mayGoBack: true } })).kind).toBe("moves");
  });
});

test("a registry that lists very many tags holds no signal up, and the highest of them counts", async () => {
  const tags = Array.from({ length: 200_000 }, (_, index) => `1.${index % 1_000}.${index}`);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const identity = { ref: "refs/tags/v1.2.3", release: releaseOf("v1.2.3", [{ tag: tag("1.2.3"), moves: false }]) };
  const latest = { tag: tag("latest"), moves: true };
  const found = await verdict({
    tag: latest,
    held: tagState("main-4"),
    published: [...tags, "2.0.0", "1.0.0"],
    identity,
  });
  clearInterval(timer);
  expect(found).toMatchObject({ kind: "stays", higher: { version: "2.0.0" } });
  expect(turns).toBeGreaterThan(1);
});
