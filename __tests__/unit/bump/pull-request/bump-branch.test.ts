import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bumpBranch } from "../../../../src/bump/pull-request/bump-branch.ts";
import { anyText } from "../../any-text.ts";

describe("the branch of a bump", () => {
  test.each<[string, string | undefined, string, boolean, string]>([
    ["is the image's", "base", "main", true, "image-publish/bump-base"],
    ["is one for all where they are grouped", undefined, "main", true, "image-publish/bump"],
    ["names another base than the default branch", "base", "stable/1.x", false, "image-publish/bump-base@stable/1.x"],
    ["keeps what a name may have", "ntfy.d_1-nix", "main", true, "image-publish/bump-ntfy.d_1-nix"],
  ])("%s", (_, image, base, isDefault, expected) => {
    expect(bumpBranch(image, base, isDefault)).toBe(expected);
  });

  test("is one that git and Gitea take, and another for another image", () => {
    const name = fc.oneof(
      anyText({ minLength: 1 }),
      fc.constantFrom("a..b", "x.lock", ".a", "a/", "a b", "é", "a@{1}"),
    );
    fc.assert(
      fc.property(name, name, fc.boolean(), (one, other, isDefault) => {
        const branch = bumpBranch(one, "main", isDefault);
        // git-check-ref-format(1)
        expect(branch).toMatch(/^image-publish\/bump-[A-Za-z0-9._/@-]{1,83}$/);
        expect(branch).not.toMatch(/\.\.|\/\.|\/\/|\.lock(?:\/|$)|[./]$|@\{/);
        if (one !== other) expect(bumpBranch(other, "main", isDefault)).not.toBe(branch);
      }),
    );
  });
});
