/** A registry's repository as one run reads it: each tag once. */
import { UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Repository, Tag } from "../model/reference.ts";
import type { Registry } from "../oci/registry/registry-client.ts";
import { type History, judge, type RunIdentity, type Verdict } from "./guard.ts";
import type { ReadTag } from "./registry-tags/read-tag.ts";
import { type RecordRules, readTagState, type TagState } from "./registry-tags/tag-state.ts";

/** One repository, each tag read once. */
export interface View {
  readonly repository: Repository;
  readonly history: History;
  readonly readTag: ReadTag;
  judge(tag: ImageTag, digest: Digest): Promise<Verdict>;
}

export interface ViewOptions {
  readonly registry: Registry;
  readonly history: Omit<History, "published">;
  readonly records: RecordRules;
}

/** @param isCopy what is unknown counts as missing. */
export function viewOf(
  repository: Repository,
  { identity }: { readonly identity: RunIdentity },
  { registry, history: commits, records }: ViewOptions,
  isCopy = false,
): View {
  const states = new Map<Tag, Promise<TagState | undefined>>();
  const read = async (tag: Tag) => {
    const found = await registry.manifest(repository, tag);
    return found && readTagState(found, repository, registry, records);
  };
  const readTag = (tag: Tag) => {
    const state = states.get(tag) ?? read(tag);
    states.set(tag, state);
    return state;
  };
  let published: Promise<readonly Tag[] | undefined> | undefined;
  const history: History = {
    ...commits,
    published: () => {
      published ??= registry.tags(repository);
      return published;
    },
  };
  return {
    repository,
    history,
    readTag,
    async judge(tag, digest) {
      try {
        // Most tags name what they should, which the cheapest request shows.
        if (!states.has(tag.tag) && (await registry.head(repository, tag.tag)) === digest) return { kind: "there" };
        return await judge(tag, await readTag(tag.tag), digest, identity, history);
      } catch (error) {
        if (isCopy && error instanceof UserError) return { kind: "free" };
        throw error;
      }
    },
  };
}
