/**
 * The Docker engine. In `own` mode: dockerd of the unpacked packages with its own data, sockets and bridge, beside
 * whatever else runs here; it touches no firewall rule (so its containers reach this machine and nothing beyond).
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  bin,
  builderContainer,
  dockerConfig,
  dockerHost,
  engineEnvironment,
  gateway,
  isHosted,
  registryHost,
} from "./addresses.ts";
import { folder, folderId, path, readState, remember } from "./folder.ts";
import { pings, which } from "./machine.ts";
import { commandFolders, unpacked } from "./packages.ts";
import { healthy, run, running, start, stop, until } from "./process.ts";

/** Where the docker plugins of the machine may be, in `host` mode. */
const PLUGIN_FOLDERS = [
  join(process.env.HOME ?? "", ".docker/cli-plugins"),
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

const bridge = `rig-${folderId}`;

/** Runs docker's command line against the rig's engine. */
export function docker(args: string[], limit = 60): Promise<string> {
  return run("docker", args, { env: engineEnvironment(), log: "docker", limit });
}

/** Copies an official image with all its platforms into the local registry, in `host` mode. */
export async function copyOfficial(image: string, repository: string, tags: string[]): Promise<void> {
  const targets = tags.flatMap((tag) => ["--tag", `${registryHost()}/${repository}:${tag}`]);
  await docker(["buildx", "imagetools", "create", ...targets, image], 120);
}

/**
 * A `DOCKER_CONFIG` of its own for a test that logs in: `folder` gets the plugins. The builders stay in sight if
 * `BUILDX_CONFIG` names the rig's (it does in `Rig.env`).
 */
export function makeDockerConfig(folder: string): void {
  mkdirSync(join(folder, "cli-plugins"), { recursive: true });
  const own = unpacked("usr/libexec/docker/cli-plugins/docker-buildx");
  const buildx = isHosted() ? which("docker-buildx", PLUGIN_FOLDERS) : own;
  if (!buildx) throw new Error("docker's plugin buildx is not installed, the rig needs it");
  rmSync(pluginIn(folder), { force: true });
  symlinkSync(buildx, pluginIn(folder));
}

const pluginIn = (folder: string): string => join(folder, "cli-plugins", "docker-buildx");

/** Puts a command into the rig's `bin`. */
export function link(command: string, target: string): void {
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, command), { force: true });
  symlinkSync(target, join(bin, command));
}

/** The engine answers, and what belongs to it is there. */
export async function engineIsUp(): Promise<boolean> {
  if (!existsSync(pluginIn(dockerConfig)) || !(isHosted() || running("forward") !== undefined)) return false;
  return pings(dockerHost());
}

export async function startEngine(): Promise<void> {
  makeDockerConfig(dockerConfig);
  if (isHosted()) {
    if (!(await pings(dockerHost())))
      throw new Error(`the engine at ${dockerHost()} answers no longer: start it again`);
    return;
  }
  link("docker", unpacked("usr/bin/docker"));
  link("crane", unpacked("usr/bin/crane"));
  link("busybox", unpacked("usr/bin/busybox"));
  if (running("engine") === undefined) {
    await takeBack(); // what a killed engine left
    await makeBridge();
    writeFileSync(path("engine", "daemon.json"), JSON.stringify(configuration(), null, 2));
    const PATH = [...commandFolders, process.env.PATH ?? ""].join(delimiter);
    start("engine", unpacked("usr/sbin/dockerd"), ["--config-file", path("engine", "daemon.json")], { PATH });
  }
  await healthy("engine", () => pings(dockerHost()), 60);
  await stop("forward"); // it may be bound to a bridge that is gone
  const services = Object.values(readState().ports).map(String);
  start("forward", process.execPath, [fileURLToPath(import.meta.resolve("./forward.ts")), gateway(), ...services]);
}

