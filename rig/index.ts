/** Starts and stops the rig: the real parts that the end-to-end tests and the demo run on. */
import { existsSync, lstatSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { actIsBuilt, buildAct } from "./act.ts";
import { bin, isHosted } from "./addresses.ts";
import { basesArePushed, pushBases } from "./bases.ts";
import {
  BUILDKIT_VERSION,
  buildBuildkit,
  builderImageIsPushed,
  builderRuns,
  buildkitIsBuilt,
  pushBuilderImage,
  startBuilder,
} from "./buildkit.ts";
import { azuriteIsInstalled, cacheAnswers, installAzurite, startCache, stopCache } from "./cache.ts";
import { engineIsUp, link, startEngine, stopEngine } from "./engine.ts";
import { folder, locked } from "./folder.ts";
import { buildGitea, GITEA_VERSION, giteaAnswers, giteaIsBuilt, startGitea, stopGitea } from "./gitea.ts";
import { buildWeb, webIsBuilt } from "./gitea-web.ts";
import { removeGoCaches } from "./go.ts";
import { mode } from "./machine.ts";
import { installNix, nixIsThere } from "./nix.ts";
import { buildOracles, oraclesAreBuilt } from "./oracles.ts";
import { areUnpacked, packageNames, unpack } from "./packages.ts";
import { choosePorts } from "./ports.ts";
import { running } from "./process.ts";
import { arm64IsRegistered, binfmtImageIsPushed, pushBinfmtImage, registerArm64, restoreBinfmt } from "./qemu.ts";
import { registriesAnswer, startRegistries, stopRegistries } from "./registry.ts";
import { describe, type Rig } from "./rig.ts";
import { installTrivy, TRIVY_VERSION, trivyIsThere } from "./trivy.ts";
import { buildDatabaseWriter, databasesArePushed, databaseWriterIsBuilt, pushDatabases } from "./trivy-db.ts";

export { restartBuilder } from "./buildkit.ts";
export { cacheToken, resetCache } from "./cache.ts";
export { makeDockerConfig } from "./engine.ts";
export { api, createRepository, createToken, createUser, loginOf, type Repository } from "./forge.ts";
export { type JobResult, runNextJob } from "./forge-runner.ts";
export { type Gitea, repositoryFolder } from "./gitea.ts";
export { arm64IsRegistered, registerArm64, unregisterArm64 } from "./qemu.ts";
export { describe, type Rig } from "./rig.ts";
export { type ScreenshotOptions, screenshot } from "./screenshot.ts";
export { type Advisory, publishDatabase, publishJavaDatabase } from "./trivy-db.ts";
export { runWorkflow, type WorkflowOptions, type WorkflowResult } from "./workflow.ts";

export type PartName =
  | "packages"
  | "engine"
  | "registry"
  | "bases"
  | "buildkit"
  | "image"
  | "builder"
  | "qemu"
  | "binfmt"
  | "azurite"
  | "cache"
  | "act"
  | "nix"
  | "oracles"
  | "trivy"
  | "db-writer"
  | "trivy-db"
  | "gitea-bin"
  | "gitea"
  | "gitea-web";

interface Part {
  /** What it takes from elsewhere the first time, for the announcement. */
  brings?: string;
  needs: PartName[];
  isUp: () => boolean | Promise<boolean>;
  /** Not started unless it is named. */
  onDemand?: true;
  start: (say: (line: string) => void) => Promise<void>;
}

const parts: Record<PartName, Part> = {
  packages: {
    brings: `downloads and unpacks Debian's ${packageNames} (190 MB); nothing is installed`,
    needs: [],
    isUp: () => isHosted() || areUnpacked(),
    start: async (say) => {
      for (const line of await unpack()) say(`  ${line}`);
    },
  },
  buildkit: {
    brings: `builds BuildKit ${BUILDKIT_VERSION} from its Go module`,
    needs: [],
    isUp: buildkitIsBuilt,
    start: buildBuildkit,
  },
  act: { brings: "builds act from its Go module", needs: [], isUp: actIsBuilt, start: buildAct },
  nix: {
    brings: "downloads and unpacks nix-bin (6 MB); nothing is installed",
    needs: [],
    isUp: nixIsThere,
    start: installNix,
  },
  oracles: {
    brings: `builds the oracles from BuildKit ${BUILDKIT_VERSION}'s Go module`,
    needs: [],
    isUp: oraclesAreBuilt,
    start: buildOracles,
  },
  azurite: { brings: "installs npm's azurite", needs: [], isUp: azuriteIsInstalled, start: installAzurite },
  trivy: {
    brings: `downloads Trivy ${TRIVY_VERSION} (50 MB)`,
    needs: [],
    isUp: trivyIsThere,
    start: installTrivy,
  },
  "db-writer": {
    brings: "builds the writer of Trivy's databases from its Go module",
    needs: [],
    isUp: databaseWriterIsBuilt,
    start: buildDatabaseWriter,
  },
  "gitea-bin": {
    brings: `builds Gitea ${GITEA_VERSION} from its Go module`,
    needs: [],
    isUp: giteaIsBuilt,
    onDemand: true,
    start: buildGitea,
  },
  gitea: { needs: ["gitea-bin"], isUp: giteaAnswers, onDemand: true, start: startGitea },
  "gitea-web": {
    brings: "builds the scripts and styles of Gitea's pages (530 packages of npm)",
    needs: ["gitea"],
    isUp: webIsBuilt,
    onDemand: true,
    start: buildWeb,
  },
  engine: { needs: ["packages"], isUp: engineIsUp, start: startEngine },
  registry: { needs: ["packages", "engine"], isUp: registriesAnswer, start: startRegistries },
  bases: { needs: ["registry"], isUp: basesArePushed, start: pushBases },
  image: { needs: ["registry", "buildkit"], isUp: builderImageIsPushed, start: pushBuilderImage },
  builder: { needs: ["engine", "image"], isUp: builderRuns, start: startBuilder },
  qemu: { needs: ["packages", "engine"], isUp: arm64IsRegistered, start: registerArm64 },
  binfmt: { needs: ["registry"], isUp: binfmtImageIsPushed, start: pushBinfmtImage },
  "trivy-db": { needs: ["registry", "db-writer"], isUp: databasesArePushed, start: pushDatabases },
  cache: { needs: ["azurite"], isUp: cacheAnswers, start: startCache },
};

const names = Object.keys(parts) as PartName[];

/** The parts that are started where none is named. */
export const defaultParts: PartName[] = names.filter((name) => !parts[name].onDemand);

export const isPart = (name: string): name is PartName => name in parts;

export interface UpOptions {
  /** Only these parts, and what they need; `defaultParts` unless told. */
  only?: PartName[];
  /** Gets a line at a time; standard error unless told. */
  say?: (line: string) => void;
}

/** Starts what does not run yet. @throws when a part does not come up, after all others came to an end */
export async function up(options: UpOptions = {}): Promise<Rig> {
  const say = options.say ?? ((line: string): void => console.error(line));
  return locked(async () => {
    const begin = performance.now();
    await mode();
    await choosePorts(!["registry", "auth-registry", "cache", "blobs", "engine"].some((name) => running(name)));
    linkNode();
    const wanted = closure(options.only ?? defaultParts);
    const first = (
      await Promise.all(wanted.map(async (name) => ((await parts[name].isUp()) ? "" : parts[name].brings)))
    ).filter(Boolean);
    if (first.length > 0) {
      say(`rig: has to bring these first, all of it into ${folder}:`);
      for (const what of first) say(`  ${what}`);
    }
    const started = await startAll(wanted, say);
    removeGoCaches();
    if (started > 0) say(`rig: up after ${seconds(begin)}`);
    return describe();
  });
}

/** Stops everything and takes back what was done to the kernel. Downloads and built programs stay in the folder. */
export async function down(): Promise<void> {
  await locked(async () => {
    await Promise.all([stopCache(), restoreBinfmt(), stopRegistries(), stopGitea()]);
    await stopEngine();
  });
}

/** Which parts are up. */
export async function status(): Promise<Record<PartName, boolean>> {
  const answers = await Promise.all(names.map(async (name) => [name, await parts[name].isUp()] as const));
  return Object.fromEntries(answers) as Record<PartName, boolean>;
}

/** Starts every part as soon as those that it needs are up. @returns how many were not up before */
async function startAll(wanted: PartName[], say: (line: string) => void): Promise<number> {
  let started = 0;
  const runs = new Map<PartName, Promise<void>>();
  const failures: Error[] = [];
  const startOne = (name: PartName): Promise<void> => {
    const known = runs.get(name);
    if (known) return known;
    const part = parts[name];
    const run = (async (): Promise<void> => {
      await Promise.all(part.needs.map(startOne));
      if (await part.isUp()) return;
      const begin = performance.now();
      started += 1;
      if (part.brings) say(`  ${name.padEnd(9)} …`);
      try {
        await part.start(say);
      } catch (error) {
        say(`  ${name.padEnd(9)} failed after ${seconds(begin)}`);
        failures.push(error as Error);
        throw error;
      }
      say(`  ${name.padEnd(9)} ${seconds(begin)}`);
    })();
    runs.set(name, run);
    return run;
  };
  await Promise.allSettled(wanted.map(startOne));
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join("\n\n"), { cause: failures[0] });
  return started;
}

function closure(wanted: PartName[]): PartName[] {
  const all = new Set<PartName>();
  const add = (name: PartName): void => {
    parts[name].needs.forEach(add);
    all.add(name);
  };
  wanted.forEach(add);
  return names.filter((name) => all.has(name));
}

/** Node is in `bin`, so that actions run on it whatever else is on PATH. */
function linkNode(): void {
  const there = join(bin, "node");
  if (existsSync(there)) return;
  if (lstatSync(there, { throwIfNoEntry: false })) rmSync(there);
  link("node", realpathSync(process.execPath));
}

const seconds = (begin: number): string => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
