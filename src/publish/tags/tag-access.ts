/**
 * Tags of one repository, as a run reads and pushes them. A registry may answer for a while with its state before a tag was pushed:
 * an answer after the run's own push that shows no change is asked for again, and so is a list without tags that are there.
 */
import type { Digest } from "../../model/digest.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { ManifestBytes, StoredManifest } from "../../oci/manifest.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { RegistryError } from "../../oci/registry/registry-error.ts";
import type { Clock } from "../../ports.ts";
import { longestLateness, pauseWithin, roundsInSilence } from "./within-a-minute.ts";

/** `undefined`: nothing. */
type Named = Digest | undefined;

export interface TagAccess {
  /** What it names: after a put of one's own not what was there before, unless that is all there is to see for a minute. */
  read(tag: Tag): Promise<Named>;
  /** @throws RegistryError where it was put twice, and was not to be seen for a minute each time. */
  put(manifest: ManifestBytes & Pick<StoredManifest, "digest">, tag: Tag): Promise<void>;
  /** Whether the answer shows no change: nothing, or what the run read or pushed there before its last push. */
  isNoNews(tag: Tag, read: Named): boolean;
  /**
   * All tags of the repository, as the registry lists them; `undefined` where it knows no such repository.
   * @param named tags that may be there: they are looked for where the list lacks them.
   * @throws RegistryError where the list lacks for a minute what is there.
   */
  list(named?: readonly Tag[]): Promise<readonly Tag[] | undefined>;
  /** How late the registry has shown a put so far, in milliseconds; 0: at once. */
  lateness(): number;
}

/** One's own last put. */
export interface OwnPut {
  readonly digest: Digest;
  /** What the run has read or put there earlier. */
  readonly before: ReadonlySet<Named>;
  /** When it was done, in milliseconds. */
  readonly at: number;
  /** How often the same was put, and not to be seen. */
  readonly times: number;
}

const mostPuts = 2;

/** Milliseconds until it is worth reading again; `undefined`: what was read is what it names. */
export function pauseBeforeReading(
  put: OwnPut | undefined,
  read: Named,
  now: number,
  round: number,
): number | undefined {
  return put === undefined || !isOld(put, read) ? undefined : pauseWithin(put.at, now, round);
}

function isOld({ digest, before }: OwnPut, read: Named): boolean {
  return read !== digest && (read === undefined || before.has(read));
}

/** @param seen what was read or put before; the last of it is what was read. */
export function ownPut(digest: Digest, seen: readonly Named[], earlier: OwnPut | undefined, now: number): OwnPut {
  const isUnseen = earlier?.digest === digest && isOld(earlier, seen.at(-1));
  return {
    digest,
    before: new Set(seen.filter((each) => each !== digest)),
    at: now,
    times: isUnseen ? earlier.times + 1 : 1,
  };
}

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
  const seen = new Map<Tag, readonly Named[]>();
  const puts = new Map<Tag, OwnPut>();
  /** Put, and not seen yet. */
  const missed = new Set<Tag>();
  let lateness = 0;
  /** Tags that the last list lacked though they were there, and since when. */
  let unlistedSince: ReadonlyMap<Tag, number> = new Map();
  const now = () => clock.now().getTime();
  const note = (tag: Tag, named: Named) => seen.set(tag, [...(seen.get(tag) ?? []), named]);
  /** At least so late, whether what was missed is there now or was replaced before it was. */
  const measure = (tag: Tag, { at }: OwnPut) => {
    if (missed.delete(tag)) lateness = Math.max(lateness, now() - at);
  };
  const read = async (tag: Tag): Promise<Named> => {
    for (let round = 0; ; round++) {
      const named = await registry.head(repository, tag);
      const put = puts.get(tag);
      const pause = pauseBeforeReading(put, named, now(), round);
      if (put !== undefined && named === put.digest) measure(tag, put);
      else if (put !== undefined) missed.add(tag);
      if (pause === undefined) {
        note(tag, named);
        return named;
      }
      if (round === roundsInSilence) onWait(`${repository}:${tag} isn't shown yet as it was pushed`);
      await clock.sleep(pause);
    }
  };
  /** Which tags are there though a list lacks them. */
  const lacking = async (list: readonly Tag[], named: readonly Tag[]): Promise<readonly Tag[]> => {
    const known = new Set(list);
    const there = [...seen].flatMap(([tag, all]) => (all.at(-1) === undefined ? [] : [tag]));
    const unread = named.filter((tag) => !seen.has(tag));
    const unlisted = [...new Set([...there, ...unread])].filter((tag) => !known.has(tag));
    const digests = await Promise.all(unlisted.map(read));
    return unlisted.filter((_, index) => digests[index] !== undefined);
  };
  return {
    read,
    async list(named = []) {
      for (let round = 0; ; round++) {
        const list = await registry.tags(repository);
        const missing = await lacking(list ?? [], named);
        unlistedSince = new Map(missing.map((tag) => [tag, unlistedSince.get(tag) ?? now()]));
        if (missing.length === 0) return list;
        const pause = pauseWithin(Math.min(...unlistedSince.values()), now(), round);
        if (pause === undefined) throw incomplete(list, missing);
        if (round === roundsInSilence) onWait(`the list of tags of ${repository} lacks ${listed(missing)}`);
        await clock.sleep(pause);
      }
    },
    async put(manifest, tag) {
      const { digest } = manifest;
      const next = ownPut(digest, seen.get(tag) ?? [], puts.get(tag), now());
      if (next.times > mostPuts) throw unseen(`${repository}:${tag}`, digest, seen.get(tag)?.at(-1));
      const earlier = puts.get(tag);
      if (earlier !== undefined) measure(tag, earlier);
      await registry.putManifest(repository, manifest, tag);
      puts.set(tag, { ...next, at: now() });
      note(tag, digest);
    },
    isNoNews(tag, read) {
      const put = puts.get(tag);
      return put !== undefined && isOld(put, read);
    },
    lateness: () => lateness,
  };
}

function listed(tags: readonly Tag[]): string {
  return new Intl.ListFormat("en").format(tags);
}

function incomplete(list: readonly Tag[] | undefined, missing: readonly Tag[]): RegistryError {
  const why =
    list === undefined
      ? "the registry lists no tags of the repository, though it has some"
      : `for ${longestLateness / 1000} s it lacked ${listed(missing)}, which the registry has`;
  return new RegistryError("invalid", why, { hint: "wait until the registry lists all tags" });
}

function unseen(name: string, digest: Digest, read: Named): RegistryError {
  const shown = read === undefined ? "isn't there" : `names ${read}, as before`;
  return new RegistryError(
    "invalid",
    `${name} was put on ${digest} ${mostPuts} times, and still ${shown} after ${longestLateness / 1000} s each time`,
    { hint: "the registry shows tags late, or something puts this one back: run again once it names what was pushed" },
  );
}
