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
  const plugin = join(folder, "cli-plugins", "docker-buildx");
  const own = unpacked("usr/libexec/docker/cli-plugins/docker-buildx");
  const buildx = isHosted() ? which("docker-buildx", PLUGIN_FOLDERS) : own;
  if (!buildx) throw new Error("docker's plugin buildx is not installed, the rig needs it");
  rmSync(plugin, { force: true });
  symlinkSync(buildx, plugin);
}

/** Puts a command into the rig's `bin`. */
export function link(command: string, target: string): void {
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, command), { force: true });
  symlinkSync(target, join(bin, command));
}

export const engineAnswers = (): Promise<boolean> => pings(dockerHost());

export async function startEngine(): Promise<void> {
  makeDockerConfig(dockerConfig);
  if (isHosted()) {
    if (!(await engineAnswers())) throw new Error(`the engine at ${dockerHost()} answers no longer: start it again`);
    return;
  }
  link("docker", unpacked("usr/bin/docker"));
  link("crane", unpacked("usr/bin/crane"));
  link("busybox", unpacked("usr/bin/busybox"));
  if (await engineAnswers()) return;
  if (running("engine") === undefined) {
    await takeBack(); // what a killed engine left
    await makeBridge();
    writeFileSync(path("engine", "daemon.json"), JSON.stringify(configuration(), null, 2));
    const PATH = [...commandFolders, process.env.PATH ?? ""].join(delimiter);
    start("engine", unpacked("usr/sbin/dockerd"), ["--config-file", path("engine", "daemon.json")], { PATH });
  }
  await healthy("engine", engineAnswers, 60);
  const services = Object.values(readState().ports).map(String);
  start("forward", process.execPath, [join(import.meta.dirname, "forward.ts"), gateway(), ...services]);
}

export async function stopEngine(): Promise<void> {
  if (isHosted()) {
    await docker(["stop", builderContainer]).catch(() => {}); // it may not be there
    return;
  }
  await stop("forward");
  if (await engineAnswers()) {
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

/** Removes what an engine leaves behind: its containerd if it was killed, mounts, the bridge, control groups. */
async function takeBack(): Promise<void> {
  const containerd = path("run", "engine", "containerd", "containerd.pid");
  if (existsSync(containerd)) {
    const pid = Number(readFileSync(containerd, "utf8"));
    if (commandOf(pid).startsWith(join(folder, "built"))) {
      process.kill(pid, "SIGTERM");
      await until(() => commandOf(pid) === "", 10);
    }
  }
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((mount) => mount.startsWith(`${folder}/`));
  for (const mount of mounts.reverse()) await run("umount", ["--lazy", mount]);
  rmSync(join(folder, "run", "engine"), { recursive: true, force: true });
  if (existsSync(`/sys/class/net/${bridge}`)) await ip("link", "delete", bridge);
  removeControlGroups();
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function removeControlGroups(): void {
  const parents = ["/sys/fs/cgroup", ...listFolders("/sys/fs/cgroup")];
  for (const parent of parents) {
    const group = join(parent, bridge);
    for (const inner of [...listFolders(group), group]) {
      try {
        rmdirSync(inner);
      } catch {
        // not there, or in use: the kernel keeps what is in use
      }
    }
  }
}

function listFolders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
}
