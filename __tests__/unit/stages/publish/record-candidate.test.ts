/** What a later run knows of a candidate: the record is in the digest that gets the tags. */
import { expect, test } from "@jest/globals";
import { repository } from "../../../../src/model/reference.ts";
import type { RunContext } from "../../../../src/model/run-context.ts";
import { type CheckoutTrust, trusted } from "../../../../src/model/trust.ts";
import { readRecord } from "../../../../src/plan/record.ts";
import { recordCandidate } from "../../../../src/stages/publish/record-candidate.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { at } from "../../publish/commits.ts";
import { index, simulatedRegistry, Timeline } from "../../publish/simulation.ts";

const here = repository("ghcr.io/o/r/app");
const built = index({ content: "built", annotations: { "org.opencontainers.image.title": "app" } });
const candidate = {
  ...{ digest: built.digest, layout: undefined as string | undefined, platforms: [], seconds: 7.4 },
  bases: [{ name: "docker.io/library/debian:13", digest: built.digest }],
  baseAnnotations: { "org.opencontainers.image.base.name": "debian:13" },
  steps: { cached: 0, executed: 1 },
};
const context = {
  ...{ owner: "o", repo: "r", ref: { full: "refs/heads/main" }, commit: at("main-5") },
  ...{ startedAt: new Date("2026-07-01T12:00:00.500Z"), trigger: { kind: "push" } },
} as unknown as RunContext;
const untrusted: CheckoutTrust = { kind: "untrusted", why: "it is a fork's", head: at("fork-1"), pullRequest: 7 };

async function recorded(more: { trust?: CheckoutTrust; layout?: string; args?: Readonly<Record<string, string>> }) {
  const timeline = new Timeline();
  const registry = simulatedRegistry(timeline);
  registry.hold(here, built);
  const planned = { ...plannedBuild, repositories: [here], sourceHash: "a".repeat(64), args: more.args ?? {} };
  const made = await timeline.run(
    recordCandidate(
      planned,
      { ...candidate, layout: more.layout },
      { context, registry, trust: more.trust ?? trusted },
    ),
  );
  return { made, stored: registry.held.get(`${here}:${made.digest}`)?.document, requests: registry.requests };
}

test("the candidate is the index with the record from then on, and nothing of it has a tag", async () => {
  const { made, stored, requests } = await recorded({});
  expect(made).toEqual({ ...candidate, digest: made.digest });
  expect(made.digest).not.toBe(built.digest);
  expect(readRecord(stored?.annotations ?? {})).toMatchObject({
    ...{ repository: "o/r", sourceHash: "a".repeat(64), revision: at("main-5"), ref: "refs/heads/main" },
    ...{ started: "2026-07-01T12:00:00Z", seconds: 7 },
    bases: { "docker.io/library/debian:13": built.digest },
  });
  expect(stored?.annotations).toMatchObject({
    "org.opencontainers.image.title": "app",
    "org.opencontainers.image.base.name": "debian:13",
  });
  expect(requests.filter((each) => each.startsWith("PUT"))).toEqual([`PUT ${here}:${made.digest}`]);
});

test("with SOURCE_DATE_EPOCH no time is in it, so that the same sources give the same digest", async () => {
  const { stored } = await recorded({ args: { SOURCE_DATE_EPOCH: "0" } });
  expect(readRecord(stored?.annotations ?? {})).toMatchObject({ started: null, seconds: null });
});

test.each([
  { what: "an untrusted checkout's", more: { trust: untrusted } },
  { what: "that was not pushed", more: { layout: "/tmp/layout" } },
])("a candidate $what stays as it is", async ({ more }) => {
  const { made, requests } = await recorded(more);
  expect([made.digest, requests]).toEqual([built.digest, []]);
});
