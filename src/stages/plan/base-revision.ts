/** Whether the commit in an image's labels is its base's: images inherit labels. */
import type { Catalog, Image } from "../../catalog/catalog.ts";
import { finalBase } from "../../catalog/dockerfile/final-base.ts";
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import { type Repository, type Tag, tag } from "../../model/reference.ts";
import type { Commit } from "../../model/run-context.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { labelsOf } from "../../publish/registry-tags/tag-state.ts";

export interface BaseLookup {
  readonly registry: Pick<Registry, "manifest" | "blob">;
  /** Where the newest image of this repository's is. */
  readonly tagsOf: (parent: Image) => readonly Tag[];
}

/** `undefined` where the base can't be read. */
export async function isOfBase(
  image: Image,
  revision: Commit,
  catalog: Catalog,
  { registry, tagsOf }: BaseLookup,
): Promise<boolean | undefined> {
  const named = nameOf(image, catalog, tagsOf);
  if (named === "none") return false;
  if (named === undefined) return undefined;
  const [repository, reference] = named;
  try {
    const found = await registry.manifest(repository, reference);
    if (found === undefined) return undefined;
    return (await labelsOf(found, repository, registry))["org.opencontainers.image.revision"] === revision;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function nameOf(
  image: Image,
  { images }: Catalog,
  tagsOf: BaseLookup["tagsOf"],
): readonly [Repository, Tag | Digest] | "none" | undefined {
  const base = finalBase(image);
  if (base === undefined) return isFromScratch(image) ? "none" : undefined;
  if (base.kind === "image") {
    const { repository, digest, tag: named } = base.reference;
    return [repository, digest ?? named ?? tag("latest")];
  }
  const parent = images.find(({ name }) => name === base.name);
  const [repository] = parent?.repositories ?? [];
  const [first] = parent === undefined ? [] : tagsOf(parent);
  return repository === undefined || first === undefined ? undefined : [repository, first];
}

function isFromScratch(image: Image): boolean {
  if (image.variant === "nix") return false;
  return [image.bases, image.parents, image.unsettled].every(({ length }) => length === 0);
}
