/**
 * How an image stands in its registries, and what is to be done for it: the registry is the only state, so that a run that was
 * lost is made up for by the next one.
 */
import type { Reason } from "../changes/reason.ts";
import type { Commit } from "../context/run-context.ts";
import { UserError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import type { Repository, Tag } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { sourceTag } from "../plan/record.ts";
import type { ImageTag } from "../tags/image-tags.ts";
import { type History, isOurs, judge, type Mover, type Verdict } from "./guard.ts";
import { type Holding, hasPlatforms, isMadeOf, type Making, readHolding } from "./holding.ts";

/** What a run wants of an image. */
export interface Wish extends Making {
  /** At least one; what is built is pushed to the first, the others get copies. */
  readonly repositories: readonly [Repository, ...Repository[]];
  /** All tags that the event gives the image. */
  readonly tags: readonly ImageTag[];
  /** The event affects it. What it doesn't affect is only looked after: its moving tags. */
  readonly isAffected: boolean;
  readonly mover: Mover;
}

export interface StandingOptions {
  readonly registry: Registry;
  readonly history: Omit<History, "published">;
  /** Where the newest image of these sources may be as well: the default branch's tag. */
  readonly elsewhere: readonly Tag[];
  /** `promote: false` and the event is a release: what is published may not be it. */
  readonly buildsReleases: boolean;
  /** Whether something that goes into the image changed since a commit; `undefined` where that can't be told. */
  changedSince(revision: Commit): Promise<boolean | undefined>;
}

export type Standing =
  /** Everything is where it belongs. */
  | { readonly kind: "current"; readonly digest: Digest | undefined }
  | { readonly kind: "promote"; readonly digest: Digest; readonly because: readonly Reason[] }
  /** `because` says why an image is built that the event doesn't affect. */
  | { readonly kind: "build"; readonly because: readonly Reason[]; readonly lately: Lately | undefined }
  /** No tag could be put on it. `isTaken`: the version that it would release names other bytes. */
  | {
      readonly kind: "superseded";
      readonly why: string;
      readonly digest: Digest | undefined;
      readonly isTaken: boolean;
    };

/** How the image was built the last time. */
export interface Lately {
  readonly seconds: number | null;
  readonly started: string | null;
}

/**
 * Asks for the least that tells: two or three requests where nothing is to be done. @throws RegistryError when the first registry
 * can't tell; what the others can't tell counts as missing.
 */
export async function standingOf(wish: Wish, options: StandingOptions): Promise<Standing> {
  const view = viewOf(wish.repositories[0], wish, options);
  if (!wish.isAffected) return standingOfUntouched(wish, view, options);
  if (wish.mover.isRebuild) return whereTagsCould(wish, view);
  const found = await publishedFor(wish, view, options);
  if (found === undefined) return whereTagsCould(wish, view);
  const open = await openTags(wish, found, view, options);
  if (open.names.length === 0) {
    const { taken, held } = open;
    const why = taken ?? held[0];
    return why === undefined
      ? { kind: "current", digest: found.digest }
      : { kind: "superseded", why, digest: found.digest, isTaken: taken !== undefined };
  }
  const isReleased = wish.mover.release !== undefined && (await view.holder(wish.mover.release.tag)) === found;
  if (options.buildsReleases && !isReleased) return { kind: "build", because: [], lately: lately(found) };
  return { kind: "promote", digest: found.digest, because: [] };
}

/** An image that the event doesn't affect: whether a run was lost. */
async function standingOfUntouched(wish: Wish, view: View, options: StandingOptions): Promise<Standing> {
  const tags = wish.tags.filter(({ moves }) => moves);
  const [lead] = tags;
  // Without a tag that should follow there is nothing to look after.
  if (lead === undefined) return { kind: "current", digest: undefined };
  const moving = { ...wish, tags };
  const holder = await view.holder(lead.tag);
  const found = holder !== undefined && isMadeOf(holder, wish) ? holder : await publishedFor(moving, view, options);
  if (found !== undefined) {
    const open = await openTags(moving, found, view, options);
    if (open.names.length === 0) return { kind: "current", digest: holder?.digest ?? found.digest };
    if (found === holder || (await isOurs(found, wish.mover, options.history))) {
      return { kind: "promote", digest: found.digest, because: [{ kind: "incomplete", missing: open.names }] };
    }
  }
  if (holder === undefined) return { kind: "build", because: [{ kind: "never-published" }], lately: undefined };
  const reason = await whyBehind(holder, options);
  const verdict = await judge(lead, holder, undefined, wish.mover, view.history);
  if (reason === undefined || verdict.kind === "stays") {
    return { kind: "current", digest: holder.digest };
  }
  return { kind: "build", because: [reason], lately: lately(holder) };
}

/** What others published bears no record: it is current if nothing it is made from changed since. */
async function whyBehind(
  { record, revision }: Holding,
  { changedSince }: StandingOptions,
): Promise<Reason | undefined> {
  if (record !== undefined) return { kind: "behind", revision: record.revision };
  if (revision === undefined) return { kind: "no-record", detail: "it names no commit" };
  switch (await changedSince(revision)) {
    case false:
      return undefined;
    case true:
      return { kind: "behind", revision };
    default:
      return { kind: "no-record", detail: `its commit ${revision.slice(0, 7)} can't be compared with this one` };
  }
}

/** Built where at least one tag could be put on it, or where it has none. */
async function whereTagsCould(wish: Wish, view: View): Promise<Standing> {
  const judged = await Promise.all(
    wish.tags.map(async (tag) => {
      const holder = await view.holder(tag.tag);
      return { holder, verdict: await judge(tag, holder, undefined, wish.mover, view.history) };
    }),
  );
  const holder = judged.find((each) => each.holder !== undefined)?.holder;
  const stays = judged.flatMap(({ verdict }) => (verdict.kind === "stays" ? [verdict.why] : []));
  const release = judged[wish.tags.findIndex(({ tag }) => tag === wish.mover.release?.tag)]?.verdict;
  // The tags that move follow a release's exact tag, which is set once.
  const taken = release?.kind === "stays" ? release.why : undefined;
  if (judged.length === 0 || (stays.length < judged.length && taken === undefined)) {
    return { kind: "build", because: [], lately: holder && lately(holder) };
  }
  return { kind: "superseded", why: taken ?? stays[0] ?? "", digest: holder?.digest, isTaken: taken !== undefined };
}

/** What was made from the very sources of this run, and may be promoted. */
async function publishedFor(wish: Wish, view: View, options: StandingOptions): Promise<Holding | undefined> {
  const { tags, sourceHash, platforms } = wish;
  // A tag that names the content is right whoever put it, if it has all platforms.
  for (const { tag, of } of tags) {
    const holder = of === "content" ? await view.holder(tag) : undefined;
    if (holder !== undefined && hasPlatforms(holder, platforms)) return holder;
  }
  if (sourceHash === null) return undefined;
  const [lead] = tags.filter(({ moves }) => moves);
  const { release } = wish.mover;
  // What a run that ended too early released already is the release.
  const first = release === undefined ? [] : [release.tag];
  const newest = lead === undefined || release !== undefined ? options.elsewhere : [lead.tag];
  for (const tag of new Set([...first, ...newest, sourceTag(sourceHash)])) {
    const holder = await view.holder(tag);
    if (holder !== undefined && isMadeOf(holder, wish) && (await isOurs(holder, wish.mover, options.history)))
      return holder;
  }
  return undefined;
}

interface Open {
  /** Full names of what is missing. */
  readonly names: readonly string[];
  /** Why the others stay. */
  readonly held: readonly string[];
  /** Why a release's own version can't be it. */
  readonly taken: string | undefined;
}

/** The tags that do not name what they should, and may. */
async function openTags(wish: Wish, found: Holding, view: View, options: StandingOptions): Promise<Open> {
  const [, ...copies] = wish.repositories;
  const views = [view, ...copies.map((repository) => viewOf(repository, wish, options, true))];
  const judged = await Promise.all(
    views.flatMap((each) =>
      wish.tags.map(async (tag) => ({
        tag: tag.tag,
        name: views.length === 1 ? tag.tag : `${each.repository}:${tag.tag}`,
        verdict: await each.judge(tag, found.digest),
      })),
    ),
  );
  const held = judged.flatMap(({ tag, verdict }) => (verdict.kind === "stays" ? [{ tag, why: verdict.why }] : []));
  const taken = held.find(({ tag }) => tag === wish.mover.release?.tag)?.why;
  const isOpen = ({ verdict: { kind } }: (typeof judged)[number]) => kind !== "stays" && kind !== "there";
  return {
    names: taken === undefined ? judged.filter(isOpen).map(({ name }) => name) : [],
    held: held.map(({ why }) => why),
    taken,
  };
}

/** One repository, each tag read once. */
interface View {
  readonly repository: Repository;
  readonly history: History;
  holder(tag: Tag): Promise<Holding | undefined>;
  judge(tag: ImageTag, digest: Digest): Promise<Verdict>;
}

/** @param isCopy what can't be told counts as missing. */
function viewOf(
  repository: Repository,
  { mover }: Wish,
  { registry, history: commits }: StandingOptions,
  isCopy = false,
): View {
  const holders = new Map<Tag, Promise<Holding | undefined>>();
  const once = (tag: Tag, read: () => Promise<Holding | undefined>) => {
    const known = holders.get(tag) ?? read();
    holders.set(tag, known);
    return known;
  };
  const holder = (tag: Tag) =>
    once(tag, async () => {
      const found = await registry.manifest(repository, tag);
      return found && readHolding(found, repository, registry);
    });
  let published: Promise<readonly Tag[]> | undefined;
  const history: History = {
    ...commits,
    published: () => {
      published ??= registry.tags(repository).then((tags) => tags ?? []);
      return published;
    },
  };
  return {
    repository,
    history,
    holder,
    async judge(tag, digest) {
      try {
        // Most tags name what they should, which the cheapest request tells.
        const known = holders.get(tag.tag);
        if (known === undefined && (await registry.head(repository, tag.tag)) === digest) return { kind: "there" };
        return await judge(tag, await holder(tag.tag), digest, mover, history);
      } catch (error) {
        if (isCopy && error instanceof UserError) return { kind: "free" };
        throw error;
      }
    },
  };
}

function lately({ record }: Holding): Lately {
  return { seconds: record?.seconds ?? null, started: record?.started ?? null };
}
