/** The published image that a candidate would replace, and with which it is compared. */

import { highest } from "../lib/pause.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Repository, Tag } from "../model/reference.ts";
import { isPullRequestRef } from "../model/run-context.ts";
import type { Registry } from "../oci/registry/registry-client.ts";
import { type History, judge, type RunIdentity } from "./guard.ts";
import { type RecordRules, readTagState, type TagState } from "./registry-tags/tag-state.ts";

export interface Predecessor {
  /** One of the tags that name it. */
  readonly tag: Tag;
  readonly digest: Digest;
  readonly tagState: TagState;
}

export interface PredecessorOptions {
  readonly registry: Pick<Registry, "manifest" | "blob" | "tags">;
  readonly history: Omit<History, "published">;
  readonly identity: RunIdentity;
  readonly records: RecordRules;
}

/**
 * What the highest tag names that would move to the candidate (`latest` is the highest, then the wider line), so that a patch
 * of an old line is compared with that line; where none would move, what the highest one names; without a mutable tag
 * the newest that is published. @returns `undefined` where nothing is. @throws RegistryError when the registry can't answer.
 */
export async function predecessorOf(
  repository: Repository,
  tags: readonly ImageTag[],
  { registry, history, identity, records }: PredecessorOptions,
): Promise<Predecessor | undefined> {
  const published = () => registry.tags(repository);
  let fallback: Predecessor | undefined;
  for (const tag of highestFirst(tags)) {
    const named = await readPublished(tag.tag, repository, registry, records);
    if (named === undefined) continue;
    const verdict = await judge(tag, named.tagState, undefined, identity, { ...history, published });
    // Without the list of tags the narrowest line is surely the candidate's own.
    if (verdict.kind === "unknown" && identity.release !== undefined) fallback = named;
    else if (verdict.kind !== "stays") return named;
    else fallback ??= named;
  }
  return fallback ?? newest(repository, registry, records);
}

/** Of the tags that move. Rules name the narrower line before the wider one. */
function highestFirst(tags: readonly ImageTag[]): readonly ImageTag[] {
  const moving = tags.filter(({ moves }) => moves).toReversed();
  return [...moving.filter(({ tag }) => tag === "latest"), ...moving.filter(({ tag }) => tag !== "latest")];
}

/** So many tags, the highest by number, are looked at to find the newest. */
const mostTags = 20;

const byNumber = new Intl.Collator("en", { numeric: true });

/** By the time in the records; without any, the highest by number. */
async function newest(
  repository: Repository,
  registry: PredecessorOptions["registry"],
  records: RecordRules,
): Promise<Predecessor | undefined> {
  const all = (await registry.tags(repository)) ?? [];
  const others = all.filter((tag) => !tag.startsWith("src-"));
  const tags = await highest(others, mostTags, byNumber.compare);
  const found = await Promise.all(tags.map((tag) => readPublished(tag, repository, registry, records)));
  const published = found
    .filter((each) => each !== undefined)
    .filter(({ tagState }) => !isPullRequestRef(tagState.record?.ref ?? ""));
  const time = ({ tagState }: Predecessor) => Date.parse(tagState.record?.started ?? "") || 0;
  return published.reduce<Predecessor | undefined>(
    (best, each) => (best === undefined || time(each) > time(best) ? each : best),
    undefined,
  );
}

async function readPublished(
  tag: Tag,
  repository: Repository,
  registry: Pick<Registry, "manifest" | "blob">,
  records: RecordRules,
): Promise<Predecessor | undefined> {
  const stored = await registry.manifest(repository, tag);
  if (stored === undefined) return undefined;
  const tagState = await readTagState(stored, repository, registry, records);
  return { tag, digest: stored.digest, tagState };
}
