import { describe } from "@jest/globals";
import { memoryWorld } from "../../../forge/memory-world.ts";
import { start, tellStories } from "../../../forge/stories.ts";

describe("bumps on a forge in memory", () => {
  tellStories((use) => use(memoryWorld(start)));
});
