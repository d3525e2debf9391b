/** Where a run may write caches: what it makes of unreviewed or untrusted code must not get into what others read. */
import { placeOfCache } from "../../../buildx/cache/cache-types.ts";
import type { RunContext } from "../../../model/run-context.ts";
import type { CheckoutTrust } from "../../../model/trust.ts";
import type { OwnCacheEntry } from "../../../settings/own-cache.ts";
import { cacheTokenScopes } from "./cache-token.ts";

export interface CacheAccess {
  /** Why this run writes to no cache that others read, a clause; `undefined` where it may. */
  readonly restriction: string | undefined;
  /** Whether the run pushes what it builds: one that doesn't writes to no registry or bucket either. */
  readonly push: boolean;
  /** Whether the runner's cache service is written. */
  readonly service: boolean;
}

export interface CacheSituation {
  readonly context: Pick<RunContext, "trigger" | "eventName">;
  readonly trust: CheckoutTrust;
  readonly push: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function cacheAccess(situation: CacheSituation): CacheAccess {
  const restriction = restrictionOf(situation);
  const service = restriction === undefined || isKeptApart(situation);
  return { restriction, push: situation.push, service };
}

/** Whether a run may write to the cache of a user's own line. */
export function mayWrite(entry: OwnCacheEntry, { restriction, push, service }: CacheAccess): boolean {
  const isFree = restriction === undefined;
  switch (placeOfCache(entry)) {
    case "registry":
    case "bucket":
      return push && isFree;
    case "image":
      return push;
    case "folder":
      return mayRead(entry, { restriction });
    case "service":
      return service && (isFree || isRunners(entry));
  }
}

/** Whether a run may read the cache of a user's own line: any but a folder of this machine that no input names. */
export function mayRead(entry: OwnCacheEntry, { restriction }: Pick<CacheAccess, "restriction">): boolean {
  return restriction === undefined || entry.isInput || placeOfCache(entry) !== "folder";
}

function restrictionOf({ context, trust }: CacheSituation): string | undefined {
  if (trust.kind === "untrusted") return `${trust.why}; an untrusted checkout writes to no cache that others read`;
  if (context.trigger.kind === "pull-request") return "a pull request writes to no cache that others read";
  if (context.trigger.kind === "merge-group") return "a merge group writes to no cache that others read";
  return undefined;
}

/**
 * Whether the cache service itself keeps what this run writes from runs of other refs. GitHub's does, by the scopes that its
 * token names; those of Gitea, Forgejo and act don't, and the first version of the protocol is what these speak. To an event
 * that isn't the pull request's own GitHub gives the default branch's token.
 */
function isKeptApart({ context: { eventName }, trust, env }: CacheSituation): boolean {
  if (env.GITEA_ACTIONS || env.FORGEJO_ACTIONS || !/^(?:1|t|true)$/i.test(env.ACTIONS_CACHE_SERVICE_V2 ?? "")) {
    return false;
  }
  const written = cacheTokenScopes(env.ACTIONS_RUNTIME_TOKEN ?? "");
  if (written.length === 0 || !written.every((scope) => scope.startsWith("refs/"))) return false;
  if (trust.kind === "trusted") return true;
  const isOwnEvent = eventName === "pull_request" || eventName === "merge_group";
  return isOwnEvent && written.every((scope) => /^refs\/(?:pull|heads\/gh-readonly-queue)\//.test(scope));
}

/** Whether a line is about the runner's service with the job's token, of which alone it is known what it keeps apart. */
function isRunners({ attributes }: OwnCacheEntry): boolean {
  return !["url", "url_v2", "token"].some((key) => attributes.has(key));
}
