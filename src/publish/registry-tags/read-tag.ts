/** What a tag holds, read by the digest that it names, so that what several tags name is read once. */
import { retryUntil } from "../../lib/retry.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import type { Clock } from "../../ports.ts";
import { whileLate } from "./late-registry.ts";
import type { TagAccess } from "./tag-access.ts";
import { type RecordRules, readTagState, type TagState, unreadTagState } from "./tag-state.ts";

/** `undefined`: there is no such tag. */
export type ReadTag = (tag: Tag) => Promise<TagState | undefined>;

export interface TagReader {
  readonly registry: Pick<Registry, "manifest" | "blob">;
  readonly repository: Repository;
  readonly records: RecordRules;
  readonly clock: Clock;
  readonly onWait: (what: string) => void;
}

export function tagReader(access: Pick<TagAccess, "read">, reading: TagReader): ReadTag {
  const { repository, clock, onWait } = reading;
  const states = new Map<Digest, Promise<TagState>>();
  const unreadSince = new Map<Tag, number>();
  const stateOf = async (tag: Tag, digest: Digest): Promise<TagState> => {
    const state = states.get(digest) ?? readNamed(tag, digest, reading);
    states.set(digest, state);
    const read = await state;
    if (read.isUnread) states.delete(digest);
    return read;
  };
  return async (tag) => {
    const since = unreadSince.get(tag) ?? clock.now().getTime();
    // A digest that a tag names is there: a registry that doesn't show it shows it late.
    const state = await retryUntil(
      async () => {
        const digest = await access.read(tag);
        return digest && (await stateOf(tag, digest));
      },
      (found) => !found?.isUnread,
      whileLate,
      {
        clock,
        since: () => since,
        onSlow: (found) => onWait(`${repository}:${tag} names ${found?.digest}, which the registry doesn't show yet`),
      },
    );
    if (state?.isUnread) unreadSince.set(tag, since);
    else unreadSince.delete(tag);
    return state;
  };
}

async function readNamed(tag: Tag, digest: Digest, { registry, repository, records }: TagReader): Promise<TagState> {
  const byDigest = await registry.manifest(repository, digest);
  const found = byDigest ?? (await registry.manifest(repository, tag));
  return found?.digest === digest ? readTagState(found, repository, registry, records) : unreadTagState(digest);
}
