/** What pins may follow: what this run published, and of other images what their registry holds of the same branch. */
import type { PublishedVersion } from "../../bump/moved.ts";
import { styleOfTags } from "../../bump/versions/style-of-tags.ts";
import {
  compareVersions,
  hasCommit,
  hasNumbers,
  isSameForm,
  releaseForms,
  type TagForm,
  type TagStyle,
  tagForm,
} from "../../bump/versions/tag-form.ts";
import type { Image } from "../../catalog/catalog.ts";
import { memoize } from "../../lib/memoize.ts";
import { filtered, highest } from "../../lib/pause.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { Commit } from "../../model/run-context.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { sourceTag } from "../../plan/record.ts";
import { type History, isFromOwnHistory } from "../../publish/guard.ts";
import { type RecordRules, readTagState, type TagState } from "../../publish/registry-tags/tag-state.ts";
import { ownTags } from "../../report/summary/tag-notes.ts";
import type { ImageResult } from "../../results/run-result.ts";

/**
 * `undefined` where a run gave an image no tag.
 * @param isAtHead whether it is about the branch's last commit: what names a commit has no other order, and could go back.
 */
export function versionOfResult(result: ImageResult, isAtHead = true): PublishedVersion | undefined {
  if (result.outcome !== "published" && result.outcome !== "promoted") return undefined;
  const { planned } = result;
  const given = [...new Set(ownTags(result).map(({ tag }) => tag))];
  const tags = given.filter((tag) => isAtHead || !hasCommit(tagForm(tag)));
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
  readonly history: Pick<History, "position">;
  readonly records: RecordRules;
  /** Tags that move, under which the newest is looked for. */
  readonly moving: (image: Image) => readonly Tag[];
  /** The full ref of the branch whose pins follow. */
  readonly ref: string;
  /** Where that branch stands. */
  readonly at: Commit;
  /** The source hash at the branch's head; `null` where the checkout doesn't show it. */
  readonly sourceHash: (image: Image) => string | null;
  /** Whether a tag is of the image, and not of another variant in the same repositories. */
  readonly isOwn: (image: Image, tag: Tag) => boolean;
  /** Whether a file that may pin something contains the tag. */
  readonly isPinned: (tag: Tag) => boolean;
  /** What is known of an image's tags without asking its registry. */
  readonly styleOf: (image: Image) => TagStyle;
}

/** So many tags of versions, the highest first, are looked at, and so many of those that are pinned. */
const mostTags = 12;

/** So many tags that name the newest one's commit are asked for: a run gives an image a few. */
const mostRelated = 100;

/**
 * The newest that a registry holds of the branch, in all forms that its tags have: what a run that was lost, or a person, left to
 * be followed. The tags that move name it, or the tag of the branch's sources; a version that neither bears is the highest. What
 * is pinned is always looked at, so that nothing older takes its place. @throws RegistryError
 */
export async function versionsInRegistry(
  image: Image,
  { registry, history, records, moving: movingOf, ref, at, sourceHash, isOwn, isPinned, styleOf }: VersionOptions,
): Promise<readonly PublishedVersion[]> {
  const [repository] = image.repositories;
  if (repository === undefined) return [];
  const listed = (await registry.tags(repository)) ?? [];
  const style = { ...styleOf(image), ...(await styleOfTags(listed)) };
  // What may be a variant is looked for as one: each has a newest of its own.
  const formOf: FormOf = (tag) => tagForm(tag, style, "variant");
  const all = await filtered(listed, (tag) => isOwn(image, tag));
  const pinned = all
    .filter(isPinned)
    .sort((a, b) => b.length - a.length)
    .slice(0, mostTags);
  const any = holdingsIn(repository, registry, records);
  const tagState: TagStateOf = async (tag) => {
    const state = await any(tag);
    return state !== undefined && isOf(state, ref) ? state : undefined;
  };
  // What another branch made has been promoted since where the branch contains it.
  const contained: TagStateOf = async (tag) => {
    const state = await any(tag);
    if (state === undefined || isOf(state, ref)) return state;
    const isBranch = state.record?.ref.startsWith("refs/heads/") === true;
    return isBranch && (await isFromOwnHistory(state, { commit: at }, history)) ? state : undefined;
  };
  const version = (tags: readonly Tag[], { digest }: TagState): PublishedVersion => ({
    name: image.name,
    repositories: image.repositories,
    tags,
    digest,
    version: undefined,
    isRelease: true,
    style,
  });
  const moving = movingOf(image).filter((tag) => all.includes(tag));
  const hash = sourceHash(image);
  const sourceTags = hash === null ? [] : listed.filter((tag) => tag === sourceTag(hash));
  const first = await firstOf([...moving.slice(0, 1), ...sourceTags], contained);
  const newest = first?.state;
  const found: PublishedVersion[] = [];
  if (newest !== undefined) {
    const commit = newest.revision?.slice(0, 7);
    const related = commit === undefined ? [] : all.filter((tag) => tag.includes(commit)).slice(0, mostRelated);
    const names = [...new Set([...moving, ...related, ...pinned])];
    const digests = await Promise.all(names.map((tag) => registry.head(repository, tag)));
    const kept: Tag[] = [];
    for (const tag of names.filter((_, index) => digests[index] === newest.digest)) {
      // A release that moved `latest` may be of an older commit than what is pinned; the branch's own sources are its newest.
      const rivals =
        moving.some((each) => each === first?.tag) && hasCommit(formOf(tag))
          ? pinned.filter(isAsHighAs(formOf(tag), formOf))
          : [];
      const best = rivals.length === 0 ? undefined : await newestOf([...new Set([tag, ...rivals])], contained, history);
      if (best === undefined || best.state.digest === newest.digest) kept.push(tag);
      else found.push(version([best.tag], best.state));
    }
    found.unshift(version(kept, newest));
  }
  const known = new Set(found.flatMap(({ tags }) => tags));
  const candidates = (await versionTags(all, pinned, formOf)).filter((tag) => !known.has(tag));
  for (const tag of candidates) {
    const form = formOf(tag);
    if (found.some(({ tags }) => tags.some((other) => isSameForm(formOf(other), form)))) continue;
    const best = await newestOf(candidates.filter(isAsHighAs(form, formOf)), tagState, history);
    if (best !== undefined) found.push(version([best.tag], best.state));
  }
  return found;
}

