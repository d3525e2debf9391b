/** The engine and its builders, looked at and used by the tests themselves. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newFolder, rig } from "./rig.ts";

export function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { env: rig.env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Names of all builders, and of the containers that belong to builders. */
export function builders(buildxConfig = rig.env.BUILDX_CONFIG ?? ""): readonly string[] {
  const instances = join(buildxConfig, "instances");
  const containers = docker("ps", "--all", "--filter", "name=buildx_buildkit_", "--format", "{{.Names}}").split("\n");
  return [...(existsSync(instances) ? readdirSync(instances) : []), ...containers].filter(Boolean).sort();
}

/** A step's environment in which the current builder is the engine's own, of the `docker` driver. */
export function plainEngine(): Record<string, string | undefined> {
  return { BUILDX_CONFIG: freshBuildxConfig(), BUILDX_BUILDER: undefined };
}

/** Builders of its own, made as the rig makes them: they find the local registry. */
function freshBuildxConfig(): string {
  const folder = newFolder("buildx");
  const defaults = join(rig.env.BUILDX_CONFIG ?? "", "buildkitd.default.toml");
  execFileSync("cp", [defaults, folder]);
  return folder;
}

let made = 0;

/** A new `docker-container` builder that exists while `use` runs, with an empty cache of its own. */
export async function withBuilder<T>(use: (name: string) => Promise<T>): Promise<T> {
  made += 1;
  const name = `e2e-${process.pid}-${made}`;
  docker(
    "buildx",
    "create",
    "--name",
    name,
    "--driver",
    "docker-container",
    "--driver-opt",
    "network=host",
    "--bootstrap",
  );
  try {
    return await use(name);
  } finally {
    docker("buildx", "rm", "--force", name);
  }
}

/** Command lines of everything that runs on this machine, by process id. */
export function processes(): ReadonlyMap<number, string> {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(ids.map((id) => [Number(id), commandLine(id)]));
}

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return ""; // gone meanwhile
  }
}

/** Waits until `test` holds. @throws when it does not within `seconds` */
export async function until(what: string, test: () => boolean, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!test()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(50);
  }
}
