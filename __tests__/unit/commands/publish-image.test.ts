import { expect, test } from "@jest/globals";
import { type Publishing, publishCandidate } from "../../../src/commands/publish-image.ts";
import { UserError } from "../../../src/errors.ts";
import type { Registry } from "../../../src/oci/registry-client.ts";
import { RegistryError } from "../../../src/oci/registry-error.ts";
import { digests, plannedBuild } from "../build/planned.ts";
import { at, historyOf, records } from "../publish/commits.ts";
import { Timeline } from "../publish/simulation.ts";

const candidate = {
  digest: digests.a,
  layout: undefined,
  platforms: [],
  seconds: 1,
  bases: [],
  baseAnnotations: {},
  steps: { cached: 0, executed: 1 },
};
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
  const mover = { commit: at("main-1"), ref: "refs/heads/main", isRebuild: false, mayGoBack: false };
  return {
    registry,
    clock: new Timeline().clock,
    history: historyOf(),
    mover,
    signal,
    started: new Date(0),
    records,
    check: async () => undefined,
    copy: async () => {},
  };
}

test("a run that is cancelled while its tags are put has not failed: it is not finished", async () => {
  const cancelled = new AbortController();
  cancelled.abort(new UserError("the run was cancelled", { hint: "run it again" }));
  const { signal } = cancelled;
  const result = await publishCandidate(plannedBuild, candidate, publishing(failing(signal.reason), signal));
  expect(result).toEqual({ planned: plannedBuild, outcome: "cancelled" });
});

test("a registry that refused is a failure, also in a run that was cancelled later", async () => {
  const cancelled = new AbortController();
  cancelled.abort(new UserError("the run was cancelled", { hint: "run it again" }));
  const refused = new RegistryError("denied", "refused", { hint: "ask for the right" });
  const result = await publishCandidate(plannedBuild, candidate, publishing(failing(refused), cancelled.signal));
  expect(result).toMatchObject({ outcome: "failed", candidate });
});
