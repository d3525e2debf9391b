/** Promotion: an existing digest gets its tags. What has a tag is what people pull, so the order is the point here. */

import { UserError } from "../errors.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Repository, Tag } from "../model/reference.ts";
import { gitRef, isPullRequestRef } from "../model/run-context.ts";
import type { StoredManifest } from "../oci/manifest.ts";
import { missingManifest } from "../oci/registry/registry-error.ts";
import { sourceTag } from "../plan/record.ts";
import { tagsOfRelease } from "../plan/version-line.ts";
import { judge, type Verdict } from "./guard.ts";
import {
  begin,
  historyIn,
  notShown,
  overtaken,
  type PromotedTag,
  type Promoting,
  type Promotion,
  type PromotionResult,
  together,
  told,
} from "./promotion.ts";
import { withRevision } from "./recorded-index.ts";
import { needsRevision } from "./revision.ts";
import { claimOf } from "./tags/claimed.ts";
import { moveAll, settle, type Written } from "./tags/move-tags.ts";
import { hasPlatforms, type TagState, tagStateIn } from "./tags/tag-state.ts";

/**
 * Pushes the tags of the digest: exact tags first, then moving ones, `latest` last, and none of a step before all of the step
 * before it are there. So a run that ends anywhere leaves no mutable tag on an image that cannot be named exactly.
 * Never rejects for what is the registry's fault: the result has the tags that were pushed by then, and the error.
 */
