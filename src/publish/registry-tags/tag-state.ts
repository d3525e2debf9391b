/** What a tag of a registry holds. */

import type { Digest } from "../../model/digest.ts";
import type { Platform } from "../../model/platform.ts";
import type { Repository } from "../../model/reference.ts";
import { type Commit, isCommit, isPullRequestRef } from "../../model/run-context.ts";
import type { StoredManifest } from "../../oci/manifest.ts";
import { platformsOf } from "../../oci/manifest.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { missingManifest, RegistryError } from "../../oci/registry/registry-error.ts";
import { type PublicationRecord, readRecord } from "../../plan/record.ts";

/** Whose records are trusted. Anybody who may push can write one: it is a claim. */
export interface RecordRules {
  /** `owner/repo` of the event's repository; `undefined` on a laptop whose checkout has no remote: then any is as good. */
  readonly repository: string | undefined;
  readonly now: () => Date;
}

export interface TagState {
  readonly digest: Digest;
  /** Of an index, attestations left out; of a lone manifest none, as its platform stands elsewhere. */
  readonly platforms: readonly Platform[];
  /** `undefined`: there is none, or none that is trusted. */
  readonly record: PublicationRecord | undefined;
  /** The commit that it was made from, by its record, else by the annotation that others write as well. */
  readonly revision: Commit | undefined;
  /** Why its record is not trusted, a clause. */
  readonly doubt?: string;
  /** The commit is the one of a label, which an image inherits from its base. */
  readonly isLabel?: true;
  /** The registry doesn't have what would name the commit: which one it is is unknown. */
  readonly isUnread?: true;
}

/** Of a digest that a tag names, and of which nothing more could be read. */
export function unreadTagState(digest: Digest): TagState {
  const doubt = "the registry names its digest, and doesn't have it";
  return { digest, platforms: [], record: undefined, revision: undefined, doubt, isUnread: true };
}

/**
 * The same, with what others than we write: where neither record nor annotation names a commit, the label of one platform's
 * config does, as docker's own actions set it. Two more requests, for such images alone.
 */
export async function readTagState(
  stored: StoredManifest,
  repository: Repository,
  registry: Pick<Registry, "manifest" | "blob">,
  rules: RecordRules,
): Promise<TagState> {
  const tagState = parseTagState(stored, rules);
  if (tagState.revision !== undefined || tagState.doubt !== undefined) return tagState;
  const labels = await labelsOf(stored, repository, registry).catch(unlessMissing);
  if (labels === undefined) return { ...tagState, isUnread: true };
  // Those of a base name its own source; without one nobody knows whose they are.
  const revision = labels[source] === undefined ? undefined : revisionOf(labels, rules);
  return revision === undefined ? tagState : { ...tagState, revision, isLabel: true };
}

const source = "org.opencontainers.image.source";

function unlessMissing(error: unknown): undefined {
  if (error instanceof RegistryError && error.code === "missing") return;
  throw error;
}

/** The labels of an image's first platform. @throws RegistryError */
export async function labelsOf(
  { document }: StoredManifest,
  repository: Repository,
  registry: Pick<Registry, "manifest" | "blob">,
): Promise<Readonly<Record<string, string>>> {
  const [first] = document.kind === "index" ? platformsOf(document) : [];
  const image = first === undefined ? document : await documentOf(first.manifest.digest, repository, registry);
  return image.kind === "manifest" ? labelsIn(await registry.blob(repository, image.config)) : {};
}

async function documentOf(
  digest: Digest,
  repository: Repository,
  registry: Pick<Registry, "manifest">,
): Promise<StoredManifest["document"]> {
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  return found.document;
}

/** The labels in an image's config, as far as they are texts. Whatever else it is has none. */
function labelsIn(config: Uint8Array): Readonly<Record<string, string>> {
  try {
    const parsed = JSON.parse(new TextDecoder().decode(config)) as Record<string, Record<string, unknown>> | null;
    const labels = Object.entries((parsed?.config?.Labels as Record<string, unknown> | null | undefined) ?? {});
    return Object.fromEntries(labels.filter((each): each is [string, string] => typeof each[1] === "string"));
  } catch {
    return {};
  }
}

