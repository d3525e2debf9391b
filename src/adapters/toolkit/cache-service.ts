// Not by the package's entry, which is 2.4 MB for what two variables say (docs/architecture.md).
import { getCacheServiceVersion } from "../../../node_modules/@actions/cache/lib/internal/config.js";

/**
 * Whether the runner has a cache service, by the toolkit's own rule (`isFeatureAvailable`): the newer protocol, never on a
 * GitHub Enterprise Server, has an address of its own.
 */
export function hasCacheService(env: Readonly<Record<string, string | undefined>>): boolean {
  if (!env.ACTIONS_RUNTIME_TOKEN) return false;
  return Boolean(getCacheServiceVersion() === "v2" ? env.ACTIONS_RESULTS_URL : env.ACTIONS_CACHE_URL);
}
