/** Lines of versions: which published releases a tag such as `1.2`, `1` or `latest` is for, and which of them is the highest. */
import type { SemVer } from "semver";
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import { type ImageTag, tagText } from "../model/image-tags.ts";
import { isTag, type Tag } from "../model/reference.ts";

/** A release, as its exact tag names it. */
export interface Release {
  /** The version as the exact tag has it: `1.2.3`. */
  readonly version: string;
  readonly tag: Tag;
  /** What stands around it in the exact tag, and so in those of other releases: a `v`, `-alpine`. */
  readonly before: string;
  readonly after: string;
}

/**
 * The release that a git tag makes of an image; `undefined` where none of its exact tags has the git tag's version in it, so that
 * nothing in the registry could be compared with it.
 * @param gitTag without the image's name: `v1.2.3`.
 */
export function releaseOf(gitTag: string, tags: readonly ImageTag[]): Release | undefined {
  const [version] = dotted.exec(gitTag) ?? single.exec(gitTag) ?? [];
  if (version === undefined) return undefined;
  const names = spellings(version);
  for (const { tag, moves } of tags) {
    const name = moves ? undefined : names.find((each) => tag.includes(each));
    if (name === undefined) continue;
    const at = tag.indexOf(name);
    return { version: name, tag, before: tag.slice(0, at), after: tag.slice(at + name.length) };
  }
  return undefined;
}

/** Exact tags that the release of another git tag may have, where it is spelled as this one is. */
export function exactTagsFor(gitTag: string, { before, after }: Release): readonly Tag[] {
  const [version] = dotted.exec(gitTag) ?? single.exec(gitTag) ?? [];
  return version === undefined
    ? []
    : spellings(version)
        .map((each) => `${before}${each}${after}`)
        .filter(isTag);
}

/** How a version may be spelled in a tag, which can't have a `+`. */
function spellings(version: string): readonly string[] {
  return [...new Set([version, version.replaceAll("+", "-"), version.replace(/\+.*$/, "")])];
}

/**
 * The exact tags that name a release: `1.2.3` and `v1.2.3`, and the git tag's own where it isn't a version. Other exact tags name
 * a commit, a content or a date.
 * @param gitTag of the event, where it is one.
 */
export function tagsOfRelease(
  tags: readonly ImageTag[],
  release: Release | undefined,
  gitTag: string | undefined,
): readonly Tag[] {
  if (release === undefined && gitTag === undefined) return [];
  const own = gitTag === undefined ? undefined : tagText(gitTag);
  const named = tags.filter(({ tag, moves, of }) => {
    if (moves || of !== undefined) return false;
    // A flavor may have put something around the git tag.
    const inside = release === undefined ? own : release.version;
    return tag === own || (inside !== undefined && tag.includes(inside));
  });
  const first = release === undefined ? [] : [release.tag];
  return [...new Set([...first, ...named.map(({ tag }) => tag)])];
}

const dotted = /\d+(?:\.\d+)+(?:[-+.][0-9A-Za-z.+-]*)?/;
/** `v4` */
const single = /(?<=^v?)\d+$/;

/** One of the releases in a registry. */
export interface PublishedRelease {
  readonly tag: Tag;
  readonly version: string;
}

/**
 * The highest published release of the line of a mutable tag, the release itself included; prereleases belong to no line.
 * `1.2` and `v1.2` are the line of 1.2.*, `1` that of 1.*, every other tag (`latest`, `stable`) that of all versions.
 */
export function highestOfLine(
  movingTag: Tag,
  release: Release,
  published: readonly Tag[],
): PublishedRelease | undefined {
  const own = numbersOf(release.version);
  const line = lineOf(movingTag, release, own);
  return published
    .flatMap((tag): readonly PublishedRelease[] => {
      const version = versionIn(tag, release);
      if (version === undefined || !isComparable(version, release.version)) return [];
      const numbers = numbersOf(version);
      return line.every((number, index) => numbers[index] === number) ? [{ tag, version }] : [];
    })
    .reduce<PublishedRelease | undefined>(
      (best, each) => (best === undefined || isHigher(each.version, best.version) ? each : best),
      undefined,
    );
}

/** Whether one version comes after another: by semver where both are, else by their numbers. */
export function isHigher(one: string, other: string): boolean {
  const [a, b] = [strict(one), strict(other)];
  if (a !== undefined && b !== undefined) return compare(a, b) > 0;
  const [left, right] = [numbersOf(one), numbersOf(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** The leading numbers that all versions of the line have. */
function lineOf(tag: Tag, { before, after }: Release, own: readonly number[]): readonly number[] {
  const inner =
    tag.startsWith(before) && tag.endsWith(after) ? tag.slice(before.length, tag.length - after.length) : tag;
  if (!/^v?\d+(?:\.\d+)*$/.test(inner)) return [];
  const numbers = numbersOf(inner);
  return numbers.every((number, index) => own[index] === number) ? numbers : [];
}

/** The same release may be spelled with a `v` or without: users change their rules. */
function versionIn(tag: Tag, { before, after, version }: Release): string | undefined {
  const start = before.replace(/v$/, "");
  if (!tag.startsWith(start) || !tag.endsWith(after) || tag.length < start.length + after.length) return undefined;
  const inner = tag.slice(start.length, tag.length - after.length).replace(/^v(?=\d)/, "");
  if (/^\d+(?:\.\d+)*$/.test(inner)) return inner;
  // A prerelease is of the line of prereleases alone.
  const isPrerelease = (strict(version)?.prerelease.length ?? 0) > 0;
  const found = /^\d/.test(inner) ? strict(inner) : undefined;
  return found !== undefined && (isPrerelease || found.prerelease.length === 0) ? inner : undefined;
}

/** Tags of other lines (`1.2`, `1`) look like versions, too: one that is compared has as many numbers. */
function isComparable(version: string, with_: string): boolean {
  return numbersOf(version).length === numbersOf(with_).length;
}

function strict(text: string): SemVer | undefined {
  return parse(text) ?? undefined;
}

/** The leading numbers: [1, 2, 3] of `1.2.3-rc.1`. */
function numbersOf(version: string): readonly number[] {
  const [numbers = ""] = /^v?\d+(?:\.\d+)*/.exec(version) ?? [];
  return numbers.replace(/^v/, "").split(".").map(Number);
}
