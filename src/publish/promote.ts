/** Promotion: an existing digest gets its tags. What has a tag is what people pull, so the order is the point here. */
import { UserError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import type { StoredManifest } from "../oci/manifest.ts";
import type { Repository, Tag } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { missingManifest, RegistryError } from "../oci/registry-error.ts";
import type { ImageTag } from "../tags/image-tags.ts";

export interface Promotion {
  readonly registry: Registry;
  /** Each must hold the digest. */
  readonly repositories: readonly Repository[];
  readonly digest: Digest;
  readonly tags: readonly ImageTag[];
  /**
   * A release: where an exact tag is held, the tags that move go to what it holds, so that `1.2.3`, `1.2` and `latest` of one
   * release never name different bytes.
   */
  readonly isRelease: boolean;
}

export interface PromotedTag {
  readonly repository: Repository;
  readonly tag: Tag;
  /** `held`: an exact tag that names other bytes already and was left where it is, or a tag of its release that follows it. */
  readonly outcome: "put" | "already-there" | "held";
  /** What a held tag names. */
  readonly existing?: Digest;
}

export interface PromotionResult {
  /** Every tag whose position is known to be right (or held), in the order of repositories and of promotion. */
  readonly tags: readonly PromotedTag[];
  /** One error a repository that lacks tags now; the next run puts what is missing. */
  readonly failures: readonly { readonly repository: Repository; readonly error: UserError }[];
}

/**
 * Puts the tags on the digest in every repository: exact tags first, then moving ones, `latest` last, and none of a step
 * before all of the step before it are there. So a run that ends anywhere leaves no moving tag on an image that cannot be
 * named exactly. An exact tag is set once: where it names another digest it is held. One repository's failure does not keep
 * the others from their tags.
 */
export async function promote(promotion: Promotion): Promise<PromotionResult> {
  const results = await Promise.all(
    promotion.repositories.map(async (repository) => {
      const tags: PromotedTag[] = [];
      try {
        await promoteIn(repository, promotion, tags);
        return { tags, failures: [] };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { tags, failures: [{ repository, error }] };
      }
    }),
  );
  return { tags: results.flatMap(({ tags }) => tags), failures: results.flatMap(({ failures }) => failures) };
}

async function promoteIn(
  repository: Repository,
  { registry, digest, tags, isRelease }: Promotion,
  done: PromotedTag[],
): Promise<void> {
  const manifest = await storedManifest(registry, repository, digest);
  let followed: StoredManifest | undefined;
  for (const step of steps(tags)) {
    const ended = await Promise.allSettled(step.map((tag) => put(registry, repository, followed ?? manifest, tag)));
    const settled = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    done.push(
      ...settled.map((tag): PromotedTag => (followed ? { ...tag, outcome: "held", existing: followed.digest } : tag)),
    );
    for (const each of ended) if (each.status === "rejected") throw each.reason;
    const held = settled.find(({ existing }) => existing !== undefined)?.existing;
    if (isRelease && held !== undefined) followed ??= await storedManifest(registry, repository, held);
  }
}

async function storedManifest(registry: Registry, repository: Repository, digest: Digest): Promise<StoredManifest> {
  const manifest = await registry.manifest(repository, digest);
  if (manifest === undefined) throw missingManifest(repository, digest);
  return manifest;
}

/** Tags of one step may be put side by side. */
function steps(tags: readonly ImageTag[]): readonly (readonly ImageTag[])[] {
  const isLatest = ({ tag, moves }: ImageTag) => moves && tag === "latest";
  return [
    tags.filter(({ moves }) => !moves),
    tags.filter((each) => each.moves && !isLatest(each)),
    tags.filter(isLatest),
  ];
}

async function put(
  registry: Registry,
  repository: Repository,
  manifest: StoredManifest,
  { tag, moves }: ImageTag,
): Promise<PromotedTag> {
  const existing = await registry.head(repository, tag);
  if (existing === manifest.digest) return { repository, tag, outcome: "already-there" };
  if (existing !== undefined && !moves) return { repository, tag, outcome: "held", existing };
  await registry.putManifest(repository, manifest, tag);
  const now = await registry.head(repository, tag);
  if (now === manifest.digest) return { repository, tag, outcome: "put" };
  throw new RegistryError(
    "invalid",
    `${repository}:${tag} was put on ${manifest.digest} and names ${now ?? "nothing"}`,
    {
      hint: "another run may publish at the same time: give the workflow a `concurrency` group, and run again",
    },
  );
}
