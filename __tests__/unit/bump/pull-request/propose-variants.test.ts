import { describe } from "@jest/globals";
import { memoryWorld } from "../../../forge/memory-world.ts";
import { tellVariantStories, variantStart } from "../../../forge/variant-stories.ts";

describe("jobs of variants on a forge in memory", () => {
  tellVariantStories((use) => use(memoryWorld(variantStart)));
});
