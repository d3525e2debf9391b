/** Finds what an image is based on, down to images from outside: which base brought which layer, and which is out of date. */
import type { Image } from "../../catalog/catalog.ts";
import { finalBase } from "../../catalog/dockerfile/final-base.ts";
import { UserError } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { Digest } from "../../model/digest.ts";
import type { Platform } from "../../model/platform.ts";
import { familiarRepository, formatReference, isTag, type Repository, tryReference } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { layersOf } from "../../scan/base-layers.ts";
import type { BaseLayers } from "../../scan/origin.ts";

/** An image as somebody built it. */
export interface BuiltImage {
  readonly repository: Repository;
  readonly digest: Digest;
  /** Digests of what it took from outside, by the names that the Dockerfile has for it, in full. */
  readonly bases: Readonly<Record<string, Digest>>;
}

/** One of this repository's images that others are based on, and its layers, where they are known without a query. */
export type Parent = BuiltImage | { readonly layers: BaseLayers["diffIds"]; readonly bases: BuiltImage["bases"] };

export interface BaseOptions {
  readonly images: readonly Image[];
  readonly registry: Pick<Registry, "head" | "manifest" | "blob">;
}

/** The image of this repository that others are based on, by its name; `undefined` where it is unknown. */
export type ParentNamed = (name: string) => Promise<Parent | undefined>;

/** Finds what images are based on; each base is looked up once. A base that can't be looked up is left out without an error. */
export function openBases({ images, registry }: BaseOptions) {
  const byName = new Map(images.map((image) => [image.name, image]));
  const layers = memoize(
    ({ repository, digest, platform }: Located) => orUnknown(layersOf(registry, repository, digest, platform)),
    ({ repository, digest, platform }) => `${repository}@${digest} ${platform}`,
  );
  const now = memoize((name: string) => orUnknown(currentDigest(registry, name)));

  async function diffIds(
    repository: Repository,
    digest: Digest,
    platforms: readonly Platform[],
  ): Promise<BaseLayers["diffIds"]> {
    const read = platforms.map(async (platform) => [platform, await layers({ repository, digest, platform })] as const);
    return new Map(
      (await Promise.all(read)).flatMap(([platform, ids]) => (ids === undefined ? [] : [[platform, ids]])),
    );
  }

  async function basesOf(
    image: Image,
    taken: Readonly<Record<string, Digest>>,
    platforms: readonly Platform[],
    parentNamed: ParentNamed,
  ): Promise<readonly BaseLayers[]> {
    const base = finalBase(image);
    if (base === undefined) return [];
    if (base.kind === "image") {
      const { digest: pinned, ...named } = base.reference;
      const tagged = named.tag === undefined ? `${named.repository}:latest` : formatReference(named);
      const digest = pinned ?? taken[tagged];
      if (digest === undefined) return [];
      const current = pinned !== undefined && named.tag === undefined ? undefined : await now(tagged);
      return [
        {
          name: familiar(tagged),
          isOwn: false,
          isPinned: pinned !== undefined,
          hasMoved: current !== undefined && current !== digest,
          diffIds: await diffIds(named.repository, digest, platforms),
        },
      ];
    }
    const parent = byName.get(base.name);
    const found = await parentNamed(base.name);
    if (parent === undefined || found === undefined) return [];
    const own: BaseLayers = {
      name: base.name,
      isOwn: true,
      isPinned: false,
      hasMoved: false,
      diffIds: "layers" in found ? found.layers : await diffIds(found.repository, found.digest, platforms),
    };
    return [own, ...(await basesOf(parent, found.bases, platforms, parentNamed))];
  }

  return {
    /** Nearest first. @param taken what its build took from outside, by name. */
    basesOf,
    /** The names that an image took from outside and that have another digest now; without an answer, a name hasn't moved. */
    async moved(taken: Readonly<Record<string, Digest>>): Promise<readonly string[]> {
      const asked = await Promise.all(
        Object.entries(taken).map(async ([name, digest]) => ({ name, digest, current: await now(name) })),
      );
      return asked.flatMap(({ name, digest, current }) =>
        current === undefined || current === digest ? [] : [familiar(name)],
      );
    },
  };
}

interface Located {
  readonly repository: Repository;
  readonly digest: Digest;
  readonly platform: Platform;
}

async function currentDigest(registry: Pick<Registry, "head">, name: string): Promise<Digest | undefined> {
  const { repository, tag } = tryReference(name) ?? {};
  return repository === undefined || tag === undefined || !isTag(tag) ? undefined : registry.head(repository, tag);
}

function familiar(name: string): string {
  const { repository, tag } = tryReference(name) ?? {};
  return repository === undefined ? name : `${familiarRepository(repository)}${tag === undefined ? "" : `:${tag}`}`;
}

/** Registries of others may refuse, or not be reached from here. */
async function orUnknown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
