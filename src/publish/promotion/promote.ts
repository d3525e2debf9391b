/** Promotion: an existing digest gets its tags. What has a tag is what people pull, so the order is the point here. */
import type { ImageTag } from "../../model/image-tags.ts";
import { moveTags, settle } from "./move-tags.ts";
import { begin, type Promotion, type PromotionResult } from "./promotion.ts";
import { type Progress, promotionResult } from "./promotion-progress.ts";
import { pushExactTags } from "./push-exact-tags.ts";
import { findSubject, followRelease } from "./subject.ts";

/**
 * Pushes the tags of the digest: immutable tags first, then mutable ones, `latest` last, and none of a step before all of the step
 * before it are there. So a run that ends anywhere leaves no mutable tag on an image that cannot be named exactly.
 * Never rejects for what is the registry's fault: the result has the tags that were pushed by then, and the error.
 */
export async function promote(asked: Promotion): Promise<PromotionResult> {
  const promotion = begin(asked);
  const subject = await findSubject(promotion);
  if (subject.kind === "refused") return promotionResult(subject, asked.digest);
  const [exact, mutable, latest] = inOrder(promotion.tags);
  const steps: readonly ((progress: Progress) => Promise<Progress>)[] = [
    (progress) => pushExactTags(exact, progress, promotion),
    (progress) => followRelease(progress, promotion),
    (progress) => moveTags(mutable, latest, progress, promotion),
    (progress) => moveTags(latest, [], progress, promotion),
    (progress) => settle(progress, promotion),
  ];
  let progress: Progress = { target: subject.target, outcomes: [], error: undefined };
  for (const step of steps) {
    if (progress.error === undefined) progress = await step(progress);
  }
  return promotionResult(progress, progress.target.digest);
}

/**
 * The digest that promotion would tag, stored in the repository. Never rejects for what is the registry's fault, nor where a
 * release is taken: no registry gets tags of it then.
 */
export async function subjectOf(promotion: Promotion): Promise<PromotionResult> {
  const subject = await findSubject(begin(promotion));
  if (subject.kind === "found") return { digest: subject.target.digest, tags: [], error: undefined };
  return promotionResult(subject, promotion.digest);
}

/** Tags of one step may be pushed side by side. */
function inOrder(tags: readonly ImageTag[]): readonly [ImageTag[], ImageTag[], ImageTag[]] {
  const isLatest = ({ tag, moves }: ImageTag) => moves && tag === "latest";
  return [
    tags.filter(({ moves }) => !moves),
    tags.filter((each) => each.moves && !isLatest(each)),
    tags.filter(isLatest),
  ];
}
