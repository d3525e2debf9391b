import { describe, expect, test } from "@jest/globals";
import { baseAnnotations, resolvedBases } from "../../../src/buildx/bases.ts";
import type { ImageSource } from "../../../src/buildx/invocation/buildx.ts";
import { followBuild } from "../../../src/buildx/invocation/progress.ts";
import { repository } from "../../../src/model/reference.ts";
import type { PlannedBase } from "../../../src/plan/plan.ts";
import { digests, parentOfApp, plannedBuild } from "./planned.ts";

function progressOf(...names: readonly string[]) {
  const progress = followBuild();
  const rest = { started: 1, completed: 2, cached: false, error: undefined };
  const vertexes = names.map((name, index) => ({ id: `${index}`, name, ...rest }));
  progress.add({ vertexes, statuses: [], logs: [], warnings: [] });
  return progress;
}

test("the bases are what BuildKit says that it took, each once", () => {
  const progress = progressOf(
    `[linux/amd64 1/2] FROM docker.io/library/debian:13@${digests.a}`,
    `[linux/arm64 1/2] FROM docker.io/library/debian:13@${digests.a}`,
    `[linux/amd64 build 1/4] FROM ghcr.io/o/tools@${digests.b}`,
    `FROM docker.io/library/alpine:3@${digests.b}`,
    "[2/3] FROM nothing",
    `[context ghcr.io/o/r/base] ghcr.io/o/r/base@${digests.a}`,
    `[2/3] RUN echo FROM debian@${digests.a}`,
  );
  expect(resolvedBases(progress)).toEqual([
    { name: "docker.io/library/alpine:3", digest: digests.b },
    { name: "docker.io/library/debian:13", digest: digests.a },
    { name: "ghcr.io/o/tools", digest: digests.b },
  ]);
});

describe("the base in the annotations", () => {
  const debian: PlannedBase = { name: "docker.io/library/debian:13", parent: null, digest: null };
  const taken = { name: debian.name, digest: digests.a };
  const source: ImageSource = { kind: "registry", repository: repository("ghcr.io/o/r/base"), digest: digests.b };
  const parent: PlannedBase = { name: "ghcr.io/o/r/base", parent: "base", digest: null };
  const none: readonly string[] = [];

  test.each<[string, PlannedBase | null, (typeof taken)[], readonly string[]]>([
    ["is what BuildKit took", debian, [taken], [debian.name, digests.a]],
    ["that is pinned needs nobody to say", { ...debian, digest: digests.b }, [], [debian.name, digests.b]],
    ["that is ours is the one that was handed in", parent, [], [parent.name, digests.b]],
    ["is told by nobody where a tag moved meanwhile", debian, [taken, { ...taken, digest: digests.b }], none],
    ["is told by nobody where BuildKit says nothing of it", debian, [], none],
    ["is none for an image from scratch", null, [taken], none],
  ])("%s", (_, base, resolved, expected) => {
    const planned = { ...plannedBuild, base, parents: [parentOfApp] };
    expect(Object.values(baseAnnotations(planned, new Map([["base", source]]), resolved))).toEqual(expected);
  });

  test("is what the user says, where he says it", () => {
    const annotations = { "index:org.opencontainers.image.base.name": "mine" };
    expect(baseAnnotations({ ...plannedBuild, base: debian, annotations }, new Map(), [taken])).toEqual({
      "org.opencontainers.image.base.digest": digests.a,
    });
  });
});
