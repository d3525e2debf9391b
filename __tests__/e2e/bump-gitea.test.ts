import { describe } from "@jest/globals";
import { withGitea } from "../forge/gitea-world.ts";
import { start, tellStories } from "../forge/stories.ts";

describe("bumps on a real Gitea", () => {
  tellStories((use) => withGitea(start, use));
});
