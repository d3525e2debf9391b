/** Bumps on a GitHub that is a fake over a real git repository: its APIs are checked by what GitHub publishes of them. */
import { describe } from "@jest/globals";
import { withGitHub } from "../forge/github/github-world.ts";
import { start, tellStories } from "../forge/stories.ts";

describe("bumps on GitHub", () => {
  tellStories((use) => withGitHub(start, use));
});
