/** Names that an image may have where what is written of them can't be read. */
import { hostOfName, type Reference, splitRepository, tryReference } from "../../model/reference.ts";
import { lastPart } from "../../model/repository-path.ts";
import type { Image, ImageName } from "../catalog.ts";

export interface HiddenImage {
  readonly image: ImageName;
  /** What is written where a name of it can't be read. */
  readonly unread: readonly string[];
  /** Whether a mistake is in its entry, or in where it is pushed. */
  readonly isDoubtful: boolean;
  /** Whether a reference with a tag may mean it. */
  isMeant(tag: string): boolean;
}

/**
 * Where an image is pushed may be what is wrong with it: one that is based on its name may mean it, wherever that is, and so may
 * one that is based on what nobody knows on a registry that is written there.
 * @returns the names of those that an image may depend on
 */
export function hiddenNames(images: readonly HiddenImage[]): (image: Image) => readonly string[] {
  const hidden = images
    .filter(({ unread, isDoubtful }) => isDoubtful || unread.length > 0)
    .map((each) => ({ ...each, written: each.unread.map(namesWritten) }));
  if (hidden.length === 0) return () => [];
  return ({ name, bases }) => {
    const open = bases.map(({ reference }) => reference).filter(({ digest }) => digest === undefined);
    return hidden.flatMap(({ image, isDoubtful, written, isMeant }) => {
      const may = (reference: Reference) =>
        (isDoubtful && isCalled(image, reference)) ||
        written.some(
          (names) =>
            names.repositories.has(reference.repository) ||
            (isOn(names.hosts, reference) && (reference.tag === undefined || isMeant(reference.tag))),
        );
      return image.name !== name && open.some(may) ? [image.name] : [];
    });
  };
}

function isCalled({ publicName }: ImageName, { repository }: Reference): boolean {
  return !isOfficial(repository) && lastPart(repository) === publicName.toLowerCase();
}

function isOn(hosts: ReadonlySet<string>, { repository }: Reference): boolean {
  return !isOfficial(repository) && hosts.has(splitRepository(repository).host);
}

/** What Docker Hub has for everybody. */
function isOfficial(repository: string): boolean {
  return repository.startsWith("docker.io/library/");
}

/** What reads as a name in a text that can't be read, whole or as far as its registry. */
function namesWritten(text: string): {
  readonly repositories: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
} {
  const words = text
    .toLowerCase()
    .replace(/\{\{[^{}]*\}\}?/g, "{{}}")
    .split(/[\s,;="'`[\]()]+/)
    .filter((word) => word.includes("/"));
  return {
    repositories: new Set(words.flatMap((word) => tryReference(word)?.repository ?? [])),
    hosts: new Set(words.map((word) => hostOfName(word.replace(/^[a-z]+:\/\//, "")))),
  };
}
