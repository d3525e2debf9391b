/** What pins may follow: what this run published, and of other images what their registry holds of the same branch. */
import type { PublishedVersion } from "../bump/moved.ts";
import { isSameForm, tagForm } from "../bump/tag-form.ts";
import type { Image } from "../catalog/catalog.ts";
import type { Repository, Tag } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { type Holding, readHolding } from "../publish/holding.ts";
import type { ImageResult } from "../report/run-result.ts";
import { ownTags } from "../report/tag-notes.ts";
import type { TagSources } from "./image-details.ts";
import type { Session } from "./session.ts";
import { tagsToFollow } from "./tag-sources.ts";

/** `undefined` where a run gave an image no tag. */
export function versionOfResult(result: ImageResult): PublishedVersion | undefined {
  if (result.outcome !== "published" && result.outcome !== "promoted") return undefined;
  const { planned } = result;
  const tags = [...new Set(ownTags(result).map(({ tag }) => tag))];
  if (planned.kind === "skip" || tags.length === 0) return undefined;
  const { name, repositories, version, release } = planned;
  const digest = result.outcome === "promoted" ? result.image.digest : result.candidate.digest;
  return {
    name,
    repositories,
    tags,
    digest,
    version: version ?? undefined,
    isRelease: release === null || !tagForm(release.version).isPrerelease,
  };
}

export interface VersionOptions {
  readonly registry: Pick<Registry, "manifest" | "blob" | "head" | "tags">;
  readonly sources: TagSources;
  /** The full ref of the branch whose pins follow. */
  readonly ref: string;
  /** Whether a tag is of the image, and not of another variant in the same repositories. */
  readonly isOwn: (image: Image, tag: Tag) => boolean;
}

/** So many tags of versions, the highest first, are looked at. */
const mostTags = 12;

/**
 * The newest that a registry holds of the branch, in all forms that its tags have: what a run that was lost, or a person, left to
 * be followed. Two to fourteen requests. @throws RegistryError
 */
export async function versionsInRegistry(
  image: Image,
  session: Session,
  { registry, sources, ref, isOwn }: VersionOptions,
): Promise<readonly PublishedVersion[]> {
  const [repository] = image.repositories;
  if (repository === undefined) return [];
  const all = ((await registry.tags(repository)) ?? []).filter((tag) => isOwn(image, tag));
  const holding = holdingsIn(repository, registry);
  const version = (tags: readonly Tag[], { digest }: Holding): PublishedVersion => ({
    name: image.name,
    repositories: image.repositories,
    tags,
    digest,
    version: undefined,
    isRelease: true,
  });
  const followed = tagsToFollow(session, image, sources).filter((tag) => all.includes(tag));
  const [lead] = followed;
  const newest = lead && (await holding(lead));
  const found: PublishedVersion[] = [];
  if (newest !== undefined && isOf(newest, ref)) {
    const commit = newest.revision?.slice(0, 7);
    const related = commit === undefined ? [] : all.filter((tag) => tag.includes(commit));
    const names = await Promise.all(
      [...new Set([...followed, ...related])].map(async (tag) => ({
        tag,
        digest: await registry.head(repository, tag),
      })),
    );
    found.push(
      version(
        names.filter(({ digest }) => digest === newest.digest).map(({ tag }) => tag),
        newest,
      ),
    );
  }
  for (const tag of versionTags(
    all,
    found.flatMap(({ tags }) => tags),
  )) {
    if (found.some(({ tags }) => tags.some((other) => isSameForm(tagForm(other), tagForm(tag))))) continue;
    const held = await holding(tag);
    if (held !== undefined && isOf(held, ref)) found.push(version([tag], held));
  }
  return found;
}

/** Releases, the highest first. */
function versionTags(all: readonly Tag[], besides: readonly Tag[]): readonly Tag[] {
  return all
    .filter((tag) => /^v?\d/.test(tag) && !tag.startsWith("src-") && !besides.includes(tag))
    .filter((tag) => tagForm(tag).isVersion && !tagForm(tag).isPrerelease)
    .sort((a, b) => byNumber.compare(b.replace(/^v/, ""), a.replace(/^v/, "")))
    .slice(0, mostTags);
}

/** Made from the branch, or for a release; what bears no record was made by others, and nobody knows. */
function isOf({ record }: Holding, ref: string): boolean {
  return record !== undefined && (record.ref === ref || record.ref.startsWith("refs/tags/"));
}

function holdingsIn(repository: Repository, registry: VersionOptions["registry"]) {
  return async (tag: Tag): Promise<Holding | undefined> => {
    const found = await registry.manifest(repository, tag);
    return found && readHolding(found, repository, registry);
  };
}

const byNumber = new Intl.Collator("en", { numeric: true });
