/** Whether what was published for an earlier commit needs an index of its own to be published for this one. */
import type { ImageTag } from "../model/image-tags.ts";
import type { History, RunIdentity } from "./guard.ts";
import type { ReadTag } from "./registry-tags/read-tag.ts";
import type { TagState } from "./registry-tags/tag-state.ts";

/**
 * A digest that was published for an earlier commit, as after a revert, would let a slow run of a commit in between pass for
 * newer: where a mutable tag names such a commit's image, its manifests get an index with this run's revision.
 */
export async function needsRevision(
  { digest, record }: TagState,
  moving: readonly ImageTag[],
  readTag: ReadTag,
  { identity, history }: { readonly identity: RunIdentity; readonly history: Pick<History, "position"> },
): Promise<boolean> {
  if (record === undefined || record.revision === identity.commit || identity.release || identity.mayGoBack)
    return false;
  for (const { tag } of moving) {
    const tagState = await readTag(tag);
    if (tagState?.revision === undefined || tagState.digest === digest) continue;
    const position = await history.position(record.revision, tagState.revision);
    if (position !== "descends" && position !== "same") return true;
  }
  return false;
}
