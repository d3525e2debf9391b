/** Which digest gets the tags: the one that was asked for, or what the release's immutable tags name already. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Repository, Tag } from "../../model/reference.ts";
import type { StoredManifest } from "../../oci/manifest.ts";
import { missingManifest } from "../../oci/registry/registry-error.ts";
import { withRevision } from "../recorded-index.ts";
import { parseTagState, type TagState } from "../registry-tags/tag-state.ts";
import { releaseClaim } from "../release-claim.ts";
import { needsRevision } from "../revision.ts";
import { notShown, type Promoting } from "./promotion.ts";
import { knownOutcome, orRefused, type Progress, type TagOutcome, withOutcomes } from "./promotion-progress.ts";

export type Subject =
  | { readonly kind: "found"; readonly target: StoredManifest }
  /** `outcomes`: what is known of tags in spite of that. */
  | { readonly kind: "refused"; readonly error: UserError; readonly outcomes: readonly TagOutcome[] };

/** What gets the tags, stored in the repository. */
export function findSubject(promotion: Promoting): Promise<Subject> {
  return orRefused(async (): Promise<Subject> => {
    const { digest } = promotion;
    const released = await releaseSubject(promotion, digest);
    if (released !== undefined) return released;
    const found = await stored(digest, promotion);
    return { kind: "found", target: await revised(found, promotion) };
  }, refused);
}

/** What another run has pushed to the release's tags by now is as much the release as what it pushed before. */
export async function followRelease(progress: Progress, promotion: Promoting): Promise<Progress> {
  const subject = await orRefused(() => releaseSubject(promotion, progress.target.digest), refused);
  if (subject === undefined) return progress;
  if (subject.kind === "found") return { ...progress, target: subject.target };
  return { ...progress, outcomes: withOutcomes(progress, subject.outcomes), error: subject.error };
}

function refused(error: UserError): Subject {
  return { kind: "refused", error, outcomes: [] };
}

/**
 * What the release's immutable tags name, where that is another digest: one release never names two images. It passes the checks of
 * this run first, and other content is refused. @throws RegistryError
 */
async function releaseSubject(promotion: Promoting, own: Digest): Promise<Subject | undefined> {
  const { repository, tags, identity, sourceHash, bakedVersion, history } = promotion;
  const wanted = { tags, identity, sourceHash, bakedVersion, platforms: identity.platforms };
  const readTag = async (tag: Tag) => readable(tag, await promotion.readTag(tag), repository);
  const claim = await releaseClaim(wanted, { readTag, attested: history.attested, own });
  if (claim.kind === "free" || (claim.kind === "same" && claim.tagState.digest === own)) return undefined;
  const digest = claim.kind === "same" ? claim.tagState.digest : claim.digest;
  const why =
    claim.kind === "same"
      ? await promotion.check({ repository, digest, as: "same-content" })
      : new UserError(`that is other content: ${claim.why}`, { hint: claim.hint });
  if (why === undefined) return { kind: "found", target: await stored(digest, promotion) };
  const stays = { kind: "stays", why: "it names another image" } as const;
  const outcomes = tags
    .filter(({ tag }) => tag === claim.tag)
    .map((tag) => knownOutcome(tag, stays, digest, repository));
  return { kind: "refused", error: takenRelease(claim.tag, digest, why, promotion), outcomes };
}

/** @throws RegistryError where only the digest is known. */
function readable(tag: Tag, tagState: TagState | undefined, repository: Repository): TagState | undefined {
  if (tagState?.isUnread && tagState.doubt !== undefined) throw notShown(`${repository}:${tag}`, tagState.digest);
  return tagState;
}

function takenRelease(tag: Tag, digest: Digest, why: UserError, { repository, tags }: Promoting): UserError {
  const others = tags.filter(({ moves }) => moves).map((each) => each.tag);
  const names = new Intl.ListFormat("en").format(others);
  const left = others.length === 0 ? "" : `, and ${names} ${others.length === 1 ? "was" : "were"} not moved to it`;
  const message = `the release's tag ${repository}:${tag} names ${digest}${left}: ${why.message}`;
  return new UserError(message, { hint: why.hint, cause: why });
}

async function stored(digest: Digest, { registry, repository }: Promoting): Promise<StoredManifest> {
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  return found;
}

/** With this run's revision where needed, but not with `attest`, as nobody attested that index. */
async function revised(found: StoredManifest, promotion: Promoting): Promise<StoredManifest> {
  const { identity, history, registry, repository, records, readTag, tags } = promotion;
  const tagState = parseTagState(found, records);
  if (tagState.record === undefined || history.attested !== undefined) return found;
  const moving: readonly ImageTag[] = tags.filter(({ moves }) => moves);
  if (!(await needsRevision(tagState, moving, readTag, { identity, history }))) return found;
  const index = withRevision(found, tagState.record, identity);
  await registry.putManifest(repository, index, index.digest);
  return index;
}
