/** Bumps on the rig's Gitea, which stands for Forgejo too. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { up } from "../../rig/index.ts";
import { withGitea } from "../forge/gitea-world.ts";
import { start, tellStories } from "../forge/stories.ts";
import { tellVariantStories, variantStart } from "../forge/variant-stories.ts";
import { bump, pair } from "../forge/world.ts";

// Three minutes where it is to be built first.
beforeAll(() => up({ only: ["gitea"], say: () => {} }), 600_000);

describe("bumps on a real Gitea", () => {
  tellStories((use) => withGitea(start, use));
  describe("of jobs of variants", () =>
    tellVariantStories((use) => withGitea(variantStart, use), { keepsHeads: false }));

  test("a token without rights is told what it lacks, and changes nothing", async () => {
    await withGitea(start, async (world) => {
      expect(await bump(world, 2, { forge: world.strangers })).toMatchObject({
        outcome: "refused",
        warnings: [{ hint: expect.stringContaining("`bump-token`") }],
      });
      expect(await world.head(pair.branch)).toBeUndefined();
    });
  }, 60_000);

  test("a draft has the title that these forges know drafts by, and keeps it", async () => {
    await withGitea(start, async (world) => {
      await bump(world, 2, { settings: { draft: true } });
      await bump(world, 3, { settings: { draft: true } });
      expect(await world.pulls()).toMatchObject([{ state: "open", title: "WIP: Use app 3" }]);
    });
  }, 60_000);
});
