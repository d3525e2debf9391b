/** The six repositories that docs/examples.md shows: what each one's few lines of input make of its files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Plan, PlannedBuild } from "../../../src/plan/plan.ts";
import { planOf } from "./example-run.ts";

const folder = mkdtempSync(join(tmpdir(), "image-publish-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The builds of a plan by name. */
function builds({ images }: Plan): Readonly<Record<string, PlannedBuild>> {
  return Object.fromEntries(images.flatMap((image) => (image.kind === "build" ? [[image.name, image]] : [])));
}

/** `NAME as CONTEXT` for each parent. */
const parents = (build: PlannedBuild | undefined) =>
  build?.parents.map(({ name, contextName }) => `${name} as ${contextName}`);

const amdAndArm = ["linux/amd64", "linux/arm64"];

describe("mieweb/opensource-server", () => {
  const plan = planOf("mieweb/opensource-server", "mieweb", folder);

  test("has its bake file's images, parents first, and no directory by convention", async () => {
    expect((await plan).images.map(({ name }) => name)).toEqual([
      ...["base", "builder", "docker", "docs", "nodejs", "agent", "docker-nodejs", "manager", "proxmox-ve"],
    ]);
  });

  test("builds each on what its contexts say, whatever the Dockerfile calls it", async () => {
    const all = builds(await plan);
    expect(Object.fromEntries(Object.entries(all).map(([name, build]) => [name, parents(build)]))).toEqual({
      base: [],
      builder: [],
      docker: ["base as base"],
      docs: ["base as base", "builder as builder"],
      nodejs: ["base as base"],
      agent: ["nodejs as nodejs", "builder as builder"],
      "docker-nodejs": ["nodejs as base"],
      manager: ["agent as agent", "builder as builder"],
      "proxmox-ve": [],
    });
  });

  test("pushes all but the builder, whose context is the whole repository", async () => {
    const { builder, docker, "docker-nodejs": swapped } = builds(await plan);
    expect(builder).toMatchObject({
      repositories: [],
      context: ".",
      dockerfile: "images/builder/Dockerfile",
      tags: [],
    });
    expect(docker).toMatchObject({
      repositories: ["ghcr.io/mieweb/opensource-server/docker"],
      context: "images/docker",
      dockerfile: "images/docker/Dockerfile",
    });
    expect(swapped).toMatchObject({
      repositories: ["ghcr.io/mieweb/opensource-server/docker-nodejs"],
      context: "images/docker",
      dockerfile: "images/docker/Dockerfile",
    });
  });
});

test("mcdonc/klangk: the workspace pins its base, and takes what an earlier step made", async () => {
  const all = builds(await planOf("mcdonc/klangk", "klangk", folder));
  expect(Object.keys(all).sort()).toEqual(["klangk-host", "klangk-workspace", "klangk-workspace-base"]);
  expect(all["klangk-workspace-base"]).toMatchObject({
    repositories: ["ghcr.io/mcdonc/klangk/klangk-workspace-base"],
    context: "src/containers/workspace",
    dockerfile: "src/containers/workspace/Dockerfile.base",
    platforms: amdAndArm,
    tags: [{ tag: expect.stringMatching(/^\d{4}\.\d\d\.\d\d-[0-9a-f]{7}$/), moves: false }],
  });
  expect(all["klangk-workspace"]).toMatchObject({
    dockerfile: "src/containers/workspace/Dockerfile",
    contexts: [{ kind: "directory", name: "features", path: "build/features" }],
    parents: [],
    args: { VERSION: expect.stringMatching(/^\d{4}\./) },
  });
  expect(all["klangk-host"]).toMatchObject({ context: ".", dockerfile: "src/containers/host/Dockerfile" });
});

test("eblume/blumeops: Dockerfiles and Nix files go to its own registry, the variants of one image to one repository", async () => {
  const all = builds(await planOf("eblume/blumeops", "blumeops", folder, "https://forge.ops.eblu.me"));
  const host = "registry.ops.eblu.me/blumeops";
  const short = expect.stringMatching(/^v[\d.]+-[0-9a-f]{7}$/);
  const nix = expect.stringMatching(/^v[\d.]+-[0-9a-f]{7}-nix$/);
  expect(Object.values(all)).toMatchObject([
    {
      name: "miniflux",
      variant: "dockerfile",
      repositories: [`${host}/miniflux`],
      tags: [{ tag: short, moves: false }],
    },
    { name: "nix-only", variant: "nix", repositories: [`${host}/nix-only`], tags: [{ tag: nix, moves: false }] },
    { name: "ntfy", variant: "dockerfile", repositories: [`${host}/ntfy`], tags: [{ tag: short, moves: false }] },
    { name: "ntfy-nix", variant: "nix", repositories: [`${host}/ntfy`], tags: [{ tag: nix, moves: false }] },
  ]);
});

test("vessux/openlock: one image by hand, without provenance", async () => {
  const plan = await planOf("vessux/openlock", "openlock", folder);
  expect(plan.images).toMatchObject([
    {
      name: "openlock-base",
      repositories: ["ghcr.io/vessux/openlock-base"],
      context: "containers",
      dockerfile: "containers/base.Containerfile",
      platforms: amdAndArm,
      provenance: "false",
    },
  ]);
});

test("alto9/kube9-operator: the root's image is the repository's", async () => {
  const plan = await planOf("alto9/kube9-operator", "kube9", folder);
  expect(plan.images).toMatchObject([
    {
      name: "kube9-operator",
      repositories: ["ghcr.io/alto9/kube9-operator"],
      context: ".",
      platforms: amdAndArm,
      args: { VERSION: "main", VCS_REF: plan.commit.slice(0, 7) },
      labels: { "org.opencontainers.image.vendor": "Alto9" },
    },
  ]);
});

test("home-operations/containers: each directory's bake file tells platforms, version and source", async () => {
  const all = builds(await planOf("home-operations/containers", "home-operations", folder));
  expect(all).toMatchObject({
    esphome: {
      repositories: ["ghcr.io/home-operations/esphome"],
      context: "apps/esphome",
      platforms: amdAndArm,
      args: { VERSION: "2026.8.0" },
      labels: { "org.opencontainers.image.source": "https://github.com/esphome/esphome" },
    },
    plex: { platforms: ["linux/amd64"], args: { VERSION: "1.42.2.10156-f737b826c" } },
    "busybox-tools": { platforms: amdAndArm, args: { VERSION: "master" } },
  });
  expect(Object.keys(all)).toHaveLength(3);
});
