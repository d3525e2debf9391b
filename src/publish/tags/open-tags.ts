/** Which tags of an image are still to be put on a digest that is published, in all its repositories. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Repository } from "../../model/reference.ts";
import type { RunIdentity } from "../guard.ts";
import { type Claim, claimOf } from "./claimed.ts";
import type { Making, TagState } from "./tag-state.ts";
import { type View, type ViewOptions, viewOf } from "./view.ts";

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

/** What the release's exact tags name already. */
export function claimIn(
  { tagState, history: { attested } }: Pick<View, "tagState" | "history">,
  { tags, identity, ...making }: WantedTags,
): Promise<Claim> {
  return claimOf({ tags, identity, making, tagStateOf: tagState, attested });
}

export interface OpenTags {
  /** Full names of what is missing. */
  readonly names: readonly string[];
  /** Why the others stay. */
  readonly held: readonly string[];
  /** A tag of the release that names other content in a copy. */
  readonly taken: TakenTag | undefined;
}

/** The tags that do not name what they should, and may. */
export async function openTags(wish: WantedTags, found: TagState, view: View, options: ViewOptions): Promise<OpenTags> {
  const [, ...copies] = wish.repositories;
  const views = [view, ...copies.map((repository) => viewOf(repository, wish, options, true))];
  const judged = await Promise.all(
    views.flatMap((each) =>
      wish.tags.map(async (tag) => ({
        tag: tag.tag,
        name: views.length === 1 ? tag.tag : `${each.repository}:${tag.tag}`,
        verdict: await each.judge(tag, found.digest),
      })),
    ),
  );
  const held = judged.flatMap(({ verdict }) => (verdict.kind === "stays" ? [verdict.why] : []));
  const isOpen = ({ verdict: { kind } }: (typeof judged)[number]) => kind !== "stays" && kind !== "there";
  const names = judged.filter(isOpen).map(({ name }) => name);
  // Of several registries one may hold a release of other content, which is an error though no tag is missing.
  const isDone = names.length === 0 && held.length > 0;
  const claims = isDone ? await Promise.all(views.slice(1).map((each) => takenIn(each, wish))) : [];
  return { names, held, taken: claims.find((claim) => claim !== undefined) };
}

/** A registry that can't be queried is reported when the image is copied to it. */
async function takenIn(view: View, wish: WantedTags): Promise<TakenTag | undefined> {
  try {
    const claim = await claimIn(view, wish);
    return claim.kind === "other" ? { ...claim, tag: `${view.repository}:${claim.tag}` } : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
