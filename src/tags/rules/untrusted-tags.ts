/** The tags of an image that was built from an untrusted checkout. */

import type { ImageTag } from "../../model/image-tags.ts";
import { isTag } from "../../model/reference.ts";
import type { UntrustedCheckout } from "../../model/trust.ts";

/**
 * `sha-<commit>`, and `pr-N` where the commit is the head of one open pull request. No rule for branches and git tags
 * gives these names. @param suffix distinguishes the variants of an image
 */
export function untrustedTags(
  { head, pullRequest }: Pick<UntrustedCheckout, "head" | "pullRequest">,
  suffix: string,
): readonly ImageTag[] {
  const all = [
    { tag: `sha-${head}${suffix}`, moves: false, of: "commit" as const },
    ...(pullRequest === undefined ? [] : [{ tag: `pr-${pullRequest}${suffix}`, moves: true }]),
  ];
  return all.flatMap(({ tag, ...rest }) => (isTag(tag) ? [{ tag, ...rest }] : []));
}
