/** A registry's repository as one run reads it: each tag once. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { type History, judge, type Mover, type Verdict } from "../guard.ts";
import { type Holding, type RecordRules, readHolding } from "./holding.ts";

/** One repository, each tag read once. */
export interface View {
  readonly repository: Repository;
  readonly history: History;
  holder(tag: Tag): Promise<Holding | undefined>;
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
  { mover }: { readonly mover: Mover },
  { registry, history: commits, records }: ViewOptions,
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
      return found && readHolding(found, repository, registry, records);
    });
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
