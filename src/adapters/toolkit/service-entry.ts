/** Entries of the runner's cache service as bytes, by the calls of GitHub's own package. Everything @throws where it fails. */
import { stat } from "node:fs/promises";
import {
  getCacheMode,
  getCacheServiceVersion,
  isCacheReadable,
  isCacheWritable,
} from "../../../node_modules/@actions/cache/lib/internal/config.js";
import type { HttpStreams } from "../../ports.ts";

/** Most bytes of an entry: the largest is the database of Java's archives, 0.7 GB. */
export const maximumEntry = 4 * 1024 ** 3;

/** The service finds entries by the hash of their paths: ours have this name, whatever their paths on the runner. */
const paths = ["image-publish, as fetched"];

/** Loaded where they are used: they are 2.4 MB. */
const client = () => import("../../../node_modules/@actions/cache/lib/internal/cacheHttpClient.js");
const twirp = () => import("../../../node_modules/@actions/cache/lib/internal/shared/cacheTwirpClient.js");
const versionOf = async (): Promise<string> => {
  const { getCacheVersion } = await import("../../../node_modules/@actions/cache/lib/internal/cacheUtils.js");
  return getCacheVersion(paths);
};

export async function findEntry(
  key: string,
  prefix: string,
): Promise<{ readonly key: string; readonly url: string } | undefined> {
  if (!isCacheReadable(getCacheMode())) return undefined;
  if (getCacheServiceVersion() === "v2") {
    const service = (await twirp()).internalCacheTwirpClient();
    const request = { key, restoreKeys: [prefix], version: await versionOf() };
    const { ok, matchedKey, signedDownloadUrl } = await service.GetCacheEntryDownloadURL(request);
    return ok ? { key: matchedKey, url: signedDownloadUrl } : undefined;
  }
  const entry = await (await client()).getCacheEntry([key, prefix], paths);
  return entry?.archiveLocation ? { key: entry.cacheKey ?? key, url: entry.archiveLocation } : undefined;
}

/** Its address holds the right to read it: no login is shown. */
export async function downloadEntry(url: string, http: HttpStreams): Promise<AsyncIterable<Uint8Array>> {
  const { status, body } = await http.open({ method: "GET", url, timeout: 15 * 60_000, stall: 60_000 });
  if (status !== 200) throw new Error(`the cache service answered ${status}`);
  return body;
}

export async function uploadEntry(path: string, key: string): Promise<void> {
  if (!isCacheWritable(getCacheMode())) return;
  const { size } = await stat(path);
  if (size > maximumEntry) return;
  const { reserveCache, saveCache } = await client();
  if (getCacheServiceVersion() !== "v2") {
    const { result } = await reserveCache(key, paths, { cacheSize: size });
    if (result?.cacheId) await saveCache(result.cacheId, path);
    return;
  }
  const service = (await twirp()).internalCacheTwirpClient();
  const version = await versionOf();
  const { ok, signedUploadUrl } = await service.CreateCacheEntry({ key, version });
  if (!ok) return;
  await saveCache(-1, path, signedUploadUrl, { useAzureSdk: true, archiveSizeBytes: size });
  await service.FinalizeCacheEntryUpload({ key, version, sizeBytes: `${size}` });
}
