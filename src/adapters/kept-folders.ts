/** The runner's cache service, by GitHub's own package. */
import type { KeptFolders } from "../ports.ts";
import { hasCacheService } from "./cache-service.ts";
import { followNoRedirects } from "./no-redirects.ts";

/** Loaded where it is used: it is 2.4 MB. What goes wrong is a line of the package's own in the log, and no more than that. */
export function keptFolders(env: Readonly<Record<string, string | undefined>>): KeptFolders {
  return {
    async restore(folder, key, prefix) {
      if (!hasCacheService(env)) return undefined;
      await followNoRedirects();
      const { restoreCache } = await import("@actions/cache");
      return restoreCache([folder], key, [prefix]).catch(() => undefined);
    },
    async keep(folder, key) {
      if (!hasCacheService(env)) return;
      await followNoRedirects();
      const { saveCache } = await import("@actions/cache");
      await saveCache([folder], key).catch(() => undefined);
    },
  };
}
