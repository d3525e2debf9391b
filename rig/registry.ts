/**
 * Two registries (docker-registry 2.8.3, deletion on): an open one and one that asks for a name and a password.
 * Neither is emptied between tests: tests use repository names of their own.
 */
import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { authRegistryHost, isHosted, registryHost } from "./addresses.ts";
import { docker } from "./engine.ts";
import { path, readState } from "./folder.ts";
import { unpacked } from "./packages.ts";
import { healthy, run, running, start, stop } from "./process.ts";

/** The name that the second registry knows. */
export const USERNAME = "rig";

/** For `host` mode. */
const OFFICIAL_IMAGE = "registry:2.8.3";

const REGISTRIES = [
  { name: "registry", host: registryHost, asks: false },
  { name: "auth-registry", host: authRegistryHost, asks: true },
];

export async function startRegistries(): Promise<void> {
  await Promise.all(REGISTRIES.map(startOne));
}

export async function stopRegistries(): Promise<void> {
  for (const { name } of REGISTRIES) {
    if (isHosted()) await docker(["rm", "--force", containerName(name)]).catch(() => {});
    else await stop(name);
  }
}

export async function registriesAnswer(): Promise<boolean> {
  return (await Promise.all(REGISTRIES.map(answers))).every((ok) => ok);
}

async function startOne(registry: (typeof REGISTRIES)[number]): Promise<void> {
  const { name } = registry;
  if (await answers(registry)) return;
  const config = path(name, "config.yml");
  const htpasswd = path(name, "htpasswd");
  if (registry.asks) writeFileSync(htpasswd, `${USERNAME}:${await bcrypt(readState().password)}\n`);
  writeFileSync(config, configuration(path(name, "data"), registry.host(), registry.asks ? htpasswd : undefined));
  if (isHosted()) {
    const folder = dirname(config);
    const container = ["--name", containerName(name), "--network", "host", "-v", `${folder}:${folder}`];
    const user = ["--user", `${process.getuid?.()}:${process.getgid?.()}`]; // so that its files can be deleted
    await docker(["rm", "--force", containerName(name)]).catch(() => {});
    await docker(["run", "--detach", ...container, ...user, OFFICIAL_IMAGE, config], 120); // it may have to be pulled
  } else if (running(name) === undefined) {
    start(name, unpacked("usr/bin/docker-registry"), ["serve", config]);
  }
  await healthy(name, () => answers(registry), 30);
}

function configuration(storage: string, address: string, htpasswd: string | undefined): string {
  const auth = htpasswd ? { auth: { htpasswd: { realm: "image-publish rig", path: htpasswd } } } : {};
  // JSON is YAML
  return JSON.stringify({
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: address, secret: readState().password },
    ...auth,
  });
}

/** The registry knows no other hash. Perl's crypt is the C library's, and perl is on every Debian. */
async function bcrypt(password: string): Promise<string> {
  const salt = Array.from({ length: 22 }, () => String.fromCharCode(97 + randomInt(26))).join("");
  const hash = await run("perl", ["-e", "print crypt(<STDIN>, $ARGV[0])", `$2b$05$${salt}`], { input: password });
  if (!hash.startsWith("$2b$")) throw new Error("this machine's C library has no bcrypt, the second registry needs it");
  return hash;
}

async function answers({ host, asks }: (typeof REGISTRIES)[number]): Promise<boolean> {
  try {
    const answer = await fetch(`http://${host()}/v2/`, { signal: AbortSignal.timeout(2000) });
    return answer.status === (asks ? 401 : 200);
  } catch {
    return false;
  }
}

const containerName = (name: string): string => `image-publish-rig-${name}`;
