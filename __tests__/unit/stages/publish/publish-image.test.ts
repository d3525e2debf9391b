import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { repository, tag } from "../../../../src/model/reference.ts";
import type { Registry } from "../../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
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

  async function published(check: CheckFoundDigest, meanwhile = theirs) {
    const timeline = new Timeline();
    const registry = simulatedRegistry(timeline);
    registry.hold(here, own);
    registry.hold(here, meanwhile, tag("src-aaaaaaaaaaaaaaaa"));
    const given = { ...publishing(registry, new AbortController().signal), clock: timeline.clock };
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

  test.each([
    { when: "of another repository", record: { started, repository: "fork/r" } },
    { when: "of the future", record: { started: "2026-07-01T13:30:00Z" } },
  ])("is not even asked for where its record is $when", async ({ record }) => {
    const claimed = index({ content: "claimed", record: recordOf(at("main-1"), record) });
    const { main } = await published(() => Promise.reject(new Error("asked")), claimed);
    expect(main).toBe(own.digest);
  });
});
