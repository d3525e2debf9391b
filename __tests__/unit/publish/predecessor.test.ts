/** What a candidate is compared with: what it would take the place of. */
import { expect, test } from "@jest/globals";
import type { ImageTag } from "../../../src/model/image-tags.ts";
import { repository, tag } from "../../../src/model/reference.ts";
import type { StoredManifest } from "../../../src/oci/manifest.ts";
import { releaseOf } from "../../../src/plan/version-line.ts";
import type { RunIdentity } from "../../../src/publish/guard.ts";
import { predecessorOf } from "../../../src/publish/predecessor.ts";
import { at, historyOf, recordOf, records } from "./commits.ts";
import { index, simulatedRegistry, Timeline } from "./simulation.ts";

const here = repository("ghcr.io/o/r/base");
const moving = (text: string): ImageTag => ({ tag: tag(text), moves: true });
const exact = (text: string): ImageTag => ({ tag: tag(text), moves: false });

const pushed: RunIdentity = {
  commit: at("main-5"),
  ref: "refs/heads/main",
  isRebuild: false,
  mayGoBack: false,
  release: undefined,
  platforms: [],
};
const released = (version: string): RunIdentity => ({ ...pushed, release: releaseOf(`v${version}`, [exact(version)]) });
const onMain = [moving("main"), exact("sha-5"), moving("latest")];
const ofRelease = (version: string) => {
  const [major, minor] = version.split(".");
  return [exact(version), moving(`${major}.${minor}`), moving(`${major}`), moving("latest")];
};

function made(revision: string, more: { readonly started?: string; readonly ref?: string } = {}): StoredManifest {
  return index({ content: `${revision} ${more.started}`, record: recordOf(at(revision), more) });
}

test.each<[string, readonly ImageTag[], RunIdentity, Readonly<Record<string, StoredManifest>>, string | undefined]>([
  ["nothing is published", onMain, pushed, {}, undefined],
  ["a push goes by latest", onMain, pushed, { main: made("main-4"), latest: made("main-3") }, "latest"],
  ["where there is no latest, by the branch", onMain, pushed, { main: made("main-4") }, "main"],
  [
    "a release goes by latest",
    ofRelease("1.2.3"),
    released("1.2.3"),
    { "1": made("main-4"), latest: made("main-3") },
    "latest",
  ],
  [
    "a patch of an old line goes by that line, as latest stays where it is",
    ofRelease("1.1.5"),
    released("1.1.5"),
    {
      "2.0.0": made("main-4"),
      latest: made("main-4"),
      "1.2.0": made("main-3"),
      "1": made("main-3"),
      "1.1": made("main-2"),
    },
    "1.1",
  ],
  [
    "where no tag would move, by the highest",
    onMain,
    pushed,
    { latest: made("main-6"), main: made("main-7") },
    "latest",
  ],
  [
    "without moving tags, by what was published last",
    [exact("2026.06.10-e973f3c")],
    pushed,
    {
      "2026.06.09-aaaaaaa": made("main-3", { started: "2026-06-09T08:00:00Z" }),
      "2026.06.02-fffffff": made("main-4", { started: "2026-06-10T08:00:00Z" }),
    },
    "2026.06.02-fffffff",
  ],
  [
    "without records, by the highest number",
    [exact("v3")],
    pushed,
    { "v0.9": index({ content: "9" }), "v0.10": index({ content: "10" }) },
    "v0.10",
  ],
  [
    "what a pull request made is nobody's predecessor",
    [exact("v3")],
    pushed,
    { "pr-7": made("main-4", { started: "2026-06-10T08:00:00Z", ref: "refs/pull/7/merge" }) },
    undefined,
  ],
  [
    "tags of source hashes are no versions",
    [exact("v3")],
    pushed,
    { "src-aaaaaaaaaaaaaaaa": made("main-4") },
    undefined,
  ],
])("%s", async (_, tags, identity, held, expected) => {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline);
  for (const [name, manifest] of Object.entries(held)) registry.hold(here, manifest, tag(name));
  const found = await timeline.run(predecessorOf(here, tags, { registry, history: historyOf(), identity, records }));
  expect(found?.tag).toBe(expected);
  expect(found?.digest).toBe(expected && held[expected]?.digest);
});

test("without the list of tags, a release goes by the narrowest line that there is", async () => {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline, (request) => request.startsWith("LIST"));
  for (const [name, manifest] of Object.entries({
    latest: made("main-4"),
    "1": made("main-3"),
    "1.1": made("main-2"),
  })) {
    registry.hold(here, manifest, tag(name));
  }
  const options = { registry, history: historyOf(), identity: released("1.1.5"), records };
  expect((await timeline.run(predecessorOf(here, ofRelease("1.1.5"), options)))?.tag).toBe("1.1");
});

test("in a repository of several images, another image's tags are no predecessor", async () => {
  const sharing = { image: "slim", isOwnTag: (text: string) => text.endsWith("-slim") };
  const of = (image: string, revision: string) =>
    index({
      content: `${image} ${revision}`,
      record: recordOf(at(revision), { image, started: "2026-06-01T00:00:00Z" }),
    });
  const held = {
    "latest-slim": of("full", "main-4"),
    "9.0.0": of("full", "main-4"),
    "1.0.0-slim": of("slim", "main-2"),
  };
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline, () => false);
  for (const [name, manifest] of Object.entries(held)) registry.hold(here, manifest, tag(name));
  const found = await timeline.run(
    predecessorOf(here, [moving("latest-slim")], {
      ...{ registry, history: historyOf(), identity: pushed, records: { ...records, sharing } },
    }),
  );
  expect(found?.tag).toBe("1.0.0-slim");
});
