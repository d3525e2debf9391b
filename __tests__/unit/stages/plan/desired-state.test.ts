/** What a run wants the registries to hold of an image, by its event and the inputs. */
import { expect, test } from "@jest/globals";
import { repository, tag } from "../../../../src/model/reference.ts";
import { releaseOf } from "../../../../src/plan/version-line.ts";
import {
  buildsReleases,
  defaultTags,
  desiredParent,
  desiredState,
  type RunRequest,
} from "../../../../src/stages/plan/desired-state.ts";
import { catalogOf } from "../../changes/catalog-of.ts";
import { at } from "../../publish/commits.ts";

const tags = [
  { tag: tag("1.2.3"), moves: false },
  { tag: tag("1.2"), moves: true },
];
const release = releaseOf("v1.2.3", tags);
const released = { tags: { tags, version: "1.2.3" }, release, bakedVersion: "1.2.3" };
const request = {
  identity: { commit: at("main-5"), ref: "refs/heads/main", isRebuild: false, mayGoBack: false },
  defaultBranch: "feature/x",
  movingTagsOnly: false,
  promotes: true,
  hashes: new Map([["app", { kind: "known", hash: "a".repeat(64) }]]),
  settingsOf: () => ({ flavor: { suffix: { isGiven: false } } }),
} as unknown as RunRequest;
const [app] = catalogOf({
  name: "app",
  repositories: [repository("ghcr.io/o/r/app"), repository("docker.io/o/app")],
}).images;
const [helper] = catalogOf({ name: "helper" }).images;
if (app === undefined || helper === undefined) throw new Error("there are no images");

test.each([
  { when: "promote: false and a release", promotes: false, release, is: true },
  { when: "promote: true and a release", promotes: true, release, is: false },
  { when: "promote: false and no release", promotes: false, release: undefined, is: false },
])("$when: what is published is built again: $is", ({ promotes, release, is }) => {
  expect(buildsReleases({ release }, { promotes })).toBe(is);
});

test("an image is wanted under all its tags, as the run's own release, in all its repositories", () => {
  expect(desiredState(app, released, true, request)).toEqual({
    repositories: app.repositories,
    tags,
    bakedVersion: "1.2.3",
    isAffected: true,
    identity: { ...request.identity, release, platforms: [] },
    platforms: [],
    sourceHash: "a".repeat(64),
  });
});

test("a scheduled rebuild wants moving tags alone", () => {
  const wanted = desiredState(app, released, true, { ...request, movingTagsOnly: true });
  expect(wanted?.tags.map((each) => each.tag)).toEqual(["1.2"]);
});

test("an image that is not published is not wanted anywhere", () => {
  expect(desiredState(helper, released, true, request)).toBeUndefined();
  expect(desiredParent(helper, released, request)).toBeUndefined();
});

test("a parent is looked up by its moving tags, as nobody's release", () => {
  expect(desiredParent(app, released, request)).toMatchObject({
    tags: [{ tag: "1.2", moves: true }],
    isAffected: false,
    identity: { release: undefined },
  });
});

test("a parent without a moving tag is looked up by the default branch's", () => {
  const untagged = { ...released, tags: { tags: [], version: undefined } };
  expect(desiredParent(app, untagged, request)?.tags).toEqual([{ tag: "feature-x", moves: true }]);
  expect(desiredParent(app, untagged, { ...request, defaultBranch: undefined })?.tags).toEqual([]);
});

test("the default branch's tag of the Nix variant has its suffix", () => {
  expect(defaultTags({ name: "app", publicName: "app", variant: "nix" }, request)).toEqual(["feature-x-nix"]);
});
