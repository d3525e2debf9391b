/** Where builds keep their layers from one run to the next: docker's cache entries for each image. */

import { messageOf } from "../../errors.ts";
import type { CacheEntry } from "../../model/buildflags/cache-entry.ts";
import { csvLine } from "../../model/buildflags/csv-record.ts";
import { digestOf } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { Http, HttpRequest } from "../../ports.ts";

export interface CacheLines {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface CacheBranches {
  /** The branch (or pull request, or tag) that the run is about. */
  readonly own: string;
  /** Read after the own one, in this order: a pull request's base, the default branch. */
  readonly fallbacks: readonly string[];
  /** `false` where no later run could read what this one writes, as for a tag. */
  readonly write: boolean;
}

/** A cache outage must not fail a good build, nor hold it up: BuildKit's own limit is ten minutes for each request. */
const limit = "60s";

/**
 * The runner's cache service, in a scope of its own for each image and branch, as images that share one overwrite each
 * other (BuildKit's default scope is `buildkit` for all).
 */
export function serviceCache(image: string, branches: CacheBranches): CacheLines {
  const own = scope(image, branches.own);
  const scopes = [...new Set([own, ...branches.fallbacks.map((branch) => scope(image, branch))])];
  return {
    from: scopes.map((each) => csvLine(["type=gha", `scope=${each}`, `timeout=${limit}`])),
    to: branches.write
      ? [csvLine(["type=gha", `scope=${own}`, "mode=max", "ignore-error=true", `timeout=${limit}`])]
      : [],
  };
}

export interface RegistryBranches extends CacheBranches {
  readonly defaultBranch: string | undefined;
}

/**
 * A tag beside the image for each branch: `buildcache` for the default branch, `buildcache-next` for another. None for an
 * image that has no repository.
 */
export function registryCache(repository: Repository | undefined, branches: RegistryBranches): CacheLines {
  if (repository === undefined) return { from: [], to: [] };
  const entry = (branch: string): readonly string[] => {
    const tag = branch === branches.defaultBranch ? "buildcache" : `buildcache-${part(branch)}`;
    return ["type=registry", `ref=${repository}:${tag}`];
  };
  const read = new Set([...(branches.write ? [branches.own] : []), ...branches.fallbacks]);
  return {
    from: [...read].map((branch) => csvLine(entry(branch))),
    to: branches.write
      ? [csvLine([...entry(branches.own), "mode=max", "image-manifest=true", "ignore-error=true"])]
      : [],
  };
}

/**
 * A user's own entry, so that an outage of the cache neither fails nor stalls a build, unless the entry itself says what is
 * to happen then.
 */
export function hardened({ type, attributes }: CacheEntry, direction: "from" | "to"): CacheEntry {
  const added = [
    ...(type === "gha" ? [["timeout", limit] as const] : []),
    ...(direction === "to" && type !== "inline" ? [["ignore-error", "true"] as const] : []),
  ];
  return { type, attributes: new Map([...attributes, ...added.filter(([key]) => !attributes.has(key))]) };
}

/**
 * The scope of an image on a branch: `base:main`. No two have the same: a character that a scope can't hold becomes `_`, and
 * then a hash of the name is appended.
 */
export function scope(image: string, branch: string): string {
  return `${part(image)}:${part(branch)}`;
}

function part(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 100);
  return plain === name ? plain : `${plain}-${digestOf(name).slice(-8)}`;
}

/** Where the cache service is, by the environment of a JavaScript action; `undefined` where the runner has none. */
export function cacheServiceRequest(
  environment: Readonly<Record<string, string | undefined>>,
): HttpRequest | undefined {
  const token = environment.ACTIONS_RUNTIME_TOKEN;
  const results = environment.ACTIONS_RESULTS_URL;
  const first = environment.ACTIONS_CACHE_URL;
  if (!token) return undefined;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" };
  // Any key does: an answer is what counts, not what is found.
  const version = "0".repeat(64);
  if (results && /^(?:1|t|true)$/i.test(environment.ACTIONS_CACHE_SERVICE_V2 ?? "")) {
    const service = "twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL";
    const body = JSON.stringify({ key: "image-publish-probe", restore_keys: [], version });
    return { method: "POST", url: `${withSlash(results)}${service}`, headers, body, timeout: probeTimeout };
  }
  if (!first) return undefined;
  const query = `keys=image-publish-probe&version=${version}`;
  return {
    method: "GET",
    url: `${withSlash(first)}_apis/artifactcache/cache?${query}`,
    headers,
    timeout: probeTimeout,
  };
}

const probeTimeout = 5_000;

/**
 * Asks the cache service once; `undefined` when it answers well, else why not, as a clause. Asked before anything is built
 * as a service that stalls (429 with `Retry-After`) holds a build for minutes whatever `ignore-error` says.
 */
export async function cacheServiceProblem(http: Http, request: HttpRequest): Promise<string | undefined> {
  try {
    const { status } = await http.send(request);
    if (status === 429) return "it asks for fewer requests (429)";
    return status >= 200 && status < 300 ? undefined : `it answers ${status}`;
  } catch (error) {
    request.signal?.throwIfAborted();
    return `it doesn't answer (${messageOf(error)})`;
  }
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
