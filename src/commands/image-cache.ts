/** The cache of one image: which branches' it reads and writes, and where. */
import {
  type CacheBranches,
  type CacheLines,
  hardened,
  isRegistryCache,
  registryCache,
  serviceCache,
} from "../build/cache.ts";
import type { Image } from "../catalog/catalog.ts";
import type { RunContext } from "../context/run-context.ts";
import type { CacheSettings } from "./image-settings.ts";

export type CacheKind = "gha" | "registry" | "none";

type Where = Pick<RunContext, "trigger" | "ref" | "defaultBranch">;

export interface CacheOptions {
  /** What the cache is where nobody says. */
  readonly cache: CacheKind;
  /** Whether the run pushes: one that doesn't writes no cache into a registry either. */
  readonly push: boolean;
}

/** @param fill puts values in the place of expressions. */
export function cacheOf(
  context: Where,
  image: Image,
  { kind: said, from, to }: CacheSettings,
  { cache: otherwise, push }: CacheOptions,
  fill: (text: string) => string,
): CacheLines {
  const mayPush = push && context.trigger.kind !== "pull-request";
  if (from.length > 0 || to.length > 0) {
    return {
      from: from.map((line) => hardened(fill(line), "from")),
      to: to.map((line) => hardened(fill(line), "to")).filter((line) => push || !isRegistryCache(line)),
    };
  }
  const cache = said === "auto" ? otherwise : said;
  const branches = cacheBranches(context);
  if (cache === "gha") return serviceCache(image.name, branches);
  if (cache === "none") return { from: [], to: [] };
  // What a pull request brings must not get into what others read: whoever may read a registry may read all of it.
  const write = mayPush && branches.write;
  const { defaultBranch } = context;
  return registryCache(image.repositories[0], { ...branches, write, defaultBranch });
}

/** Which branch's cache a run reads and writes. A tag's is of no use to anyone after it. */
export function cacheBranches({ trigger, ref, defaultBranch }: Where): CacheBranches {
  const main = defaultBranch === undefined ? [] : [defaultBranch];
  if (trigger.kind === "pull-request") {
    return { own: `pr-${trigger.number}`, fallbacks: [trigger.baseRef, ...main], write: true };
  }
  return { own: ref.name, fallbacks: main, write: ref.kind === "branch" };
}
