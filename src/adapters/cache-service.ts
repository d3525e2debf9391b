/**
 * Whether the runner has a cache service, by the toolkit's own rule (not on a GitHub Enterprise Server of before the
 * service; either protocol elsewhere). The toolkit's package is large, so it is loaded only where a runner's token is there.
 */
export async function hasCacheService(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  if (!env.ACTIONS_RUNTIME_TOKEN) return false;
  const { isFeatureAvailable } = await import("@actions/cache");
  return isFeatureAvailable();
}
