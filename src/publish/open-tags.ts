/** Which tags of an image a published digest still lacks, in all its repositories. */
import { UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Repository } from "../model/reference.ts";
import type { RunIdentity } from "./guard.ts";
import type { Making, TagState } from "./registry-tags/tag-state.ts";
import { releaseClaim } from "./release-claim.ts";
import { type View, type ViewOptions, viewOf } from "./repository-view.ts";

export interface WantedTags extends Making {
  /** At least one; what is built is pushed to the first, the others get copies. */
  readonly repositories: readonly [Repository, ...Repository[]];
  /** All tags that the event gives the image. */
  readonly tags: readonly ImageTag[];
  readonly identity: RunIdentity;
}

/** A tag of the release that names other content. */
export interface TakenTag {
  /** With its repository where that isn't the first. */
  readonly tag: string;
  readonly digest: Digest;
  /** A clause. */
  readonly why: string;
  readonly hint: string;
}

export interface OpenTags {
  /** Full names of what is missing. */
  readonly names: readonly string[];
  /** Why others are not updated. */
  readonly stays: readonly string[];
  /** A tag of the release that names other content in a copy. */
  readonly taken: TakenTag | undefined;
}

/** The tags that do not name what they should, and may. */
export async function openTags(
  desired: WantedTags,
  found: TagState,
  view: View,
  options: ViewOptions,
): Promise<OpenTags> {
  const [, ...copies] = desired.repositories;
  const views = [view, ...copies.map((repository) => viewOf(repository, desired, options, true))];
  const judged = await Promise.all(
    views.flatMap((each) =>
      desired.tags.map(async (tag) => ({
        tag: tag.tag,
        name: views.length === 1 ? tag.tag : `${each.repository}:${tag.tag}`,
        verdict: await each.judge(tag, found.digest),
      })),
    ),
  );
  const stays = judged.flatMap(({ verdict }) => (verdict.kind === "stays" ? [verdict.why] : []));
  const isOpen = ({ verdict: { kind } }: (typeof judged)[number]) => kind !== "stays" && kind !== "there";
  const names = judged.filter(isOpen).map(({ name }) => name);
  // Of several registries one may hold a release of other content, which is an error though no tag is missing.
  const isDone = names.length === 0 && stays.length > 0;
  const claims = isDone ? await Promise.all(views.slice(1).map((each) => takenTagIn(each, desired))) : [];
  return { names, stays, taken: claims.find((claim) => claim !== undefined) };
}

/** A registry that can't be queried is reported when the image is copied to it. */
async function takenTagIn(view: View, desired: WantedTags): Promise<TakenTag | undefined> {
  try {
    const { readTag, history } = view;
    const claim = await releaseClaim(desired, { readTag, attested: history.attested });
    return claim.kind === "other" ? { ...claim, tag: `${view.repository}:${claim.tag}` } : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
