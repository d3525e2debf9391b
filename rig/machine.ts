/** What this machine can run, found out before anything starts. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { delimiter, join } from "node:path";
import { folder, readState, remember, type State } from "./folder.ts";
import { run } from "./process.ts";

/** Seconds that the search for an engine and for Docker Hub may take together. */
const PATIENCE = 5;

/** The oldest releases that do all that the rig needs (buildkitd 0.26 needs Go 1.25). */
const OLDEST_GO = 25;
const OLDEST_DEBIAN = 12;

/** Unix sockets deep in the folder must stay under the kernel's 108 bytes. */
const LONGEST_FOLDER = 64;

/**
 * Decides once how the rig comes up here, and remembers it. `host`: an engine runs and official images can be pulled.
 * `own`: the rig runs an engine of its own. @throws with everything that is missing, at once
 */
export async function mode(): Promise<NonNullable<State["mode"]>> {
  const known = readState().mode;
  if (known) return known;
  const engine = process.env.DOCKER_HOST || "unix:///var/run/docker.sock";
  const usable = process.platform === "linux" && (await pings(engine)) && (await reachesDockerHub());
  const mode = usable ? "host" : "own";
  const missing = [...everywhere(), ...(mode === "host" ? onHost() : onOwn()), ...(await oldGo())];
  if (missing.length > 0) {
    throw new Error(`the rig cannot run on this machine:\n${missing.map((what) => `  - ${what}`).join("\n")}`);
  }
  remember(mode === "host" ? { mode, engine } : { mode });
  return mode;
}

function everywhere(): string[] {
  if (process.platform !== "linux") return [`it needs Linux, this is ${process.platform}: run it in a virtual machine`];
  const missing = ["go", "git", "npm", "tar", "perl"]
    .filter((tool) => !which(tool))
    .map((tool) => `${tool} is not on PATH`);
  if (folder.length > LONGEST_FOLDER) {
    missing.push(
      `${folder} is too long for sockets: set IMAGE_PUBLISH_RIG to a folder of at most ${LONGEST_FOLDER} characters`,
    );
  }
  return missing;
}

function onHost(): string[] {
  return which("docker") ? [] : ["an engine runs, but its command line, docker, is not on PATH"];
}

function onOwn(): string[] {
  const missing: string[] = [];
  const because = "no engine runs here that can pull official images, and an engine of the rig's own needs";
  if (process.getuid?.() !== 0) missing.push(`${because} root`);
  if (process.arch !== "x64") missing.push(`${because} x86-64, this is ${process.arch}`);
  const release = osRelease();
  if (release.ID !== "debian" || Number(release.VERSION_ID ?? 99) < OLDEST_DEBIAN || !which("apt-get")) {
    missing.push(`${because} Debian ${OLDEST_DEBIAN} or newer`);
  }
  return missing;
}

async function oldGo(): Promise<string[]> {
  if (!which("go")) return [];
  const version = (await run("go", ["env", "GOVERSION"])).trim();
  const minor = Number(version.match(/^go1\.(\d+)/)?.[1] ?? 0);
  return minor >= OLDEST_GO ? [] : [`go is ${version}, it must be 1.${OLDEST_GO} or newer`];
}

/** os-release(5) as an object. */
export function osRelease(): Record<string, string> {
  if (!existsSync("/etc/os-release")) return {};
  const lines = readFileSync("/etc/os-release", "utf8").matchAll(/^(\w+)="?(.*?)"?$/gm);
  return Object.fromEntries([...lines].map(([, key = "", value = ""]) => [key, value]));
}

/** Where a command is, in PATH or in the folders given. */
export function which(command: string, folders = (process.env.PATH ?? "").split(delimiter)): string | undefined {
  return folders
    .map((folder) => join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Whether an engine answers at a `DOCKER_HOST`. */
export const pings = async (dockerHost: string): Promise<boolean> =>
  (await askEngine(dockerHost, "/_ping"))?.status === 200;

/** GETs a path of the engine's API through its Unix socket; `undefined` when nothing answers there. */
export function askEngine(dockerHost: string, path: string): Promise<{ status: number; body: string } | undefined> {
  const socketPath = dockerHost.replace(/^unix:\/\//, "");
  return new Promise((done) => {
    const question = request({ socketPath, path, timeout: PATIENCE * 1000 }, (response) => {
      let body = "";
      response.on("data", (text: Buffer) => {
        body += text;
      });
      response.on("end", () => done({ status: response.statusCode ?? 0, body }));
    });
    question.on("timeout", () => question.destroy());
    question.on("error", () => done(undefined));
    question.end();
  });
}

async function reachesDockerHub(): Promise<boolean> {
  try {
    const answer = await fetch("https://registry-1.docker.io/v2/", { signal: AbortSignal.timeout(PATIENCE * 1000) });
    return answer.status === 401; // it asks for a token
  } catch {
    return false;
  }
}
