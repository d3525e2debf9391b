/** Whether what was published for an earlier commit needs an index of its own to be published for this one. */
import type { ImageTag } from "../model/image-tags.ts";
import type { History, Mover } from "./guard.ts";
import type { HolderOf } from "./promotion.ts";
import type { Holding } from "./tags/holding.ts";

/**
 * Bytes that were published for an earlier commit, as after a revert, would let a slow run of a commit in between pass for newer:
 * where a moving tag holds such a commit's image, they get an index with this run's revision.
 */
export async function needsRevision(
  { digest, record }: Holding,
  moving: readonly ImageTag[],
  holderOf: HolderOf,
  { mover, history }: { readonly mover: Mover; readonly history: Pick<History, "position"> },
): Promise<boolean> {
  if (record === undefined || record.revision === mover.commit || mover.release || mover.mayGoBack) return false;
  for (const { tag } of moving) {
    const holder = await holderOf(tag);
    if (holder?.revision === undefined || holder.digest === digest) continue;
    const position = await history.position(record.revision, holder.revision);
    if (position !== "descends" && position !== "same") return true;
  }
  return false;
}
