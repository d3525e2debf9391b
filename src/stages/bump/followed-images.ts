/** What is known of the images whose pins follow: by this run, else by their registries. */

import type { PublishedVersion } from "../../bump/moved.ts";
import { imageNames } from "../../bump/pins/names-in-files.ts";
import type { PinFile } from "../../bump/pins/pin-file.ts";
import type { FollowedImage } from "../../bump/pull-request/bump-groups.ts";
import { openNumbers } from "../../bump/versions/open-numbers.ts";
import { styleOfTags } from "../../bump/versions/style-of-tags.ts";
import { hasCommit, type TagStyle, tagForm } from "../../bump/versions/tag-form.ts";
import { bareMarks } from "../../bump/versions/tag-pieces.ts";
import type { Image } from "../../catalog/catalog.ts";
import { knownHash } from "../../changes/sources/source-hash.ts";
import { explain, UserError } from "../../errors.ts";
import { limitCalls } from "../../lib/limit.ts";
import type { Tag } from "../../model/reference.ts";
import type { Remark } from "../../model/remark.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { Outside } from "../../run/outside.ts";
import { recordRules } from "../../run/record-rules.ts";
import { tagLiterals } from "../../settings/tag-literals.ts";
import { variantSuffix } from "../../tags/rules/flavor.ts";
import type { Naming } from "../analyze/details/image-details.ts";
import { tagsToFollow } from "../analyze/details/tag-sources.ts";
import { errorRemarks, type ImageError } from "../analyze/image-errors.ts";
import type { Preparation } from "../plan/preparation.ts";
import type { OnBranch } from "./bump-target.ts";
import { versionOfResult, versionsInRegistry } from "./published-versions.ts";

export interface FollowingRun extends Naming {
  readonly outside: Pick<Outside, "clock">;
}

export interface FollowedImages {
  readonly followed: readonly FollowedImage[];
  readonly remarks: readonly Remark[];
}

/** Of images that no file names nothing is asked. One that can't be asked about keeps no other from being followed. */
export async function followedImages(
  files: readonly PinFile[],
  results: readonly ImageResult[],
  { branch, at }: OnBranch,
  { surveyed, registry, sources, history }: Preparation,
  run: FollowingRun,
): Promise<FollowedImages> {
  const byName = new Map(results.map((result) => [result.planned.name, result]));
  const isNamed = ({ repositories }: Image) => {
    const names = imageNames(repositories);
    return repositories.length > 0 && files.some(({ bytes }) => names.mayBeIn(bytes));
  };
  const { commit, ref } = run.context;
  const isAtHead = commit === at;
  // What a branch's run was overtaken with may be older than what is published by now.
  const isOvertaken = ref.kind === "branch" && !isAtHead;
  // Once for all: a registry may have thousands of tags.
  const words = new Set(files.flatMap(({ bytes }) => wordsIn(bytes)));
  const options = {
    registry,
    history,
    records: recordRules(run),
    moving: (image: Image) => tagsToFollow(run, image, sources),
    ref: `refs/heads/${branch}`,
    at,
    sourceHash: (image: Image) => (isAtHead ? knownHash(surveyed.hashes, image.name) : null),
    isOwn: ownTags(surveyed),
    isPinned: (tag: Tag) => words.has(tag),
    styleOf: (image: Image) => ({ literals: tagLiterals(image, surveyed.settingsOf(image.publicName)) }),
  };
  const isListNeeded = [...words].some(isOpen);
  /** What this run published, with how its tags are written; the registry's list only where a file may hold what it decides. */
  const withStyle = async (image: Image, version: PublishedVersion): Promise<PublishedVersion> => {
    const listed = isListNeeded ? await styleInRegistry(image, version, registry) : {};
    return { ...version, style: { ...options.styleOf(image), ...listed } };
  };
  const failed: ImageError[] = [];
  const look = limitCalls(8, async (image: Image): Promise<FollowedImage> => {
    const { name } = image;
    if (surveyed.left.has(name)) return { name, kind: "unknown" };
    if (!isNamed(image)) return { name, kind: "unnamed" };
    const result = byName.get(name);
    // If an image failed or was blocked, the published one is still the newest.
    const own = result && !isOvertaken ? versionOfResult(result, isAtHead) : undefined;
    if (own !== undefined && isAtHead) return { name, kind: "known", versions: [await withStyle(image, own)] };
    try {
      const inRegistry = await versionsInRegistry(image, options);
      const versions =
        own === undefined ? inRegistry : [await withStyle(image, own), ...inRegistry.flatMap(withCommits)];
      return versions.length === 0 ? { name, kind: "unknown" } : { name, kind: "known", versions };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push({ image: name, error });
      return { name, kind: "unknown" };
    }
  });
  const followed = await Promise.all(surveyed.catalog.images.map(look));
  const others = surveyed.troubled.map(
    ({ image }): FollowedImage => ({ name: image.name, kind: isNamed(image) ? "unknown" : "unnamed" }),
  );
  const remarks = errorRemarks(
    failed,
    ({ image, error }) => `pins of ${image} were not moved: ${explain(error)}`,
    (many) => `pins of ${many} images were not moved`,
  );
  return { followed: [...followed, ...others], remarks };
}

/** Whether other tags decide how a tag is read. */
function isOpen(word: string): boolean {
  return /\d/.test(word) && (bareMarks(word).length > 0 || openNumbers(word).length > 0);
}

/** Nothing where the registry doesn't list its tags. */
async function styleInRegistry(
  { repositories: [repository] }: Image,
  { tags }: PublishedVersion,
  registry: Pick<Preparation["registry"], "tags">,
): Promise<TagStyle> {
  if (repository === undefined) return {};
  try {
    return await styleOfTags([...((await registry.tags(repository)) ?? []), ...tags]);
  } catch (error) {
    if (error instanceof UserError) return {};
    throw error;
  }
}

/** What may be tags in a file. */
function wordsIn(bytes: Uint8Array): readonly string[] {
  return (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString("latin1")
      .match(/\w[\w.-]*/g) ?? []
  );
}

/** As a version has them; none of any other kind. */
function withCommits(version: PublishedVersion): readonly PublishedVersion[] {
  const tags = version.tags.filter((tag) => hasCommit(tagForm(tag)));
  return tags.length === 0 ? [] : [{ ...version, tags }];
}

function ownTags({ catalog, settingsOf }: Preparation["surveyed"]): (image: Image, tag: Tag) => boolean {
  const endingOf = (image: Image) => variantSuffix(image, settingsOf(image.publicName).flavor);
  return (image, tag) => {
    const own = endingOf(image);
    const others = catalog.images.filter(
      ({ name, publicName }) => publicName === image.publicName && name !== image.name,
    );
    return (
      tag.endsWith(own) && !others.map(endingOf).some((ending) => ending.length > own.length && tag.endsWith(ending))
    );
  };
}
