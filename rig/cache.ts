/** GitHub's cache service: Azurite (npm) behind `cache-front.ts`. Starts empty, forgets all at `down`. */
import { createHash, createHmac } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheUrl } from "./addresses.ts";
import { ACCOUNT, accountKey } from "./blobs.ts";
import { folder, path, readState } from "./folder.ts";
import { healthy, run, running, start, stop } from "./process.ts";

/** The dependencies are locked in `rig/azurite`. */
const LOCK = join(import.meta.dirname, "azurite");

const installed = (): string =>
  join(
    folder,
    "built",
    `azurite-${createHash("sha256")
      .update(readFileSync(join(LOCK, "package-lock.json")))
      .digest("hex")
      .slice(0, 8)}`,
  );

export const azuriteIsInstalled = (): boolean => existsSync(installed());

export async function installAzurite(): Promise<void> {
  if (azuriteIsInstalled()) return;
  const work = `${installed()}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(LOCK, file), join(work, file));
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const options = ["--ignore-scripts", "--cache", path("npm-cache"), ...quiet];
  await run("npm", ["ci", ...options], { cwd: work, log: "azurite", limit: 300 });
  rmSync(path("npm-cache"), { recursive: true, force: true });
  renameSync(work, installed());
}

export async function startCache(): Promise<void> {
  if (await cacheAnswers()) return;
  const { ports, password } = readState();
  if (running("blobs") === undefined) {
    const azurite = join(installed(), "node_modules/azurite/dist/src/blob/main.js");
    const address = ["--blobHost", "127.0.0.1", "--blobPort", String(ports.blobs)];
    const quiet = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry"];
    start("blobs", process.execPath, [azurite, ...address, ...quiet], {
      AZURITE_ACCOUNTS: `${ACCOUNT}:${accountKey(password).toString("base64")}`,
    });
  }
  if (running("cache") === undefined) {
    const front = fileURLToPath(import.meta.resolve("./cache-front.ts"));
    start("cache", process.execPath, [front, String(ports.cache), String(ports.blobs)], { RIG_SECRET: password });
  }
  await healthy("cache", cacheAnswers, 30);
}

export async function stopCache(): Promise<void> {
  await Promise.all([stop("cache"), stop("blobs")]);
}

export async function cacheAnswers(): Promise<boolean> {
  if (running("blobs") === undefined) return false;
  try {
    return (await fetch(`${cacheUrl()}health`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** Forgets all entries. */
export async function resetCache(): Promise<void> {
  await fetch(`${cacheUrl()}reset`, { method: "POST" });
}

/**
 * An `ACTIONS_RUNTIME_TOKEN` for the cache, good for a day. @param refs the scopes: the first is read and written, the
 * others are read after it, as a branch and the default branch on GitHub
 */
export function cacheToken(refs: string[] = ["refs/heads/main"]): string {
  const now = Math.floor(Date.now() / 1000);
  const scopes = refs.map((ref, index) => ({ Scope: ref, Permission: index === 0 ? 3 : 1 }));
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  // The claim `ac` is JSON within JSON, as on GitHub.
  const claims = { iss: "image-publish rig", nbf: now - 60, exp: now + 86_400, ac: JSON.stringify(scopes) };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", readState().password).update(signed).digest("base64url")}`;
}
