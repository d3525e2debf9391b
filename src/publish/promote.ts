/** Promotion: an existing digest gets its tags. What has a tag is what people pull, so the order is the point here. */
import { isPullRequestRef } from "../context/run-context.ts";
import { UserError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import type { StoredManifest } from "../oci/manifest.ts";
import { missingManifest } from "../oci/registry-error.ts";
import { sourceTag } from "../plan/record.ts";
import type { ImageTag } from "../tags/image-tags.ts";
import { judge } from "./guard.ts";
import { holdingOf } from "./holding.ts";
import { moveAll, settle, type Written } from "./move-tags.ts";
import {
  type HolderOf,
  historyIn,
  holdersIn,
  overtaken,
  type PromotedTag,
  type Promotion,
  type PromotionResult,
  put,
  together,
  told,
} from "./promotion.ts";
import { withRevision } from "./recorded-index.ts";

/**
 * Puts the tags on the digest: exact tags first, then moving ones, `latest` last, and none of a step before all of the step
 * before it are there. So a run that ends anywhere leaves no moving tag on an image that cannot be named exactly.
 * Never rejects for what is the registry's fault: tags that were put by then are told with the error.
 */
export async function promote(promotion: Promotion): Promise<PromotionResult> {
  const done: PromotedTag[] = [];
  let digest = promotion.digest;
  try {
    const { registry, repository } = promotion;
    const found = await registry.manifest(repository, promotion.digest);
    if (found === undefined) throw missingManifest(repository, promotion.digest);
    const [exact, moving, latest] = steps(promotion.tags);
    const holders = holdersIn(promotion);
    const subject = await revised(found, [...moving, ...latest], holders, promotion);
    digest = subject.digest;
    await putAll([...exact, ...sourceTags(promotion, exact)], subject, holders, promotion, done);
    const target = await moved(subject, promotion);
    digest = target.digest;
    const written: Written[] = [];
    for (const step of [moving, latest]) written.push(...(await moveAll(step, target, promotion, done)));
    await settle(written, target, promotion, done);
    return { digest, tags: shown(done, promotion), error: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { digest, tags: shown(done, promotion), error };
  }
}

/** What promotion would put the tags on, stored in the repository. Where that can't be told, the digest: promotion tells why. */
export async function subjectOf(promotion: Promotion): Promise<Digest> {
  const { registry, repository, digest, tags } = promotion;
  try {
    const found = await registry.manifest(repository, digest);
    if (found === undefined) return digest;
    const moving = tags.filter(({ moves }) => moves);
    return (await revised(found, moving, holdersIn(promotion), promotion)).digest;
  } catch (error) {
    if (error instanceof UserError) return digest;
    throw error;
  }
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

function sourceTags({ sourceHash, mover }: Promotion, exact: readonly ImageTag[]): readonly ImageTag[] {
  // Nothing that a pull request made is ever found again.
  if (sourceHash === null || isPullRequestRef(mover.ref)) return [];
  const tag = sourceTag(sourceHash);
  return exact.some((each) => each.tag === tag) ? [] : [{ tag, moves: false, of: "content" }];
}

/** The tag of the source hash is nobody's business but ours. */
function shown(tags: readonly PromotedTag[], { tags: asked }: Promotion): readonly PromotedTag[] {
  const names = new Set(asked.map(({ tag }) => tag));
  return tags.filter(({ tag }) => names.has(tag));
}

/**
 * What the tags are put on. Bytes that were published for an earlier commit, as after a revert, would let a slow run of a
 * commit in between pass for newer: where a moving tag holds such a commit's image, they get an index with this run's revision.
 */
async function revised(
  found: StoredManifest,
  moving: readonly ImageTag[],
  holderOf: HolderOf,
  { mover, history, registry, repository }: Promotion,
): Promise<StoredManifest> {
  const { record } = holdingOf(found);
  if (record === undefined || record.revision === mover.commit || mover.release || mover.mayGoBack) return found;
  for (const { tag } of moving) {
    const holder = await holderOf(tag);
    if (holder?.revision === undefined || holder.digest === found.digest) continue;
    const position = await history.position(record.revision, holder.revision);
    if (position === "descends" || position === "same") continue;
    const index = withRevision(found, record, mover);
    await registry.putManifest(repository, index, index.digest);
    return index;
  }
  return found;
}

async function putAll(
  tags: readonly ImageTag[],
  subject: StoredManifest,
  holderOf: HolderOf,
  promotion: Promotion,
  done: PromotedTag[],
): Promise<void> {
  await together(
    tags.map(async (tag) => {
      const holder = await holderOf(tag.tag);
      const verdict = await judge(tag, holder, subject.digest, promotion.mover, historyIn(promotion));
      const digest = holder?.digest ?? subject.digest;
      if (verdict.kind === "there" || verdict.kind === "stays" || verdict.kind === "unknown") {
        done.push(told(tag, verdict, digest, promotion));
        return;
      }
      await put(subject, tag.tag, promotion);
      const now = await promotion.registry.head(promotion.repository, tag.tag);
      if (now !== subject.digest) throw overtaken(tag.tag, subject.digest, now, promotion);
      done.push(told(tag, verdict, subject.digest, promotion));
    }),
  );
}

/** Where a release's exact tag names other bytes, the tags that move follow it: one release never names two images. */
async function moved(subject: StoredManifest, { mover, registry, repository }: Promotion): Promise<StoredManifest> {
  if (mover.release === undefined) return subject;
  const found = await registry.manifest(repository, mover.release.tag);
  return found ?? subject;
}
