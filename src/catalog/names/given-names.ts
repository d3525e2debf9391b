/** What rules and inputs call an image, given before references are read. */
import type { UserError } from "../../errors.ts";
import type { Attempt } from "../../lib/attempt.ts";
import type { Repository } from "../../model/reference.ts";
import type { ImageName } from "../catalog.ts";
import type { ImagePlaces } from "../graph/owners.ts";
import type { DeclaredImage } from "../layout/declared-images.ts";

/** Places as far as they can be read. */
export interface GivenNames extends ImagePlaces {
  readonly problems: readonly UserError[];
  /** What is written where a place can't be read. */
  readonly unread: readonly string[];
  /** The tags by which references mean the image. */
  readonly tags: Attempt<MeantTags>;
}

/** The tags by which a reference means an image, and not what was published of it before. */
export interface MeantTags {
  /** Mutable tags that the rules give the image for this event, or for a push to the branch that this event's commit is meant for. */
  readonly moving: ReadonlySet<string>;
  /** `latest` and that branch's tag: they mean an image that is alone in its repository, whatever its rules are. */
  readonly usual: ReadonlySet<string>;
  /** Immutable tags that the rules give the image for this very event. */
  readonly exact: ReadonlySet<string>;
}

export interface NamedDeclaration {
  readonly image: DeclaredImage;
  readonly names: GivenNames;
  readonly isPublished: boolean;
  /** Where it is pushed; empty for an image that is not published. */
  readonly repositories: readonly Repository[];
  /** Its build arguments with the values that they will have. */
  readonly buildArgs: Attempt<Readonly<Record<string, string>>>;
}

/** An image that is not here, as far as is known, and that a reference may mean. */
export interface Stranger {
  readonly image: ImageName;
  readonly names: GivenNames;
}

/** The names of an image that was asked about; `undefined` for every other. */
export type NamesOfStranger = (image: ImageName) => GivenNames | undefined;

export function namesOfStrangers(strangers: readonly Stranger[]): NamesOfStranger {
  const keyOf = ({ name, variant }: ImageName) => `${variant} ${name}`;
  const known = new Map(strangers.map(({ image, names }) => [keyOf(image), names]));
  return (image) => known.get(keyOf(image));
}

/** How a tag means an image: as one that moves to it, or as an immutable one that this event gives it. */
export type TagMeaning = "moving" | "exact";

/** @param isShared other images have tags in the same repository. */
export function meaningOfTag(
  { moving, usual, exact }: MeantTags,
  tag: string,
  isShared: boolean,
): TagMeaning | undefined {
  if (moving.has(tag) || (!isShared && usual.has(tag))) return "moving";
  return exact.has(tag) ? "exact" : undefined;
}

/** Whether a tag is known to move to an image that is alone in its repository. */
export function movesTag(names: GivenNames | undefined, tag: string): boolean {
  return names !== undefined && "value" in names.tags && meaningOfTag(names.tags.value, tag, false) === "moving";
}
