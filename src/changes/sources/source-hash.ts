/** The source hash: one name for all inputs of an image from this repository, and for nothing else. */
import { createHash } from "node:crypto";
import type { Catalog, Image } from "../../catalog/catalog.ts";
import { mapped, pause } from "../../lib/pause.ts";
import { possibleBases } from "./built-on.ts";
import type { FilesDigest } from "./files-digest.ts";
import { type OwnPartsInput, ownParts } from "./own-parts.ts";

/** Goes up whenever other things are hashed, or in another way. */
const format = 1;

const together = 64;

export type SourceHash =
  /** 64 hexadecimal digits. */
  | { readonly kind: "known"; readonly hash: string }
  /** `why` is a clause. */
  | { readonly kind: "unknown"; readonly why: string };

/** The hash of an image; `null` where it isn't known. */
export function knownHash(hashes: ReadonlyMap<string, SourceHash>, name: string): string | null {
  const found = hashes.get(name);
  return found?.kind === "known" ? found.hash : null;
}

/**
 * The source hashes of all images, by name. They are equal whenever the bytes in the working tree are equal, regardless
 * of git. They include nothing from outside (digests of bases, secrets), and nothing that depends on commit, ref, run,
 * time or version: expressions are included as they were written. The commit is included only where git's own folder is
 * read.
 */
export async function sourceHashes(
  { images }: Catalog,
  input: OwnPartsInput,
): Promise<ReadonlyMap<string, SourceHash>> {
  const partsOf = ownParts(input);
  const ownHash = async (image: Image) => [image.name, named(image, await partsOf(image))] as const;
  const own = new Map(await mapped(images, ownHash, together));
  const hashes = new Map<string, SourceHash>();
  const possibleOf = possibleBases(images);
  // Parents stand before their children.
  for (const image of images) {
    await pause();
    // An immutable tag says the same whether or not this event gives it: a release finds what was built with the tag as a pin.
    const followed = image.parents.filter(({ isExact }) => isExact !== true);
    const parents = followed.map(({ parent, contextName }) => [contextName ?? null, hashes.get(parent)] as const);
    const possible = possibleOf(image).map((name) => [name, own.get(name)] as const);
    hashes.set(image.name, joined([["own", own.get(image.name)], ...parents, ...possible]));
  }
  return hashes;
}

function named({ name }: Image, parts: FilesDigest): SourceHash {
  if (parts.kind === "known") return { kind: "known", hash: parts.digest };
  return { kind: "unknown", why: `${name} is built from ${parts.why}` };
}

function joined(parts: readonly (readonly [string | null, SourceHash | undefined])[]): SourceHash {
  const unknown = parts.map(([, hash]) => hash).find((hash) => hash?.kind === "unknown");
  if (unknown !== undefined) return unknown;
  const known = parts.map(([name, hash]) => [name, hash?.kind === "known" ? hash.hash : null]);
  return {
    kind: "known",
    hash: createHash("sha256")
      .update(JSON.stringify([format, ...known]))
      .digest("hex"),
  };
}
