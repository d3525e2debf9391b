/** An image to build, as the planner would give it, with what a test is about changed. */
import { digest } from "../../../src/model/digest.ts";
import { platform } from "../../../src/model/platform.ts";
import { repository } from "../../../src/model/reference.ts";
import type { PlannedBuild } from "../../../src/plan/plan.ts";

export const digests = { a: digest(`sha256:${"a".repeat(64)}`), b: digest(`sha256:${"b".repeat(64)}`) };

export const plannedBuild: PlannedBuild = {
  kind: "build",
  variant: "dockerfile",
  name: "app",
  repositories: [repository("ghcr.io/o/r/app"), repository("quay.io/o/app")],
  sourceHash: null,
  reasons: [{ kind: "asked-for" }],
  at: { file: "images/app/Dockerfile", line: 1 },
  tags: [],
  version: null,
  release: null,
  bakedVersion: null,
  context: "images/app",
  dockerfile: "images/app/Dockerfile",
  target: null,
  platforms: [platform("linux/amd64"), platform("linux/arm64")],
  args: {},
  labels: {},
  annotations: {},
  base: null,
  contexts: [],
  parents: [],
  cache: { from: [], to: [] },
  provenance: null,
  sbom: null,
  compression: null,
  fresh: false,
};

export const parentOfApp = {
  name: "base",
  contextName: "ghcr.io/o/r/base",
  via: "FROM",
  at: { file: "images/app/Dockerfile", line: 1 },
  published: null,
} as const;
