/** What a promotion is about, and what its steps share. */
import type { UserError } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { RegistryError } from "../../oci/registry/registry-error.ts";
import type { Clock } from "../../ports.ts";
import type { History, RunIdentity } from "../guard.ts";
import { type ReadTag, tagReader } from "../registry-tags/read-tag.ts";
import { type TagAccess, tagAccess } from "../registry-tags/tag-access.ts";
import type { RecordRules } from "../registry-tags/tag-state.ts";

export interface Promotion {
  readonly registry: Registry;
  readonly clock: Clock;
  /** It must hold the digest. */
  readonly repository: Repository;
  readonly digest: Digest;
  readonly tags: readonly ImageTag[];
  /** The tag of the source hash is pushed as well, where it is free; `null`: there is none. */
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

/** A digest that another run pushed where this one finds it. */
export interface FoundDigest {
  readonly repository: Repository;
  readonly digest: Digest;
  /** What it has to be: made of the sources of this run, or a higher release of this repository. */
  readonly as: "same-content" | "higher-release";
}

export interface PromotedTag {
  readonly repository: Repository;
  readonly tag: Tag;
  /** `held`: it was not updated. */
  readonly outcome: "put" | "already-there" | "held";
  /** What it names now. */
  readonly digest: Digest;
  /** Why it was not updated, or a remark on its move; a clause. */
  readonly because?: string;
}

export interface PromotionResult {
  /** The digest that was tagged: the promoted one, or another index of the same manifests that bears this run's revision. */
  readonly digest: Digest;
  /** Each tag of which is known what it names, at most once, in the order of promotion. */
  readonly tags: readonly PromotedTag[];
  /** Why tags are missing; the next run pushes them. */
  readonly error: UserError | undefined;
}

/** A promotion that has begun. */
export interface Promoting extends Promotion {
  readonly access: TagAccess;
  /** Reads each tag when it is needed, and the record of a digest once. */
  readonly readTag: ReadTag;
}

export function begin(promotion: Promotion): Promoting {
  // Several tags may wait for the same.
  const onWait = memoize(promotion.onWait);
  const access = tagAccess({ ...promotion, onWait });
  return { ...promotion, onWait, access, readTag: tagReader(access, { ...promotion, onWait }) };
}

export function historyIn({ history, access, tags }: Promoting): History {
  const own = tags.map(({ tag }) => tag);
  return { ...history, published: (named) => access.list([...own, ...named]) };
}

/** The registry refers to something that it doesn't have after a minute either. */
export function notShown(name: string, digest: Digest | undefined): RegistryError {
  const what = digest === undefined ? "is listed" : `names ${digest}`;
  return new RegistryError("invalid", `${name} ${what}, and the registry doesn't have it`, {
    hint: "run again once the registry has it; if something deleted it, delete the tag in the registry as well",
  });
}

/** @param what a sentence without a full stop. */
export function overtaken(what: string): RegistryError {
  return new RegistryError("invalid", what, {
    hint: "another run may publish at the same time: give the workflow a `concurrency` group, and run again",
  });
}
