/** The cache of one image: which branches' it reads and writes, and where. */
import {
  type CacheBranches,
  type CacheLines,
  hardened,
  registryCache,
  serviceCache,
} from "../../../buildx/cache/cache.ts";
import { placeOfCache, withKnownAttributes } from "../../../buildx/cache/cache-types.ts";
import type { Image } from "../../../catalog/catalog.ts";
import { cacheLine } from "../../../model/buildflags/cache-entry.ts";
import type { Remark } from "../../../model/remark.ts";
import type { RunContext } from "../../../model/run-context.ts";
import type { CacheSettings } from "../../../settings/image-settings.ts";
import { filledEntry, type OwnCacheEntry } from "../../../settings/own-cache.ts";
import { type CacheAccess, mayRead, mayWrite } from "./cache-access.ts";

export type CacheKind = "gha" | "registry" | "none";

type Where = Pick<RunContext, "trigger" | "ref" | "defaultBranch">;

export interface CacheOptions {
  /** What the cache is where nobody says. */
  readonly cache: CacheKind;
  readonly cacheAccess: CacheAccess;
}

/** @param fill replaces expressions with their values. */
export function cacheOf(
  context: Where,
  image: Image,
  settings: CacheSettings,
  options: CacheOptions,
  fill: (text: string) => string,
): CacheLines {
  if (settings.from.length > 0 || settings.to.length > 0) return ownLines(settings, options, fill);
  const { cache: otherwise, cacheAccess: access } = options;
  const cache = settings.kind === "auto" ? otherwise : settings.kind;
  const branches = cacheBranches(context);
  if (cache === "none") return { from: [], to: [] };
  if (cache === "gha") return serviceCache(image.name, { ...branches, write: branches.write && access.service });
  // Whoever may read a registry may read all of it.
  const write = branches.write && access.push && access.restriction === undefined;
  const { defaultBranch } = context;
  const sharer = image.isSharing ? image.name : undefined;
  return registryCache(image.repositories[0], { ...branches, write, defaultBranch, sharer });
}

/** Docker's own lines, written anew from what they say and what this run may do. */
function ownLines(
  { from, to }: CacheSettings,
  { cacheAccess: access }: Pick<CacheOptions, "cacheAccess">,
  fill: (text: string) => string,
): CacheLines {
  const line = (entry: OwnCacheEntry, direction: "from" | "to"): string => {
    const known = access.restriction === undefined ? entry : withKnownAttributes(entry);
    return cacheLine(hardened(filledEntry(known, fill), direction));
  };
  const read = from.filter((entry) => mayRead(entry, access));
  const written = to.filter((entry) => mayWrite(entry, access));
  return { from: read.map((entry) => line(entry, "from")), to: written.map((entry) => line(entry, "to")) };
}

/** What to know of the lines that `cacheOf` leaves out. */
export function cacheRemarks({ to }: Pick<CacheSettings, "to">, access: CacheAccess): readonly Remark[] {
  // An inline cache goes with its image, and nobody misses it where that goes nowhere.
  const missing = to.filter((entry) => !mayWrite(entry, access) && placeOfCache(entry) !== "image");
  if (missing.length === 0) return [];
  const why = access.restriction ?? "a run that pushes nothing writes to no registry or bucket";
  return [
    {
      isNote: true,
      message: `lines of "cache-to" are left out: ${why}`,
      hint: "no action is needed where runs of branches write this cache; on GitHub, pull requests have their own with type=gha",
    },
  ];
}

/** Which branch's cache a run reads and writes. A tag's is of no use to anyone after it. */
export function cacheBranches({ trigger, ref, defaultBranch }: Where): CacheBranches {
  const main = defaultBranch === undefined ? [] : [defaultBranch];
  if (trigger.kind === "pull-request") {
    return { own: `pr-${trigger.number}`, fallbacks: [trigger.baseRef, ...main], write: true };
  }
  return { own: ref.name, fallbacks: main, write: ref.kind === "branch" };
}