interface TaggedState {
  readonly tag: Tag;
  readonly state: TagState;
}

type FormOf = (tag: Tag) => TagForm;
type TagStateOf = (tag: Tag) => Promise<TagState | undefined>;

async function firstOf(tags: readonly Tag[], tagState: TagStateOf): Promise<TaggedState | undefined> {
  for (const tag of tags) {
    const state = await tagState(tag);
    if (state !== undefined) return { tag, state };
  }
  return undefined;
}

/** Releases, the highest first: of all forms, and of each that is pinned, as an image may have many variants. */
async function versionTags(all: readonly Tag[], pinned: readonly Tag[], formOf: FormOf): Promise<readonly Tag[]> {
  const isRelease = (tag: Tag): boolean => {
    const { isVersion, isPrerelease } = formOf(tag);
    return isVersion && !isPrerelease;
  };
  const compare = (one: Tag, other: Tag): number => byNumber.compare(one.replace(/^v/, ""), other.replace(/^v/, ""));
  const releases = await filtered(all, isRelease);
  const forms = pinned.map(formOf).flatMap((form) => [form, ...releaseForms(form)]);
  const wanted = forms.filter(hasNumbers);
  const ofPinned = await filtered(releases, (tag) => wanted.some((form) => isSameForm(form, formOf(tag))));
  const newest = [
    ...(await highest(await filtered(releases, startsWithVersion), mostTags, compare)),
    ...(await highest(ofPinned, mostTags, compare)),
  ];
  const either = [...new Set([...pinned.filter((tag) => isRelease(tag) && startsWithVersion(tag)), ...newest])];
  return highest(either, either.length, compare);
}

function startsWithVersion(tag: Tag): boolean {
  return /^v?\d/.test(tag);
}

function isAsHighAs(form: TagForm, formOf: FormOf): (tag: Tag) => boolean {
  return (tag) => isSameForm(formOf(tag), form) && compareVersions(formOf(tag), form) === 0;
}

/**
 * Of tags that differ in their commits alone. Runs begin in the order of commits, unless one was begun again: the commits
 * themselves are asked until the order is confirmed.
 */
async function newestOf(
  tags: readonly Tag[],
  tagState: TagStateOf,
  { position }: Pick<History, "position">,
): Promise<TaggedState | undefined> {
  const all = await Promise.all(tags.map(async (tag) => ({ tag, state: await tagState(tag) })));
  const started = ({ state }: TaggedState): string => state.record?.started ?? "";
  const [first, ...others] = all
    .flatMap(({ tag, state }) => (state === undefined ? [] : [{ tag, state }]))
    .sort((a, b) => (started(a) < started(b) ? 1 : -1));
  let best = first;
  for (const other of others) {
    const [own, its] = [best?.state.revision, other.state.revision];
    if (own === undefined || its === undefined) break;
    if (own === its) continue;
    if ((await position(own, its)) !== "before") break;
    best = other;
  }
  return best;
}

/** Made from the branch, or for a release; what bears no record was made by others, and nobody knows. */
function isOf({ record }: TagState, ref: string): boolean {
  return record !== undefined && (record.ref === ref || record.ref.startsWith("refs/tags/"));
}

function holdingsIn(repository: Repository, registry: VersionOptions["registry"], records: RecordRules): TagStateOf {
  return memoize(async (tag) => {
    const found = await registry.manifest(repository, tag);
    return found && (await readTagState(found, repository, registry, records));
  });
}

const byNumber = new Intl.Collator("en", { numeric: true });
