/** What a run wants the registries to hold of an image. Pure. */
import type { Image, ImageName } from "../../catalog/catalog.ts";
import { knownHash, type SourceHash } from "../../changes/sources/source-hash.ts";
import { type ImageTag, tagText } from "../../model/image-tags.ts";
import { isTag, type Tag } from "../../model/reference.ts";
import type { ImageDetails } from "../../plan/make-plan.ts";
import type { DesiredState } from "../../publish/ask-publish-state.ts";
import type { RunIdentity } from "../../publish/guard.ts";
import type { SettingsOf } from "../../settings/image-settings.ts";
import { variantSuffix } from "../../tags/rules/flavor.ts";

export interface RunRequest {
  readonly identity: Omit<RunIdentity, "release" | "platforms">;
  readonly defaultBranch: string | undefined;
  /** A scheduled rebuild pushes only mutable tags. */
  readonly movingTagsOnly: boolean;
  /** The input `promote`: a release takes what is published of its sources. */
  readonly promotes: boolean;
  readonly hashes: ReadonlyMap<string, SourceHash>;
  readonly settingsOf: SettingsOf;
}

type Details = Pick<ImageDetails, "tags" | "release" | "bakedVersion">;

/** `undefined` for an image that is not published. */
export function desiredState(
  image: Image,
  { tags, release, bakedVersion }: Details,
  isAffected: boolean,
  request: RunRequest,
): DesiredState | undefined {
  return stateOf(image, request, {
    tags: tags.tags.filter(({ moves }) => moves || !request.movingTagsOnly),
    bakedVersion: bakedVersion ?? null,
    isAffected,
    release,
  });
}

/** The state of an image that others are based on, and that the run leaves as it is. */
export function desiredParent(image: Image, details: Details, request: RunRequest): DesiredState | undefined {
  const moving = details.tags.tags.filter(({ moves }) => moves);
  const usual = defaultTags(image, request).map((tag): ImageTag => ({ tag, moves: true }));
  return stateOf(image, request, {
    tags: moving.length > 0 ? moving : usual,
    bakedVersion: details.bakedVersion ?? null,
    isAffected: false,
    release: undefined,
  });
}

/** `promote: false`: whether an image is built though what is published may be the release. */
export function buildsReleases(
  { release }: Pick<Details, "release">,
  { promotes }: Pick<RunRequest, "promotes">,
): boolean {
  return release !== undefined && !promotes;
}

function stateOf(
  { name, repositories, platforms }: Image,
  { identity, hashes }: RunRequest,
  { release, ...wanted }: Pick<DesiredState, "tags" | "bakedVersion" | "isAffected"> & Pick<RunIdentity, "release">,
): DesiredState | undefined {
  const [first, ...others] = repositories;
  if (first === undefined) return undefined;
  return {
    ...wanted,
    identity: { ...identity, release, platforms },
    repositories: [first, ...others],
    platforms,
    sourceHash: knownHash(hashes, name),
  };
}

/** Where the newest image of any branch may be: the default branch's tag. */
export function defaultTags(
  image: ImageName,
  { defaultBranch, settingsOf }: Pick<RunRequest, "defaultBranch" | "settingsOf">,
): readonly Tag[] {
  const ending = variantSuffix(image, settingsOf(image.publicName).flavor);
  return defaultBranch === undefined ? [] : [`${tagText(defaultBranch)}${ending}`].filter(isTag);
}