/** The commit that labels or annotations name; `undefined` where they are those of another repository. */
function revisionOf(texts: Readonly<Record<string, string>>, rules: RecordRules): Commit | undefined {
  const revision = texts["org.opencontainers.image.revision"];
  const from = texts[source];
  return isCommit(revision) && (from === undefined || isSourceOf(from, rules)) ? revision : undefined;
}

/** Whether the address of a source is one of the repository: `https://github.com/o/r`, also with `.git`, or of a folder in it. */
function isSourceOf(address: string, { repository }: RecordRules): boolean {
  const path = URL.parse(address)?.pathname.split("/").slice(1, 3).join("/") ?? "";
  return isSameRepository(path.replace(/\.git$/, ""), repository);
}

function isSameRepository(one: string, other: string | undefined): boolean {
  return other === undefined || one.toLowerCase() === other.toLowerCase();
}

/** A record is an index's: a manifest with such annotations has them from elsewhere. */
export function parseTagState({ digest, document }: StoredManifest, rules: RecordRules): TagState {
  const { annotations } = document;
  const claim = document.kind === "index" ? readRecord(annotations) : undefined;
  const doubt = claim && whyDoubted(claim, rules);
  return {
    digest,
    platforms: document.kind === "index" ? platformsOf(document).map(({ platform }) => platform) : [],
    ...(doubt === undefined
      ? { record: claim, revision: claim?.revision ?? revisionOf(annotations, rules) }
      : { record: undefined, revision: undefined, doubt }),
  };
}

/** How far clocks of runners may be apart, in milliseconds. */
const mostAhead = 3_600_000;

function whyDoubted({ repository, started }: PublicationRecord, rules: RecordRules): string | undefined {
  if (repository !== null && !isSameRepository(repository, rules.repository)) {
    return "its record names another repository";
  }
  const isFuture = started !== null && Date.parse(started) > rules.now().getTime() + mostAhead;
  return isFuture ? "its record names a time in the future" : undefined;
}

/** The sources and settings of an image. */
export interface Making {
  /** `null`: it can't be named, and so is like nothing that was made before. */
  readonly sourceHash: string | null;
  readonly platforms: readonly Platform[];
  readonly bakedVersion: string | null;
}

/** Whether it was made from the same, with the same version baked in, and by no pull request. */
export function isMadeOf(tagState: TagState, making: Making): boolean {
  return otherContent(tagState, making) === undefined;
}

/** Why it is other content than what would be made of these sources; a clause. `undefined`: it is the same. */
export function otherContent(tagState: TagState, { sourceHash, platforms, bakedVersion }: Making): string | undefined {
  const { record, doubt, revision } = tagState;
  if (record === undefined) return doubt ?? "it has no record of its sources";
  if (sourceHash === null) return "the sources of this run can't be named";
  const at = revision === undefined ? "" : `, at ${revision.slice(0, 7)}`;
  if (record.sourceHash !== sourceHash) return `it was made from other sources${at}`;
  if (isPullRequestRef(record.ref)) return "a pull request made it";
  if (record.bakedVersion !== bakedVersion) return "it has another version in its bytes";
  return missingPlatform(tagState, platforms);
}

/** Why an index isn't enough, a clause; `undefined`: it has all platforms that are wanted. */
export function missingPlatform(tagState: TagState, wanted: readonly Platform[]): string | undefined {
  return hasPlatforms(tagState, wanted) ? undefined : "it is missing a platform that is wanted";
}

/** Whether an index has all platforms that are wanted. */
export function hasPlatforms({ platforms }: TagState, wanted: readonly Platform[]): boolean {
  return wanted.every((each) => platforms.includes(each));
}
