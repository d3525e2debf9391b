/** The branch of a bump: always the same one for the same thing, so that a newer version takes the place of an older one. */
import { createHash } from "node:crypto";

/**
 * `image-publish/bump-<image>`, or `image-publish/bump` for all images; for another branch than the default one with `@<base>`
 * at its end, which no image's name has. What a branch can't be called (git-check-ref-format(1)), or can't on Gitea, which
 * takes 100 characters, ends in a hash.
 */
export function bumpBranch(image: string | undefined, base: string, isDefault: boolean): string {
  const wanted = `image-publish/bump${image === undefined ? "" : `-${image}`}${isDefault ? "" : `@${base}`}`;
  const legal = wanted
    .replace(/[^A-Za-z0-9._/@-]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/\/[./]+/g, "/")
    .replace(/(?:\.lock)?[./]*$/, "");
  if (legal === wanted && legal.length <= longest) return legal;
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 8);
  return `${legal.slice(0, longest - hash.length - 1).replace(/[./]+$/, "")}-${hash}`;
}

const longest = 100;
