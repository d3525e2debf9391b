/**
 * What the immutable tags of a release name already. One release is one image: the same content takes the place of what a run would
 * tag, and other content ends the release.
 */

import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Tag } from "../model/reference.ts";
import { gitRef } from "../model/run-context.ts";
import { tagsOfRelease } from "../plan/version-line.ts";
import { attestationDoubt, attestationHint } from "./attestation-doubt.ts";
import type { History, RunIdentity } from "./guard.ts";
import type { ReadTag } from "./registry-tags/read-tag.ts";
import { hasPlatforms, type Making, otherContent, type TagState } from "./registry-tags/tag-state.ts";

export type Claim =
  /** No tag of the release names anything, or the run is about no release. */
  | { readonly kind: "free" }
  | { readonly kind: "same"; readonly tag: Tag; readonly tagState: TagState }
  /** `why` is a clause. */
  | {
      readonly kind: "other";
      readonly tag: Tag;
      readonly digest: Digest;
      readonly why: string;
      readonly hint: string;
    };

/** What a run would release. */
export interface ClaimedImage extends Making {
  readonly tags: readonly ImageTag[];
  readonly identity: RunIdentity;
}

export interface ClaimTools {
  readonly readTag: ReadTag;
  readonly attested: History["attested"];
  /** The digest that this run would tag with them: it is the same, whatever its record states. */
  readonly own?: Digest;
}

/**
 * Looks at all of them, so that `1.2.3` and `v1.2.3` never name two contents. What GitHub definitely lists no attestation of is made
 * again under the same tags.
 */
export async function releaseClaim(wanted: ClaimedImage, { readTag, attested, own }: ClaimTools): Promise<Claim> {
  const { tags, identity } = wanted;
  const { kind, name } = gitRef(identity.ref);
  let same: Claim = { kind: "free" };
  for (const tag of tagsOfRelease(tags, identity.release, kind === "tag" ? name : undefined)) {
    const tagState = await readTag(tag);
    if (tagState === undefined) continue;
    const { digest } = tagState;
    const isOwn = digest === own;
    const why = isOwn || isSameRun(tagState, wanted) ? undefined : otherContent(tagState, wanted);
    if (why !== undefined) {
      return { kind: "other", tag, digest, why, hint: "an exact tag is immutable: release under a new version" };
    }
    const isAttested = isOwn || attested === undefined ? true : await attested(digest);
    const unknown = isAttested === undefined ? attestationDoubt("it", isAttested) : undefined;
    if (unknown !== undefined) return { kind: "other", tag, digest, why: unknown, hint: attestationHint };
    if (isAttested && same.kind === "free") same = { kind: "same", tag, tagState };
  }
  return same;
}

/** Sources that can't be named are the same where they are those of the same commit. */
function isSameRun(
  { record, ...tagState }: TagState,
  { identity, sourceHash, bakedVersion, platforms }: ClaimedImage,
): boolean {
  if (record === undefined || sourceHash !== null || record.sourceHash !== null) return false;
  return (
    record.revision === identity.commit &&
    record.bakedVersion === bakedVersion &&
    hasPlatforms({ ...tagState, record }, platforms)
  );
}
