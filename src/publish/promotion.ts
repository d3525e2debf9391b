/** What a promotion is about, and what its steps share. */
import type { UserError } from "../errors.ts";
import { memoize } from "../lib/memoize.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Repository, Tag } from "../model/reference.ts";
import type { Registry } from "../oci/registry/registry-client.ts";
import { RegistryError } from "../oci/registry/registry-error.ts";
import type { Clock } from "../ports.ts";
import type { History, RunIdentity, Verdict } from "./guard.ts";
import { type TagAccess, tagAccess } from "./tags/tag-access.ts";
import { type RecordRules, readTagState, type TagState, unreadTagState } from "./tags/tag-state.ts";
import { withinAMinute } from "./tags/within-a-minute.ts";

export interface Promotion {
  readonly registry: Registry;
  readonly clock: Clock;
  /** It must hold the digest. */
  readonly repository: Repository;
  readonly digest: Digest;
  readonly tags: readonly ImageTag[];
  /** The tag of the source hash is put as well, where it is free; `null`: there is none. */
  readonly sourceHash: string | null;
  readonly identity: RunIdentity;
  /** How commits stand to one another. */
  readonly history: Omit<History, "published">;
  readonly records: RecordRules;
  /** The value of the build argument VERSION that is in the bytes. */
  readonly bakedVersion: string | null;
  /** Whether another digest of the repository than the one that this run checked may get its tags; an error where it may not. */
  readonly check: (found: FoundDigest) => Promise<UserError | undefined>;
  /** Called once for each longer wait, with a clause. */
  readonly onWait: (what: string) => void;
}

/** A digest that another run put where this one finds it. */
export interface FoundDigest {
  readonly repository: Repository;
  readonly digest: Digest;
  /** What it has to be: made of the sources of this run, or a higher release of this repository. */
  readonly as: "same-content" | "higher-release";
}

export interface PromotedTag {
  readonly repository: Repository;
  readonly tag: Tag;
  /** `held`: it was left where it is. */
  readonly outcome: "put" | "already-there" | "held";
  /** What it names now. */
  readonly digest: Digest;
  /** Why it was left, or what is to know of its move; a clause. */
  readonly because?: string;
}

export interface PromotionResult {
  /** The digest that was tagged: the promoted one, or another index of the same manifests that bears this run's revision. */
  readonly digest: Digest;
  /** Every tag whose position is known to be right (or held), in the order of promotion. */
  readonly tags: readonly PromotedTag[];
  /** Why tags are missing; the next run puts them. */
  readonly error: UserError | undefined;
}

export type HolderOf = (tag: Tag) => Promise<TagState | undefined>;

/** A promotion that has begun. */
export interface Promoting extends Promotion {
  readonly access: TagAccess;
  /** The states of tags, each read when it is needed; the record of a digest is read once. */
  readonly tagStates: HolderOf;
}

export function begin(promotion: Promotion): Promoting {
  const { clock, repository } = promotion;
  // Several tags may wait for the same.
  const onWait = memoize(promotion.onWait);
  const access = tagAccess({ ...promotion, onWait });
  const known = new Map<Digest, Promise<TagState>>();
  const unreadSince = new Map<Tag, number>();
  const tagStateIn = async (tag: Tag, digest: Digest): Promise<TagState> => {
    const tagState = known.get(digest) ?? readNamed(tag, digest, promotion);
    known.set(digest, tagState);
    const read = await tagState;
    if (read.isUnread) known.delete(digest);
    return read;
  };
  const tagStates: HolderOf = async (tag) => {
    const since = unreadSince.get(tag) ?? clock.now().getTime();
    // A digest that a tag names is there: a registry that doesn't show it shows it late.
    const tagState = await withinAMinute(
      clock,
      async () => {
        const digest = await access.read(tag);
        const found = digest && (await tagStateIn(tag, digest));
        return { isFinal: !found?.isUnread, found };
      },
      (found) => onWait(`${repository}:${tag} names ${found?.digest}, which the registry doesn't show yet`),
      since,
    );
    if (tagState?.isUnread) unreadSince.set(tag, since);
    else unreadSince.delete(tag);
    return tagState;
  };
  return { ...promotion, onWait, access, tagStates };
}

async function readNamed(tag: Tag, digest: Digest, { registry, repository, records }: Promotion): Promise<TagState> {
  const byDigest = await registry.manifest(repository, digest);
  const found = byDigest ?? (await registry.manifest(repository, tag));
  return found?.digest === digest ? readTagState(found, repository, registry, records) : unreadTagState(digest);
}

export function historyIn({ history, access, tags }: Promoting): History {
  const own = tags.map(({ tag }) => tag);
  return { ...history, published: (named) => access.list([...own, ...named]) };
}

/** All of them, whatever becomes of one; then the first that failed. */
export async function together<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(calls);
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

export function told({ tag }: ImageTag, verdict: Verdict, digest: Digest, { repository }: Promotion): PromotedTag {
  switch (verdict.kind) {
    case "there":
      return { repository, tag, digest, outcome: "already-there" };
    case "free":
      return { repository, tag, digest, outcome: "put" };
    case "moves":
      return { repository, tag, digest, outcome: "put", ...(verdict.remark && { because: verdict.remark }) };
    case "stays":
    case "unknown":
      return { repository, tag, digest, outcome: "held", because: verdict.why };
  }
}

/** Something in the registry names what it doesn't have after a minute either. */
export function notShown(name: string, digest: Digest | undefined): RegistryError {
  const what = digest === undefined ? "is listed" : `names ${digest}`;
  return new RegistryError("invalid", `${name} ${what}, and the registry doesn't have it`, {
    hint: "run again once the registry has it; if something deleted it, delete the tag in the registry as well",
  });
}

export function overtaken(
  tag: Tag | undefined,
  wanted: Digest,
  now: Digest | undefined,
  { repository }: Promotion,
): RegistryError {
  return new RegistryError(
    "invalid",
    `${repository}:${tag} was put on ${wanted} and names ${now ?? "something else"}`,
    {
      hint: "another run may publish at the same time: give the workflow a `concurrency` group, and run again",
    },
  );
}
