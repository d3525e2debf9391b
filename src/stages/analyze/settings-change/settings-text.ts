import type { Image } from "../../../catalog/catalog.ts";
import type { TroubledImage } from "../../../catalog/graph/troubled.ts";
import type { UserError } from "../../../errors.ts";
import type { ReadCatalog } from "../read-catalog.ts";
import { textWithoutPlaces } from "./text-without-places.ts";

/**
 * All settings of each image, as text, by the image's name. Their places (lines and files) and what follows from files are left
 * out. The names that other images use for it are settings of those. The problems of an image that can't be planned belong to
 * its text, except for a bake file that may describe it and can't be read.
 */
export function settingsTexts({
  catalog,
  troubled,
  settingsOf,
}: Pick<ReadCatalog, "catalog" | "troubled" | "settingsOf">): ReadonlyMap<string, string> {
  const unread = new Set(troubled.flatMap(({ kind, image }) => (kind === "file" ? [image.name] : [])));
  const isOwn = ({ at }: UserError) => at === undefined || !unread.has(at.file);
  return new Map([
    ...catalog.images.map((image) => [image.name, settingsText(image, settingsOf)] as const),
    ...troubled.map((each) => [each.image.name, troubleText(each, isOwn, settingsOf)] as const),
  ]);
}

/** The same problems are nothing new. */
function troubleText(
  { image, problems, waitsFor }: TroubledImage,
  isOwn: (problem: UserError) => boolean,
  settingsOf: ReadCatalog["settingsOf"],
): string {
  const why = [...(waitsFor === undefined ? [] : [waitsFor]), ...problems.filter(isOwn).map(({ message }) => message)];
  return [settingsText(image, settingsOf), ...why].join("\n");
}

function settingsText(image: Image, settingsOf: ReadCatalog["settingsOf"]): string {
  const sources = [
    "inputArguments",
    "literalArguments",
    "argumentFiles",
    "knownAs",
    "isSharing",
    "bakeFiles",
    "watch",
  ] as const;
  const own = { ...omit(image, [...fromFiles, ...sources]), buildArgs: Object.entries(image.buildArgs).sort(byName) };
  const watched = image.watch.map(({ value }) => value);
  return textWithoutPlaces([own, watched, omit(settingsOf(image.publicName, image), ["aliases"])]);
}

/** Of arguments of a bake file and of a file of arguments the order differs. */
function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}

/** What follows from the files that an image is built from. */
const fromFiles = ["bases", "unsettled", "reads", "dockerfile"] as const;

type KeyOf<T> = T extends unknown ? keyof T : never;

function omit<T extends object>(all: T, keys: readonly KeyOf<T>[]): object {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.some((each) => each === key)));
}
