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
  /** The tags of the image that follow what this run publishes: `latest`, the branch. */
  readonly movingTags: Attempt<ReadonlySet<string>>;
}

export interface NamedDeclaration {
  readonly image: DeclaredImage;
  readonly names: GivenNames;
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

/** Whether this run is known to move a tag. */
export function movesTag(names: GivenNames | undefined, tag: string): boolean {
  return names !== undefined && "value" in names.movingTags && names.movingTags.value.has(tag);
}
