/** The engine and its builders, looked at and used by the tests themselves. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newFolder, rig } from "./rig.ts";

/** Runs docker on the rig's engine. @returns what it printed, trimmed. */
export function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { env: rig.env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Builders as buildx knows them, and whether their containers are still there. */
export interface BuilderWatch {
  /** Those that came while it watched. */
  seen(): readonly string[];
  /** Those of them that are still there, as buildx's or as the engine's. */
  left(): readonly string[];
  stop(): void;
}

/** Watches the builders of a buildx configuration. */
export function watchBuilders(config: string): BuilderWatch {
  const folder = join(config, "instances");
  // What begins with a dot is a file that is still being written.
  const there = (): readonly string[] =>
    existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  const seen = new Set<string>();
  const look = setInterval(() => {
    for (const name of there()) seen.add(name);
  }, 20).unref();
  return {
    seen: () => [...seen],
    left: () => {
      const containers = docker("ps", "--all", "--format", "{{.Names}}").split("\n");
      return [...seen].filter((name) => there().includes(name) || containers.includes(`buildx_buildkit_${name}0`));
    },
    stop: () => clearInterval(look),
  };
}

/** A step's environment in which the current builder is the engine's own, of the `docker` driver. */
export function plainEngine(): { readonly BUILDX_CONFIG: string; readonly BUILDX_BUILDER: undefined } {
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

export interface RemoteBuilder {
  readonly name: string;
  /** What a step needs to find it. */
  readonly env: { readonly BUILDX_CONFIG: string; readonly BUILDX_BUILDER: string };
  /** The container that BuildKit runs in; buildx knows nothing of it. */
  readonly container: string;
}

/** A BuildKit that somebody else runs, as a builder of the driver `remote`. Its state has room for `megabytes`. */
export async function withRemoteBuilder<T>(megabytes: number, use: (builder: RemoteBuilder) => Promise<T>): Promise<T> {
  made += 1;
  const container = `e2e-remote-${process.pid}-${made}`;
  const config = join(rig.env.BUILDX_CONFIG ?? "", "buildkitd.default.toml");
  docker(
    ...["run", "--detach", "--rm", "--privileged", "--network", "host", "--name", container],
    ...["--tmpfs", `/var/lib/buildkit:exec,suid,dev,size=${megabytes}m`, "--volume", `${config}:/buildkitd.toml:ro`],
    ...["moby/buildkit:buildx-stable-1", "--config", "/buildkitd.toml"],
  );
  try {
    // Without the default configuration, which this driver refuses.
    const env = { BUILDX_CONFIG: newFolder("buildx"), BUILDX_BUILDER: "elsewhere" };
    const settings = [
      "buildx",
      "create",
      "--name",
      "elsewhere",
      "--driver",
      "remote",
      `docker-container://${container}`,
    ];
    execFileSync("docker", settings, { env: { ...rig.env, ...env }, stdio: "ignore" });
    return await use({ name: "elsewhere", env, container });
  } finally {
    spawnSync("docker", ["rm", "--force", "--volumes", container], { env: rig.env, stdio: "ignore" });
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