export async function stopEngine(): Promise<void> {
  if (isHosted()) {
    await docker(["stop", builderContainer]).catch(() => {}); // it may not be there
    return;
  }
  await stop("forward");
  if (await pings(dockerHost())) {
    // Stopped by hand they stay so when the engine comes back; the rig starts its own builder again by itself.
    const containers = (await docker(["ps", "--quiet"])).split("\n").filter(Boolean);
    if (containers.length > 0) await docker(["stop", "--time", "3", ...containers]);
  }
  await stop("engine", 30);
  await takeBack();
}

function configuration(): object {
  return {
    hosts: [dockerHost()],
    "data-root": path("engine", "data"),
    "exec-root": path("run", "engine"),
    pidfile: path("run", "dockerd.pid"),
    bridge,
    iptables: false,
    ip6tables: false,
    "ip-forward": false,
    "ip-masq": false,
    "userland-proxy-path": unpacked("usr/sbin/docker-proxy"),
    features: { "containerd-snapshotter": true },
    "registry-mirrors": [`http://${registryHost()}`],
    "cgroup-parent": `/${bridge}`,
    "shutdown-timeout": 5,
    "log-level": "warn",
  };
}

const ip = (...args: string[]): Promise<string> => run(join(bin, "busybox"), ["ip", ...args]);

async function makeBridge(): Promise<void> {
  const taken = Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.map(({ address }) => address) ?? [],
  );
  const isFree = (subnet: number): boolean => !taken.some((address) => address.startsWith(`192.168.${subnet}.`));
  const first = 200 + (Number.parseInt(folderId.slice(0, 4), 16) % 50);
  const subnet = Array.from({ length: 256 }, (_, step) => (first + step) % 256).find(isFree);
  remember({ subnet: subnet ?? first });
  await ip("link", "add", bridge, "type", "bridge");
  await ip("address", "add", `${gateway()}/24`, "dev", bridge);
  await ip("link", "set", bridge, "up");
}

/** Removes what an engine leaves behind, all the more when it was killed: containers, mounts, the bridge, cgroups. */
async function takeBack(): Promise<void> {
  await until(() => {
    leftovers().forEach(kill);
    return leftovers().length === 0;
  }, 5);
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((mount) => mount.startsWith(`${folder}/`));
  for (const mount of mounts.reverse()) await run("umount", ["--lazy", mount]);
  for (const rest of ["engine", "dockerd.pid"]) rmSync(join(folder, "run", rest), { recursive: true, force: true });
  if (existsSync(`/sys/class/net/${bridge}`)) await ip("link", "delete", bridge);
  // buildx puts its builders into a group of its own whatever the engine's is.
  const groups = [bridge, "docker/buildx", "docker"].flatMap(controlGroups).flatMap(withFoldersBelow);
  const shared = ["/run/docker/plugins", "/run/docker", "/run/containerd/s", "/run/containerd"];
  [...groups, ...shared].forEach(removeEmpty);
}

/** containerd and its shims, by the folder in their command line, and whatever has its root in the engine's data. */
function leftovers(): number[] {
  const isDaemon = (pid: string): boolean => {
    const words = readText(`/proc/${pid}/cmdline`).split("\0");
    const isOurs = words.some((word) => word.startsWith(join(folder, "run/engine")));
    return isOurs && words[0]?.includes("containerd") === true;
  };
  const isContained = (pid: string): boolean => {
    const root = readText(`/proc/${pid}/mountinfo`).match(/^\S+ \S+ \S+ \S+ \/ .*$/m)?.[0];
    return root?.includes(`upperdir=${join(folder, "engine/data")}/`) === true;
  };
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => isDaemon(pid) || isContained(pid)).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended by itself
  }
}

/** A control group in every hierarchy (with cgroup v2 there is but one). */
const controlGroups = (name: string): string[] =>
  ["/sys/fs/cgroup", ...listFolders("/sys/fs/cgroup")].map((parent) => join(parent, name));

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // gone meanwhile
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not there, or in use
  }
}

/** The deepest first. */
const withFoldersBelow = (folder: string): string[] => [...listFolders(folder).flatMap(withFoldersBelow), folder];

function listFolders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
}
