/** Which version a pin takes: decided by the form of what it holds now. Pure. */
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { PublishedVersion, ReasonToStay } from "../moved.ts";
import { openNumbers } from "./open-numbers.ts";
import {
  type Assumption,
  compareVersions,
  hasCommit,
  isSameForm,
  isSameLooseForm,
  releaseForms,
  type TagForm,
  tagForm,
} from "./tag-form.ts";
import { bareMarks } from "./tag-pieces.ts";

/** What a pin holds, as written; at least one of the two. */
export interface PinnedVersion {
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export type Choice =
  /** What it takes; `undefined` where it holds none, or has the right one. */
  | {
      readonly kind: "move";
      readonly image: string;
      readonly tag: string | undefined;
      readonly digest: Digest | undefined;
    }
  | ReasonToStay;

/**
 * - A tag that the published image has stays, and a digest beside it becomes the image's: so `1.2` and `latest` stay.
 * - Any other version moves to the tag of the same form: `1.2.3` to `1.2.4`, `1.2` to `1.3`, `v3.9.1-24f7512-nix` to
 *   `v3.10.0-e973f3c-nix`, never to another variant. Never to an older one, and to a prerelease only from one.
 * - A word that isn't a version (`main`, `kustomized`) stays.
 * - A digest alone follows `latest`, since nothing says what else it is.
 * @param published all that may be meant by the repository that the pin names, not empty: the variants of an image share it.
 */
export function chooseVersion({ tag, digest }: PinnedVersion, published: readonly PublishedVersion[]): Choice {
  const image = [...new Set(published.map(({ name }) => name))].join(", ");
  const named = published.filter(({ tags }) => tags.some((each) => each === (tag ?? "latest")));
  const [only, ...others] = named;
  if (
    only !== undefined &&
    digest !== undefined &&
    others.length > 0 &&
    !named.some((each) => each.digest === digest)
  ) {
    const what = tag === undefined ? "a digest alone follows `latest`, which" : `\`${tag}\``;
    const remedy = "write the tag of the one that is meant before the digest";
    return { kind: "ambiguous", image, why: `${what} names several images`, remedy };
  }
  if (only !== undefined && (digest === undefined || named.some((each) => each.digest === digest))) {
    return { kind: "current", image: only.name, why: "it names what is published" };
  }
  if (only !== undefined) return { kind: "move", image: only.name, tag: undefined, digest: only.digest };
  if (tag !== undefined) return newerTag({ tag, digest }, published, image);
  const current = published.find((each) => each.digest === digest);
  return current === undefined
    ? {
        kind: "not-newer",
        image,
        why: "a digest alone follows `latest`, which isn't what is published",
      }
    : { kind: "current", image: current.name, why: "it names what is published" };
}

/** Whether what is published says anything of a pin: not where it may be of a variant that another job publishes. */
export function versionsIn(
  repository: Repository | undefined,
  published: readonly PublishedVersion[],
): readonly PublishedVersion[] {
  return published.filter(({ repositories }) => repositories.some((each) => each === repository));
}

export function isOfPublished({ tag, digest }: PinnedVersion, published: readonly PublishedVersion[]): boolean {
  const names = published.some(
    (each) => each.tags.some((named) => named === (tag ?? "latest")) || (tag === undefined && each.digest === digest),
  );
  return names || (tag !== undefined && optionsFor(tag, published, "variant").length > 0);
}

interface Option {
  readonly version: PublishedVersion;
  readonly tag: string;
  readonly form: TagForm;
  /** Of the pin, as this image's tags are read. */
  readonly from: TagForm;
}

interface PinnedTag {
  readonly tag: string;
  readonly digest: string | undefined;
}

/** What nobody knows of a mark or a number, whether it names a variant, is read both ways. */
function newerTag(pinned: PinnedTag, published: readonly PublishedVersion[], image: string): Choice {
  const asCount = newerTagOf(pinned, published, image, "count");
  const asVariant = newerTagOf(pinned, published, image, "variant");
  if (asCount.kind === asVariant.kind && movesTo(asCount) === movesTo(asVariant)) return asVariant;
  return { kind: "ambiguous", image, why: openIn(pinned.tag, published), remedy: "write the tag that is meant" };
}

function openIn(tag: string, published: readonly PublishedVersion[]): string {
  const isMarkOpen = published.some(({ style }) => style?.variantMarks === undefined);
  const words = [...new Set(isMarkOpen ? bareMarks(tag).map(({ mark }) => mark) : [])].map((mark) => `\`${mark}\``);
  if (words.length > 0)
    return `the registry's list of tags, which isn't known, decides whether ${words.join(", ")} in \`${tag}\` is a prerelease or a variant`;
  const numbers = openNumbers(tag).map(({ text }) => `\`${text}\``);
  return `the registry's tags don't show whether ${numbers.join(", ") || "a number"} in \`${tag}\` names a variant or changes with each version`;
}

function movesTo(choice: Choice): string | undefined {
  return choice.kind === "move" ? choice.tag : undefined;
}

function newerTagOf(
  { tag, digest }: PinnedTag,
  published: readonly PublishedVersion[],
  image: string,
  unknown: Assumption,
): Choice {
  if (!published.some(({ style }) => tagForm(tag, style, unknown).isVersion)) {
    return /\d/.test(tag)
      ? { kind: "not-newer", image, why: `nothing in \`${tag}\` is known to be a version` }
      : { kind: "current", image, why: `\`${tag}\` isn't a version` };
  }
  const options = optionsFor(tag, published, unknown);
  const [option] = options;
  if (option === undefined) {
    return { kind: "not-newer", image, why: `what is published has no tag of the form of \`${tag}\`` };
  }
  if (options.some((each) => !isSameThing(each, option))) {
    const tags = options.map((each) => `\`${each.tag}\``).join(" or ");
    return { kind: "ambiguous", image, why: `it may become ${tags}`, remedy: "write the one that is meant" };
  }
  const { version, from } = option;
  if ((!version.isRelease || option.form.isPrerelease) && !from.isPrerelease) {
    return { kind: "not-newer", image: version.name, why: `\`${option.tag}\` is a prerelease` };
  }
  const difference = compareVersions(from, option.form);
  const isNewer = difference < 0 || (difference === 0 && [from, option.form].some(hasCommit));
  if (!isNewer) return { kind: "not-newer", image: version.name, why: `\`${option.tag}\` is not newer` };
  return {
    kind: "move",
    image: version.name,
    tag: option.tag,
    digest: digest === undefined || digest === version.digest ? undefined : version.digest,
  };
}

/** One image may have been given several tags whose commits alone differ. */
function isSameThing(one: Option, other: Option): boolean {
  if (one.tag === other.tag) return true;
  return one.version === other.version && hasCommit(one.form) && compareVersions(one.form, other.form) === 0;
}

/** The tags of the same form; where there is none, those that stand for the same in a looser sense. */
function optionsFor(tag: string, published: readonly PublishedVersion[], unknown: Assumption): readonly Option[] {
  const all = published.flatMap((version) => {
    const from = tagForm(tag, version.style, unknown);
    return version.tags.map((each) => ({ version, tag: each, form: tagForm(each, version.style, unknown), from }));
  });
  const same = all.filter(({ form, from }) => isSameForm(from, form));
  const released = all.filter(({ form, from }) =>
    releaseForms(from)
      .slice(0, 1)
      .some((each) => isSameForm(each, form)),
  );
  if (same.length + released.length > 0) return [...same, ...released];
  const bare = all.filter(({ form, from }) => releaseForms(from).some((each) => isSameForm(each, form)));
  return bare.length > 0 ? bare : all.filter(({ form, from }) => isSameLooseForm(from, form));
}
