/** One image in several registries: the first one decides which digest it is, and all of them get that. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import type { Digest } from "../../../../src/model/digest.ts";
import { type Repository, repository, tag } from "../../../../src/model/reference.ts";
import type { StoredManifest } from "../../../../src/oci/manifest.ts";
import type { PlannedPromote } from "../../../../src/plan/plan.ts";
import { releaseOf } from "../../../../src/plan/version-line.ts";
import { type CheckResult, passed, refused } from "../../../../src/stages/check/check.ts";
import { type Publishing, publishAgain } from "../../../../src/stages/publish/publish-image.ts";
import { at, historyOf, recordOf, records } from "../../publish/commits.ts";
import { index, simulatedRegistry, Timeline } from "../../publish/simulation.ts";
import { promote } from "../../report/example.ts";
import { scanThat } from "../../scan/findings.ts";

const [here, there] = [repository("ghcr.io/o/r/app"), repository("quay.io/o/app")];
const image = (content: string, revision: string) => index({ content, platforms: [], record: recordOf(at(revision)) });
const own = image("own", "main-3");
const branch = [{ tag: tag("main"), moves: true }];
const release = ["1.2.3", "latest"].map((name) => ({ tag: tag(name), moves: name === "latest" }));

interface Case {
  readonly tags: PlannedPromote["tags"];
  readonly held?: Readonly<Record<string, StoredManifest>>;
  readonly check?: (digest: Digest) => CheckResult;
  /** Milliseconds of a copy. */
  readonly copyTakes?: number;
  readonly refusesCopy?: boolean;
  readonly repositories?: readonly Repository[];
}

async function publish(given: Case) {
  const { tags, held = {}, check = () => passed, copyTakes = 0, repositories = [here, there] } = given;
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline);
  registry.hold(here, own);
  for (const [name, manifest] of Object.entries(held)) registry.hold(here, manifest, tag(name));
  const copied: Digest[] = [];
  const isRelease = tags === release;
  const publishing: Publishing = {
    registry,
    clock: timeline.clock,
    onWait: () => {},
    history: historyOf(),
    identity: {
      ...{ commit: at("main-5"), ref: isRelease ? "refs/tags/v1.2.3" : "refs/heads/main" },
      ...{ isRebuild: false, mayGoBack: false },
    },
    signal: new AbortController().signal,
    started: new Date(0),
    records,
    async copy(digest, from, to) {
      copied.push(digest);
      await timeline.pass(copyTakes);
      if (given.refusesCopy) throw new UserError("quay.io is full", { hint: "make room" });
      const found = registry.held.get(`${from}:${digest}`);
      if (found !== undefined) registry.hold(to, found);
    },
  };
  const planned = promote("app", {
    ...{ digest: own.digest, repositories, tags, platforms: [], sourceHash: "a".repeat(64), bakedVersion: null },
    release: isRelease ? (releaseOf("v1.2.3", release) ?? null) : null,
  });
  const result = await timeline.run(publishAgain(planned, publishing, async ({ digest }) => check(digest)));
  const named = (name: string) => [here, there].map((each) => registry.held.get(`${each}:${name}`)?.digest);
  return { result, copied, named };
}

describe("all registries get the same digest", () => {
  test("once the copy is there, however long it takes", async () => {
    const { result, named } = await publish({ tags: branch, copyTakes: 500 });
    expect(result).toMatchObject({ outcome: "promoted", image: { digest: own.digest } });
    expect(named("main")).toEqual([own.digest, own.digest]);
  });

  test("after a revert: the index with this run's revision is what is copied", async () => {
    const { result, copied, named } = await publish({ tags: branch, held: { main: image("between", "main-4") } });
    const [first, second] = named("main");
    expect(first).not.toBe(own.digest);
    expect([second, copied]).toEqual([first, [first]]);
    expect(result).toMatchObject({ outcome: "promoted", image: { digest: first } });
  });

  test("where the release is another image of the same sources already, with the scan of that one", async () => {
    const theirs = image("theirs", "other-1");
    const scan = scanThat("passed", "app", { kind: "published", tag: "1.2.3", digest: theirs.digest });
    const check = (): CheckResult => ({ kind: "passed", scan });
    const { result, copied, named } = await publish({ tags: release, held: { "1.2.3": theirs }, check });
    expect(named("latest")).toEqual([theirs.digest, theirs.digest]);
    expect(copied).toEqual([theirs.digest]);
    expect(result).toMatchObject({ outcome: "promoted", image: { digest: theirs.digest }, scan });
  });
});

test("in one registry, too, the result is the release's image that was tagged", async () => {
  const theirs = image("theirs", "other-1");
  const { result, named } = await publish({ tags: release, held: { "1.2.3": theirs }, repositories: [here] });
  expect(named("latest")).toEqual([theirs.digest, undefined]);
  expect(result).toMatchObject({ outcome: "promoted", image: { digest: theirs.digest } });
});

test.each<{ when: string; held: StoredManifest; check?: Case["check"] }>([
  { when: "names other content", held: index({ content: "planted", platforms: [] }) },
  {
    when: "names what doesn't pass",
    held: image("theirs", "other-1"),
    check: () => refused("scan", new UserError("it has a finding", { hint: "fix it" })),
  },
])("no registry gets a tag where the release in the first one $when", async ({ held, check }) => {
  const { result, copied, named } = await publish({ tags: release, held: { "1.2.3": held }, ...(check && { check }) });
  expect(result.outcome).toBe("failed");
  expect(copied).toEqual([]);
  expect([named("1.2.3"), named("latest")]).toEqual([
    [held.digest, undefined],
    [undefined, undefined],
  ]);
});

test("a registry that takes no copy gets no tag, and keeps the others from none", async () => {
  const { result, named } = await publish({ tags: branch, refusesCopy: true });
  expect(result).toMatchObject({ outcome: "failed", error: { message: "quay.io is full" } });
  expect(named("main")).toEqual([own.digest, undefined]);
});
