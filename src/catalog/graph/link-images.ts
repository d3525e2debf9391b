/** Named images joined by what they take from each other. */
import { mapped } from "../../lib/pause.ts";
import { lastPart } from "../../model/repository-path.ts";
import type { BakeFolder } from "../bake/print.ts";
import type { Image, ImageName } from "../catalog.ts";
import type { CatalogInput, DeclaredCatalog } from "../layout/declare-catalog.ts";
import { namesOfAbsent } from "../names/absent-images.ts";
import type { NamedDeclaration } from "../names/given-names.ts";
import { ownNames } from "../names/namesakes.ts";
import { type IsOwnPlace, ownPlaceTest } from "../names/own-places.ts";
import { type Connected, connect } from "./connect-image.ts";
import { ownersOf } from "./owners.ts";
import { type ReadImage, readImages } from "./read-images.ts";

export interface LinkedImages {
  readonly declared: DeclaredCatalog;
  readonly read: readonly ReadImage[];
  readonly connected: readonly Connected[];
  /** Images that are not here, as far as is known, and that references may mean: their names have to be known, too. */
  readonly strangers: readonly ImageName[];
}

export async function linkImages(
  declared: DeclaredCatalog,
  named: readonly NamedDeclaration[],
  input: CatalogInput,
): Promise<LinkedImages> {
  const { unread } = declared.found;
  const read = await readImages(named, unnamedImages(declared), input);
  const known = new Map(read.map((each) => [each.image.name, each]));
  const names = {
    owners: ownersOf(read),
    own: ownNames(read, input.forgeHost),
    images: read,
    isOwnPlace: ownPlaces(read, unread, input),
  };
  const connected = await mapped(read, (each) => connect(each, known, names));
  return { declared, read, connected, strangers: strangersOf(connected, unread) };
}

/** Names of images of which it is unknown whether they are images, whatever they are built by. */
export function unnamedImages({ unplaced, unfit }: DeclaredCatalog): ReadonlySet<string> {
  return new Set([...unplaced, ...unfit]);
}

/** Where something is unknown of the images that there are, what names none of them may be one. */
function ownPlaces(images: readonly ReadImage[], unread: readonly BakeFolder[], input: CatalogInput): IsOwnPlace {
  // The search for other images is off when inputs describe the one image.
  if (unread.length > 0 || input.byHand !== undefined) return () => false;
  const unplaced = new Set(
    images.flatMap(({ image, knownAs }) => (knownAs.length === 0 ? [image.publicName.toLowerCase()] : [])),
  );
  const isOwn = ownPlaceTest(input.ownPlaces);
  return (repository) => isOwn(repository) && !unplaced.has(lastPart(repository));
}

/** Those that are absent, and those that a bake file may have that can't be read. */
function strangersOf(connected: readonly Connected[], unread: readonly BakeFolder[]): readonly ImageName[] {
  const absent = connected.flatMap((each) => each.absent.flatMap(namesOfAbsent));
  const bases = unread.length === 0 ? [] : connected.flatMap(({ image }) => image.bases.map(imageOfBase));
  return [...new Map([...absent, ...bases].map((each) => [`${each.variant} ${each.name}`, each])).values()];
}

/** The image that a base would be if a bake file had it. */
export function imageOfBase({ reference: { repository } }: Image["bases"][number]): ImageName {
  const name = lastPart(repository);
  return { name, publicName: name, variant: "dockerfile" };
}
