/** Whether the registries take what the run is going to push, asked before anything is built. */
import { type Repository, splitRepository } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { RegistryError } from "../../oci/registry/registry-error.ts";
import type { PlannedImage } from "../../plan/plan.ts";

/**
 * A registry that refuses is better known before an hour of building than after. One repository of each registry is asked.
 * @throws RegistryError where one refuses; the first for want of a login, if there is one like that.
 */
export async function checkPushRights(
  images: readonly Pick<PlannedImage, "kind" | "repositories">[],
  registry: Pick<Registry, "checkPush">,
): Promise<void> {
  const acting = images.flatMap(({ kind, repositories }) => (kind === "skip" ? [] : repositories));
  const asked = await Promise.allSettled(oneOfEach(acting).map((repository) => registry.checkPush(repository)));
  const refusals: readonly unknown[] = asked.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (refusals.length > 0) throw refusals.find(isUnnamedHost) ?? refusals[0];
}

/** A login is missing for a host that the workflow doesn't name. */
export function isUnnamedHost(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.code === "unnamed";
}

/** The first repository of each registry. */
export function oneOfEach(repositories: readonly Repository[]): readonly Repository[] {
  const byHost = new Map<string, Repository>();
  for (const repository of repositories) {
    const { host } = splitRepository(repository);
    if (!byHost.has(host)) byHost.set(host, repository);
  }
  return [...byHost.values()];
}
