/** What became of an image's tags, and what there is to know of them. Plain text; who shows it escapes it. */
import type { Digest } from "../../model/digest.ts";
import { familiarRepository, type Repository, type Tag } from "../../model/reference.ts";
import type { ImageResult, TagResult } from "../../results/run-result.ts";

/** Tags of one image of which the same is to be known. */
export interface TagNote {
  /**
   * `held`: an exact tag names another digest, which somebody has to resolve. `stays`: the tag names something newer or as good,
   * which is usual where runs overtake one another. `moved`: the tag was pushed, with a remark.
   */
  readonly kind: "held" | "stays" | "moved";
  /** As `tagLabels` gives them. */
  readonly tags: readonly string[];
  /** A clause. */
  readonly because: string;
  /** Tags that went to what a held one names, so that one release is one image. */
  readonly followers: readonly string[];
}

/** What is known of the tags, by repository and in the plan's order; empty where none was to be put. */
export function tagResults(image: ImageResult): readonly TagResult[] {
  const { planned } = image;
  const tags = "tags" in image ? (image.tags ?? []) : [];
  if (planned.kind === "skip") return tags;
  const place = ({ repository, tag }: TagResult): number =>
    planned.repositories.indexOf(repository) * planned.tags.length + planned.tags.findIndex((each) => each.tag === tag);
  return tags.toSorted((a, b) => place(a) - place(b));
}

/** The tags that name what the run built or promoted: no held ones, and none that follow a held one. */
export function ownTags(image: ImageResult): readonly TagResult[] {
  const own = digestOf(image);
  const tags = tagResults(image);
  return tags.filter((each) => each.outcome !== "held" && (each.digest === own || !isFollower(each, tags)));
}

/** Those of which there is nothing to know but that they were put, in every repository. */
export function evenTags(image: ImageResult): readonly Tag[] {
  const own = new Set(ownTags(image));
  const [even, others] = [
    tagResults(image).filter((each) => own.has(each)),
    tagResults(image).filter((each) => !own.has(each)),
  ];
  return [...new Set(even.map(({ tag }) => tag))].filter((tag) => !others.some((each) => each.tag === tag));
}

/** Whether the image can be had under its tags, or was to get none. */
export function isPublished(image: ImageResult): boolean {
  if (image.outcome !== "published" && image.outcome !== "promoted") return false;
  return tagResults(image).length === 0 || ownTags(image).length > 0;
}

/** Planned tags of which nobody knows that they are in place, as `tagLabels` gives them. */
export function missingTags(image: ImageResult): readonly string[] {
  const { planned } = image;
  if (planned.kind === "skip") return [];
  const known = tagResults(image);
  const isKnown = (to: Repository, tag: Tag) => known.some((each) => each.repository === to && each.tag === tag);
  return tagLabels(
    planned.repositories.flatMap((to) =>
      planned.tags.filter(({ tag }) => !isKnown(to, tag)).map(({ tag }) => ({ repository: to, tag })),
    ),
    image,
  );
}

/** A note for each kind and reason, in the order of the tags. */
export function tagNotes(image: ImageResult): readonly TagNote[] {
  const tags = tagResults(image);
  const groups = Map.groupBy(tags, (each) => `${noteKind(each, image) ?? ""}\n${each.because ?? ""}`);
  return [...groups.values()].flatMap((some): readonly TagNote[] => {
    const [first] = some;
    const kind = first && noteKind(first, image);
    if (kind === undefined) return [];
    const followers = kind === "held" ? tags.filter((each) => isFollower(each, some)) : [];
    const because = first?.because ?? "it names other bytes already";
    return [{ kind, because, tags: tagLabels(some, image), followers: tagLabels(followers, image) }];
  });
}

/** Each tag once where it stands for all repositories of the image; else with its repository. */
export function tagLabels(
  tags: readonly Pick<TagResult, "repository" | "tag">[],
  { planned }: ImageResult,
): readonly string[] {
  return [...Map.groupBy(tags, ({ tag }) => tag)].flatMap(([tag, some]) =>
    some.length >= planned.repositories.length
      ? [tag]
      : some.map(({ repository }) => `${familiarRepository(repository)}:${tag}`),
  );
}

function noteKind({ outcome, tag, because }: TagResult, { planned }: ImageResult): TagNote["kind"] | undefined {
  if (outcome !== "held") return because === undefined ? undefined : "moved";
  const asked = planned.kind === "skip" ? undefined : planned.tags.find((each) => each.tag === tag);
  // A tag of a commit or of a content was built from the same sources: nobody has to fix that.
  return asked === undefined || asked.moves || asked.of !== undefined ? "stays" : "held";
}

function isFollower({ repository, digest, outcome }: TagResult, tags: readonly TagResult[]): boolean {
  return (
    outcome !== "held" &&
    tags.some((each) => each.outcome === "held" && each.repository === repository && each.digest === digest)
  );
}

function digestOf(image: ImageResult): Digest | undefined {
  switch (image.outcome) {
    case "published":
    case "built":
      return image.candidate.digest;
    case "promoted":
      return image.image.digest;
    case "failed":
      return image.candidate?.digest;
    default:
      return undefined;
  }
}
