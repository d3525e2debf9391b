/** examples/monorepo, pushed for the first time by an owner that no registry or cache has seen. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Rig } from "../rig/index.ts";
import type { BenchBuilder } from "./builder.ts";
import { type Checkout, makeStep, type Step } from "./step.ts";

const example = resolve(import.meta.dirname, "../examples/monorepo");

/** What the measures on the rig work with. */
export interface OnRig {
  readonly bundle: string;
  readonly folder: string;
  readonly quick: boolean;
  readonly rig: Rig;
  readonly builder: BenchBuilder;
}

export function checkOutExample({ folder: parent, rig }: OnRig): Checkout {
  const folder = mkdtempSync(join(parent, "monorepo-"));
  const slug = `bench-${randomBytes(4).toString("hex")}/monorepo`;
  cpSync(example, folder, { recursive: true });
  // In Dockerfiles alone: what is copied into images stays the same, so that a warm cache holds it.
  for (const file of filesIn(folder).filter((each) => basename(each).startsWith("Dockerfile"))) {
    const text = readFileSync(file, "utf8");
    const own = text.replaceAll("ghcr.io/acme/monorepo", `${rig.registry}/${slug}`);
    if (own !== text) writeFileSync(file, own);
  }
  const git = (...args: readonly string[]): string => {
    const who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" });
  };
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Images");
  return { folder, slug, before: "0".repeat(40), commit: git("rev-parse", "HEAD").trim() };
}

/** The step of the example's workflow, with a cache only where one is asked for. */
export function exampleStep(bench: OnRig, checkout: Checkout, cache: "none" | "gha" = "none"): Step {
  const { bundle, folder, rig, builder } = bench;
  const { PATH = "", DOCKER_HOST = "", DOCKER_CONFIG = "", BUILDX_CONFIG = "" } = rig.env;
  return makeStep({
    bundle,
    checkout,
    folder,
    inputs: { platforms: "linux/amd64,linux/arm64", cache },
    env: {
      ...{ PATH, DOCKER_HOST, DOCKER_CONFIG, BUILDX_CONFIG },
      BUILDX_BUILDER: builder.name,
      // The registry is the forge's own here, as ghcr.io is GitHub's.
      GITHUB_SERVER_URL: `http://${rig.registry}`,
    },
  });
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
