import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { Registry } from "../../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import { releaseOf } from "../../../../src/plan/version-line.ts";
import { passed, refused } from "../../../../src/stages/check/check.ts";
import {
  type CheckFoundDigest,
  type Publishing,
  publishCandidate,
} from "../../../../src/stages/publish/publish-image.ts";
import { digests, plannedBuild } from "../../buildx/planned.ts";
import { at, historyOf, recordOf, records } from "../../publish/commits.ts";
import { index, simulatedRegistry, Timeline } from "../../publish/simulation.ts";

const candidate = {
  digest: digests.a,
  layout: undefined,
  platforms: [],
  seconds: 1,
  bases: [],
  baseAnnotations: {},
  steps: { cached: 0, executed: 1 },
};
const passes: CheckFoundDigest = async () => passed;
const notUsed = (): Promise<never> => Promise.reject(new Error("not used"));

/** A registry that answers nothing but this. */
function failing(error: unknown): Registry {
  const fail = (): Promise<never> => Promise.reject(error);
  return {
    head: fail,
    manifest: fail,
    putManifest: fail,
    tag: notUsed,
    checkPush: notUsed,
    tags: notUsed,
    blob: notUsed,
  };
}

function publishing(registry: Registry, signal: AbortSignal): Publishing {
  const identity = { commit: at("main-1"), ref: "refs/heads/main", isRebuild: false, mayGoBack: false };
  return {
    registry,
    clock: new Timeline().clock,
    onWait: () => {},
    history: historyOf(),
    identity,
    signal,
    started: new Date(0),
    records,
    copy: async () => {},
  };
}

test("a run that is cancelled while its tags are put has not failed: it is not finished", async () => {
  const cancelled = new AbortController();
  cancelled.abort(new UserError("the run was cancelled", { hint: "run it again" }));
  const { signal } = cancelled;
  const result = await publishCandidate(plannedBuild, candidate, publishing(failing(signal.reason), signal), passes);
  expect(result).toEqual({ planned: plannedBuild, outcome: "cancelled" });
});

test("a registry that refused is a failure, also in a run that was cancelled later", async () => {
  const cancelled = new AbortController();
  cancelled.abort(new UserError("the run was cancelled", { hint: "run it again" }));
  const denied = new RegistryError("denied", "refused", { hint: "ask for the right" });
  const result = await publishCandidate(plannedBuild, candidate, publishing(failing(denied), cancelled.signal), passes);
  expect(result).toMatchObject({ outcome: "failed", candidate });
});

describe("what another run made of the same sources while this one was building", () => {
  const started = "2026-07-01T12:00:00Z";
  const theirs = index({ content: "theirs", platforms: [], record: recordOf(at("main-1"), { started }) });
  const own = index({ content: "own", record: recordOf(at("main-1")) });
  const [here = repository("ghcr.io/o/r/app")] = plannedBuild.repositories;
  const planned = {
    ...plannedBuild,
    repositories: [here],
    sourceHash: "a".repeat(64),
    platforms: [],
    tags: [{ tag: tag("main"), moves: true }],
  };

  async function published(
    check: CheckFoundDigest,
    meanwhile = theirs,
    identity: Partial<Publishing["identity"]> = {},
  ) {
    const timeline = new Timeline();
    const registry = simulatedRegistry(timeline);
    registry.hold(here, own);
    registry.hold(here, meanwhile, tag("src-aaaaaaaaaaaaaaaa"));
    const common = publishing(registry, new AbortController().signal);
    const given = { ...common, clock: timeline.clock, identity: { ...common.identity, ...identity } };
    const result = await timeline.run(
      publishCandidate(planned, { ...candidate, digest: own.digest }, { ...given, started: new Date(started) }, check),
    );
    return { result, main: registry.held.get(`${here}:main`)?.digest };
  }

  test("takes its place once it has passed, and is not this run's to sign", async () => {
    const checked: unknown[] = [];
    const { main, result } = await published(async (found) => {
      checked.push(found);
      return passed;
    });
    expect(checked).toEqual([{ repository: here, digest: theirs.digest, as: "same-content" }]);
    expect(main).toBe(theirs.digest);
    expect(result).toMatchObject({ outcome: "published", candidate: { digest: theirs.digest }, isFound: true });
  });

  test("doesn't where it doesn't pass: what was built has passed", async () => {
    const { main, result } = await published(async () =>
      refused("scan", new UserError("it has a finding", { hint: "fix it" })),
    );
    expect(main).toBe(own.digest);
    expect(result).toMatchObject({ outcome: "published", candidate: { digest: own.digest } });
    expect(result).not.toHaveProperty("isFound");
  });

  test.each<{ when: string; identity: Partial<Publishing["identity"]> }>([
    { when: "a scheduled rebuild, which is to be new", identity: { isRebuild: true } },
    { when: "a pull request, which takes no other's image", identity: { ref: "refs/pull/7/merge" } },
  ])("doesn't in $when", async ({ identity }) => {
    const { main } = await published(() => Promise.reject(new Error("asked")), theirs, identity);
    expect(main).toBe(own.digest);
  });

  test.each([
    { when: "of another repository", record: { started, repository: "fork/r" } },
    { when: "of the future", record: { started: "2026-07-01T13:30:00Z" } },
  ])("is not even asked for where its record is $when", async ({ record }) => {
    const claimed = index({ content: "claimed", record: recordOf(at("main-1"), record) });
    const { main } = await published(() => Promise.reject(new Error("asked")), claimed);
    expect(main).toBe(own.digest);
  });
});

test("what was built into a layout is pushed nowhere, and gets no tags", async () => {
  const built = { ...candidate, layout: "/tmp/layout" };
  const registry = failing(new Error("asked"));
  const result = await publishCandidate(
    plannedBuild,
    built,
    publishing(registry, new AbortController().signal),
    passes,
  );
  expect(result).toEqual({ planned: plannedBuild, outcome: "built", candidate: built });
});

test("a patch of an old line leaves `latest` and the major's tag on the higher release", async () => {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline);
  const here = repository("ghcr.io/o/r/app");
  const [own, higher] = [index({ content: "own" }), index({ content: "higher" })];
  registry.hold(here, own);
  registry.hold(here, higher, ...["1.3.0", "1", "latest"].map(tag));
  const tags = ["1.2.4", "1.2", "1", "latest"].map((name) => ({ tag: tag(name), moves: name !== "1.2.4" }));
  const planned = {
    ...plannedBuild,
    ...{ repositories: [here], platforms: [], tags, release: releaseOf("v1.2.4", tags) ?? null },
  };
  const identity = { commit: at("main-1"), ref: "refs/tags/v1.2.4", isRebuild: false, mayGoBack: false };
  const given = { ...publishing(registry, new AbortController().signal), clock: timeline.clock, identity };
  const result = await timeline.run(publishCandidate(planned, { ...candidate, digest: own.digest }, given, passes));
  expect(result).toMatchObject({ outcome: "published" });
  const named = tags.map((each) => registry.held.get(`${here}:${each.tag}`)?.digest);
  expect(named).toEqual([own.digest, own.digest, higher.digest, higher.digest]);
});
