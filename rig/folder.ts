/** The rig's folder: everything it downloads, builds, runs and remembers is in there. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const folder = resolve(
  process.env.IMAGE_PUBLISH_RIG || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "image-publish-rig"),
);

/** A path in the rig's folder; the folder that holds it is made. */
export function path(...parts: string[]): string {
  const whole = join(folder, ...parts);
  mkdirSync(resolve(whole, ".."), { recursive: true });
  return whole;
}

/** The same few hex digits for the same folder: names that must not clash beside another rig. */
export const folderId = createHash("sha256").update(folder).digest("hex").slice(0, 8);

/** What is chosen once and kept until the folder is emptied. */
export interface State {
  /** `own`: the rig brings up everything itself. `host`: the engine that runs here and official images. */
  mode?: "own" | "host";
  /** The `DOCKER_HOST` of the engine that was found, in `host` mode. */
  engine?: string;
  ports: { registry: number; authRegistry: number; cache: number; blobs: number };
  /** Third octet of 192.168.x.0/24, the network of the rig's bridge. */
  subnet?: number;
  password: string;
  /** Gitea's port and its administrator's token, from its first start. */
  gitea?: { port: number; token: string };
  /** What `down` has to take back. */
  binfmt?: { mounted: boolean; registered: boolean };
}

const stateFile = (): string => path("state.json");

export function readState(): State {
  try {
    return JSON.parse(readFileSync(stateFile(), "utf8")) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { ports: { registry: 0, authRegistry: 0, cache: 0, blobs: 0 }, password: randomBytes(12).toString("hex") };
  }
}

/** Merges into the state on disk; the whole file is replaced at once. */
export function remember(change: Partial<State>): State {
  const state = { ...readState(), ...change };
  const file = stateFile();
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return state;
}

/**
 * Runs `work` while no other process works on this folder. The lock is an abstract Unix socket: it cannot go stale,
 * the kernel drops it with the process.
 */
export async function locked<T>(work: () => Promise<T>): Promise<T> {
  let lock = await listen();
  if (!lock) console.error("rig: another `up` or `down` is at work here, waiting for it");
  while (!lock) {
    await sleep(200);
    lock = await listen();
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function listen(): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? done(undefined) : fail(error),
    );
    server.listen({ path: `\0image-publish-rig-${folderId}` }, () => done(server));
  });
}
