/**
 * Categories of code scanning: alerts close when a later upload of the same category and ref lacks them, so that an image's
 * alerts have one of their own, and what only some of its platforms have, one a platform. Nothing in them changes from run to
 * run, or each run would leave a set of alerts behind that nothing closes.
 */
import type { Platform } from "../../model/platform.ts";

/** `image-publish/<name>`, or `image-publish/<name>/<os-arch[-variant]>`; GitHub wants a slash after it in SARIF. */
export function categoryOf(image: string, platform?: Platform): string {
  const parts = [prefix, encodeURIComponent(image.toWellFormed())];
  return [...parts, ...(platform === undefined ? [] : [platform.replaceAll("/", "-")])].join("/");
}

/** The image that a category is of, whole or of a platform; `undefined` for what is not ours. */
export function imageOf(category: string): string | undefined {
  const [first, name, platform, ...more] = category.replace(/\/$/, "").split("/");
  if (first !== prefix || !name || platform === "" || more.length > 0) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

const prefix = "image-publish";
