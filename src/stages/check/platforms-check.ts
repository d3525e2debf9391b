/** The check that an image's parts are for the platforms that its index lists. */
import type { Repository } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { RegistryError } from "../../oci/registry/registry-error.ts";
import { checkPlatforms } from "../../publish/published.ts";
import { type Check, passed, refused } from "./check.ts";

export function platformsCheck(registry: Registry, repository: Repository): Check {
  return async ({ platforms }) => {
    try {
      await checkPlatforms(registry, repository, platforms);
      return passed;
    } catch (error) {
      if (error instanceof RegistryError && error.code === "invalid") return refused("platforms", error);
      throw error;
    }
  };
}