export async function promote(asked: Promotion): Promise<PromotionResult> {
  const promotion = begin(asked);
  const done: PromotedTag[] = [];
  let { digest } = promotion;
  try {
    const [exact, moving, latest] = steps(promotion.tags);
    const subject = await subjectIn(promotion, done);
    digest = subject.digest;
    // Side by side, as a registry may take its time to show them.
    await together([putAll(exact, subject, promotion, done), putSourceTag(subject, promotion, exact)]);
    // What another run has put on them by now is as much the release as what it put before.
    const follow = async (own: StoredManifest) => (await claimed(promotion, own.digest, done)) ?? own;
    const target = await follow(subject);
    digest = target.digest;
    const written: Written[] = [];
    written.push(...(await moveAll(moving, target, promotion, done, latest)));
    written.push(...(await moveAll(latest, target, promotion, done, [])));
    digest = (await settle(written, target, promotion, done, follow)).digest;
    return { digest, tags: shown(done, promotion), error: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { digest, tags: shown(done, promotion), error };
  }
}

/**
 * The digest that promotion would tag, stored in the repository. Never rejects for what is the registry's fault, nor where a
 * release is taken: no registry gets tags of it then.
 */
export async function subjectOf(promotion: Promotion): Promise<PromotionResult> {
  const done: PromotedTag[] = [];
  try {
    const { digest } = await subjectIn(begin(promotion), done);
    return { digest, tags: [], error: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { digest: promotion.digest, tags: shown(done, promotion), error };
  }
}

async function subjectIn(promotion: Promoting, done: PromotedTag[]): Promise<StoredManifest> {
  const { registry, repository, digest, tags } = promotion;
  const released = await claimed(promotion, digest, done);
  if (released !== undefined) return released;
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  const moving = tags.filter(({ moves }) => moves);
  return revised(found, moving, promotion);
}

/**
 * What the release's exact tags name, where that is another digest: one release never names two images. It passes the checks of
 * this run first. @throws UserError for other content, and for what doesn't pass.
 */
async function claimed(promotion: Promoting, own: Digest, done: PromotedTag[]): Promise<StoredManifest | undefined> {
  const { registry, repository, tags, identity, sourceHash, bakedVersion, history, tagStates } = promotion;
  const making = { sourceHash, bakedVersion, platforms: identity.platforms };
  const tagStateOf = async (tag: Tag) => readable(tag, await tagStates(tag), repository);
  const claim = await claimOf({ tags, identity, making, tagStateOf, attested: history.attested, own });
  if (claim.kind === "free" || (claim.kind === "same" && claim.tagState.digest === own)) return undefined;
  const digest = claim.kind === "same" ? claim.tagState.digest : claim.digest;
  const refused =
    claim.kind === "same"
      ? await promotion.check({ repository, digest, as: "same-content" })
      : new UserError(`that is other content: ${claim.why}`, { hint: claim.hint });
  if (refused !== undefined) {
    const held: Verdict = { kind: "stays", why: "it names another image" };
    for (const each of tags.filter(({ tag }) => tag === claim.tag)) done.push(told(each, held, digest, promotion));
    throw takenRelease(`${repository}:${claim.tag}`, digest, refused);
  }
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  return found;
}

/** @throws RegistryError where only the digest is known. */
function readable(tag: Tag, tagState: TagState | undefined, repository: Repository): TagState | undefined {
  if (tagState?.isUnread && tagState.doubt !== undefined) throw notShown(`${repository}:${tag}`, tagState.digest);
  return tagState;
}

function takenRelease(name: string, digest: Digest, why: UserError): UserError {
  return new UserError(
    `the release's tag ${name} names ${digest}, and the tags of its line don't follow it: ${why.message}`,
    { hint: why.hint, cause: why },
  );
}

/** Tags of one step may be put side by side. */
function steps(tags: readonly ImageTag[]): readonly [ImageTag[], ImageTag[], ImageTag[]] {
  const isLatest = ({ tag, moves }: ImageTag) => moves && tag === "latest";
  return [
    tags.filter(({ moves }) => !moves),
    tags.filter((each) => each.moves && !isLatest(each)),
    tags.filter(isLatest),
  ];
}

/** The tag of the source hash stays where it is, unless what it names is not what it says. */
async function putSourceTag(subject: StoredManifest, promotion: Promoting, exact: readonly ImageTag[]): Promise<void> {
  const { sourceHash, identity, history, tagStates } = promotion;
  // Nothing that a pull request made is ever found again.
  if (sourceHash === null || isPullRequestRef(identity.ref)) return;
  const tag = sourceTag(sourceHash);
  if (exact.some((each) => each.tag === tag)) return;
  const mayPut = async (): Promise<boolean> => {
    const tagState = await tagStates(tag);
    if (tagState?.digest === subject.digest) return false;
    const isRight = tagState?.record?.sourceHash === sourceHash && hasPlatforms(tagState, identity.platforms);
    return tagState === undefined || !isRight || (await history.attested?.(tagState.digest)) === false;
  };
  // Another run of the same sources may be as quick: what it put there is checked by who finds it.
  if (await mayPut()) await putExact(tag, subject, promotion, mayPut, true);
}

/** The tag of the source hash is nobody's business but ours. */
function shown(tags: readonly PromotedTag[], { tags: asked }: Promotion): readonly PromotedTag[] {
  const names = new Set(asked.map(({ tag }) => tag));
  return tags.filter(({ tag }) => names.has(tag));
}

/** The digest to tag: with this run's revision where needed, but not with `attest`, as nobody attested that index. */
async function revised(
  found: StoredManifest,
  moving: readonly ImageTag[],
  { identity, history, registry, repository, records, tagStates }: Promoting,
): Promise<StoredManifest> {
  const tagState: TagState = tagStateIn(found, records);
  if (tagState.record === undefined || history.attested !== undefined) return found;
  if (!(await needsRevision(tagState, moving, tagStates, { identity, history }))) return found;
  const index = withRevision(found, tagState.record, identity);
  await registry.putManifest(repository, index, index.digest);
  return index;
}

async function putAll(
  tags: readonly ImageTag[],
  subject: StoredManifest,
  promotion: Promoting,
  done: PromotedTag[],
): Promise<void> {
  await together(
    tags.map(async (tag) => {
      const judged = async () => {
        const tagState = await promotion.tagStates(tag.tag);
        const verdict = await judge(tag, tagState, subject.digest, promotion.identity, historyIn(promotion));
        return { tagState, verdict, isOpen: verdict.kind === "free" || verdict.kind === "moves" };
      };
      const { tagState, verdict, isOpen } = await judged();
      if (!isOpen) {
        done.push(told(tag, verdict, tagState?.digest ?? subject.digest, promotion));
        return;
      }
      const mayPut = async () => (await judged()).isOpen;
      const now = await putExact(tag.tag, subject, promotion, mayPut, isOfRelease(tag, promotion));
      if (now !== subject.digest) {
        done.push(told(tag, { kind: "stays", why: "another run pushed its image there" }, now, promotion));
        return;
      }
      done.push(told(tag, verdict, subject.digest, promotion));
    }),
  );
}

/**
 * @param mayPut whether it may be put once more: what it named before is all that there is to see after a minute.
 * @param mayDiffer a release's tag: what another run puts there is looked at next.
 * @returns what it names then.
 */
async function putExact(
  tag: Tag,
  subject: StoredManifest,
  promotion: Promoting,
  mayPut: () => Promise<boolean>,
  mayDiffer: boolean,
): Promise<Digest> {
  const { access } = promotion;
  for (;;) {
    await access.put(subject, tag);
    let now = await access.read(tag);
    if (access.isNoNews(tag, now)) {
      if (await mayPut()) continue;
      now = await access.read(tag);
    }
    if (now === subject.digest) return now;
    if (now === undefined || !mayDiffer) throw overtaken(tag, subject.digest, now, promotion);
    return now;
  }
}

function isOfRelease({ tag }: ImageTag, { tags, identity }: Promotion): boolean {
  const { kind, name } = gitRef(identity.ref);
  return tagsOfRelease(tags, identity.release, kind === "tag" ? name : undefined).includes(tag);
}
