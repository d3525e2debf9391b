/**
 * Tags of one repository, as a run reads and pushes them. A registry may be late: an answer that shows the state before the run's own
 * push is asked for again, and so is a list without tags that are there.
 */
import { retryUntil } from "../../lib/retry.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { ManifestBytes, StoredManifest } from "../../oci/manifest.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { RegistryError } from "../../oci/registry/registry-error.ts";
import type { Clock } from "../../ports.ts";
import { longestLateness, whileLate } from "./late-registry.ts";
import {
  afterAnyRead,
  afterList,
  afterPush,
  afterRead,
  beforePush,
  isFromBefore,
  type Named,
  type TagHistory,
  timesPushed,
  untouched,
} from "./tag-history.ts";

export interface TagAccess {
  /** What it names: after the run's own push not what was there before, unless the registry shows nothing else for a minute. */
  read(tag: Tag): Promise<Named>;
  /** @throws RegistryError where it was pushed twice, and was not shown for a minute each time. */
  push(manifest: ManifestBytes & Pick<StoredManifest, "digest">, tag: Tag): Promise<void>;
  /** Whether an answer shows no change: nothing, or what the run read or pushed there before its last push. */
  isFromBefore(tag: Tag, named: Named): boolean;
  /**
   * All tags of the repository, as the registry lists them; `undefined` where it knows no such repository.
   * @param named tags that may be there: they are looked for where the list lacks them.
   * @throws RegistryError where the list lacks for a minute what is there.
   */
  list(named?: readonly Tag[]): Promise<readonly Tag[] | undefined>;
  /** How late the registry has shown a push so far, in milliseconds; 0: at once. */
  lateness(): number;
}

const mostPushes = 2;

export function tagAccess({
  registry,
  repository,
  clock,
  onWait = () => {},
}: {
  readonly registry: Pick<Registry, "head" | "putManifest" | "tags">;
  readonly repository: Repository;
  readonly clock: Clock;
  readonly onWait?: (what: string) => void;
}): TagAccess {
  const histories = new Map<Tag, TagHistory>();
  const now = () => clock.now().getTime();
  const historyOf = (tag: Tag) => histories.get(tag) ?? untouched;
  const update = (tag: Tag, next: (history: TagHistory) => TagHistory) => histories.set(tag, next(historyOf(tag)));

  const read = async (tag: Tag): Promise<Named> => {
    const named = await retryUntil(
      async () => {
        const answer = await registry.head(repository, tag);
        update(tag, (history) => afterAnyRead(history, answer, now()));
        return answer;
      },
      (answer) => !isFromBefore(historyOf(tag), answer),
      whileLate,
      {
        clock,
        since: () => historyOf(tag).push?.at ?? now(),
        onSlow: () => onWait(`${repository}:${tag} isn't shown yet as it was pushed`),
      },
    );
    update(tag, (history) => afterRead(history, named));
    return named;
  };

  /** Which tags are there though a list lacks them. */
  const lacking = async (list: readonly Tag[], named: readonly Tag[]): Promise<readonly Tag[]> => {
    const listed = new Set(list);
    const there = [...histories].flatMap(([tag, { last }]) => (last === undefined ? [] : [tag]));
    const unread = named.filter((tag) => historyOf(tag).seen.size === 0);
    const unlisted = [...new Set([...there, ...unread])].filter((tag) => !listed.has(tag));
    const digests = await Promise.all(unlisted.map(read));
    return unlisted.filter((_, index) => digests[index] !== undefined);
  };

  const lists = async (named: readonly Tag[]) => {
    const list = await registry.tags(repository);
    const missing = await lacking(list ?? [], named);
    for (const tag of histories.keys()) update(tag, (history) => afterList(history, missing.includes(tag), now()));
    return { list, missing };
  };

  return {
    read,
    async list(named = []) {
      const { list, missing } = await retryUntil(
        () => lists(named),
        ({ missing }) => missing.length === 0,
        whileLate,
        {
          clock,
          since: ({ missing }) => Math.min(...missing.map((tag) => historyOf(tag).unlistedSince ?? now())),
          onSlow: ({ missing }) => onWait(`the list of tags of ${repository} lacks ${formatTags(missing)}`),
        },
      );
      if (missing.length > 0) throw incomplete(list, missing);
      return list;
    },
    async push(manifest, tag) {
      const { digest } = manifest;
      const history = historyOf(tag);
      if (timesPushed(history, digest) > mostPushes) throw neverShown(`${repository}:${tag}`, digest, history.last);
      update(tag, (history) => beforePush(history, now()));
      await registry.putManifest(repository, manifest, tag);
      update(tag, (history) => afterPush(history, digest, now()));
    },
    isFromBefore: (tag, named) => isFromBefore(historyOf(tag), named),
    lateness: () => Math.max(0, ...[...histories.values()].map(({ lateness }) => lateness)),
  };
}

function formatTags(tags: readonly Tag[]): string {
  return new Intl.ListFormat("en").format(tags);
}

function incomplete(list: readonly Tag[] | undefined, missing: readonly Tag[]): RegistryError {
  const why =
    list === undefined
      ? "the registry lists no tags of the repository, though it has some"
      : `for ${longestLateness / 1000} s it lacked ${formatTags(missing)}, which the registry has`;
  return new RegistryError("invalid", why, { hint: "run again once the registry lists all tags" });
}

function neverShown(name: string, digest: Digest, last: Named): RegistryError {
  const shown = last === undefined ? "no such tag" : `${last}, as before`;
  return new RegistryError(
    "invalid",
    `${name} was pushed twice as ${digest}, and ${longestLateness / 1000} s after each push the registry still shows ${shown}`,
    {
      hint: "the registry shows tags late, or something resets this tag: run again once the tag names what was pushed",
    },
  );
}
