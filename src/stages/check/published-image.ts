/** Finds what is published of an image now, which its candidate is compared with and other images are based on. */
import type { Image } from "../../catalog/catalog.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import type { History, RunIdentity } from "../../publish/guard.ts";
import { type Predecessor, predecessorOf } from "../../publish/predecessor.ts";
import type { RecordRules } from "../../publish/registry-tags/tag-state.ts";
import type { Naming, TagSources } from "../analyze/details/image-details.ts";
import { tagsToFollow } from "../analyze/details/tag-sources.ts";
import type { BuiltImage } from "./image-bases.ts";

export interface PublishedOptions {
  /** What tags are made of. */
  readonly naming: Naming;
  /** Who looks: what another run published may be older or newer than what this one publishes. */
  readonly identity: Omit<RunIdentity, "release" | "platforms">;
  readonly records: RecordRules;
  readonly sources: TagSources;
  readonly registry: Registry;
  readonly history: Omit<History, "published">;
}

/**
 * In its first repository, under the tags that a plan moves, else those that it would get.
 * @returns `undefined` where there is nothing. @throws RegistryError when the registry can't answer.
 */
export async function publishedImage(
  image: Image,
  planned: Pick<PlannedBuild, "tags" | "release"> | undefined,
  { naming, sources, registry, history, records, ...options }: PublishedOptions,
): Promise<(BuiltImage & Pick<Predecessor, "tag">) | undefined> {
  const [repository] = image.repositories;
  if (repository === undefined) return undefined;
  const moving = (planned?.tags ?? []).filter(({ moves }) => moves);
  const followed =
    moving.length > 0 ? moving : tagsToFollow(naming, image, sources).map((tag) => ({ tag, moves: true }));
  const identity = { ...options.identity, release: planned?.release ?? undefined, platforms: image.platforms };
  const found = await predecessorOf(repository, followed, { registry, history, identity, records });
  if (found === undefined) return undefined;
  const { tag, digest, tagState } = found;
  return { repository, tag, digest, bases: tagState.record?.bases ?? {} };
}
