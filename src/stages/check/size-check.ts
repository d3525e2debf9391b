/** The check `max-size`. */
import { UserError } from "../../errors.ts";
import type { CandidatePlatform } from "../../model/candidate.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import { oversized, tooLarge } from "../../publish/max-size.ts";
import { publishedDigest, readPlatforms } from "../../publish/published.ts";
import { type Check, passed, refused } from "./check.ts";

/** @param published what the image would replace, to say by how much it grew; queried only for what is too large. */
export function sizeCheck(
  name: string,
  limit: number,
  published: () => Promise<readonly CandidatePlatform[]> = async () => [],
): Check {
  return async ({ platforms }) => {
    if (oversized(platforms, limit).length === 0) return passed;
    return refused("size", tooLarge(name, limit, oversized(platforms, limit, await published())));
  };
}

/** What the candidate would replace; nothing where that is unknown, as it is only an addition to a message. */
export async function publishedSizes(
  { repositories: [repository], tags }: Pick<PlannedBuild, "repositories" | "tags">,
  registry: Registry,
): Promise<readonly CandidatePlatform[]> {
  const moving = tags.filter(({ moves }) => moves).map(({ tag }) => tag);
  if (repository === undefined) return [];
  try {
    const found = await publishedDigest(registry, repository, moving);
    return found === undefined ? [] : await readPlatforms(registry, repository, found);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
