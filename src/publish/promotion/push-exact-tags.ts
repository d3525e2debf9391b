/** Immutable tags: each is pushed where it is free, and read again, as a registry can't compare and swap. */
import type { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Tag } from "../../model/reference.ts";
import { gitRef, isPullRequestRef } from "../../model/run-context.ts";
import type { StoredManifest } from "../../oci/manifest.ts";
import { sourceTag } from "../../plan/record.ts";
import { tagsOfRelease } from "../../plan/version-line.ts";
import { judge } from "../guard.ts";
import { hasPlatforms } from "../registry-tags/tag-state.ts";
import { historyIn, overtaken, type Promoting } from "./promotion.ts";
import {
  errorIn,
  knownOutcome,
  orFailed,
  orRefused,
  type Progress,
  type TagOutcome,
  withOutcomes,
} from "./promotion-progress.ts";

/** Side by side with the tag of the source hash, as a registry may take its time to show them. */
export async function pushExactTags(
  tags: readonly ImageTag[],
  progress: Progress,
  promotion: Promoting,
): Promise<Progress> {
  const { target } = progress;
  const pushes = tags.map((tag) => orFailed(tag, undefined, () => pushExactTag(tag, target, promotion)));
  const source = orRefused<UserError | undefined>(
    () => pushSourceTag(target, tags, promotion),
    (error) => error,
  );
  const [outcomes, refusal] = await Promise.all([Promise.all(pushes), source]);
  const error = errorIn(outcomes, [], promotion.repository) ?? refusal;
  return { target, outcomes: withOutcomes(progress, outcomes), error };
}

async function pushExactTag(tag: ImageTag, target: StoredManifest, promotion: Promoting): Promise<TagOutcome> {
  const { repository, identity } = promotion;
  const judged = async () => {
    const tagState = await promotion.readTag(tag.tag);
    return { tagState, verdict: await judge(tag, tagState, target.digest, identity, historyIn(promotion)) };
  };
  const { tagState, verdict } = await judged();
  if (verdict.kind === "unknown") return { kind: "unknown", tag, why: verdict.why, hint: verdict.hint };
  if (verdict.kind === "there" || verdict.kind === "stays")
    return knownOutcome(tag, verdict, tagState?.digest ?? target.digest, repository);
  const mayPush = async () => ["free", "moves"].includes((await judged()).verdict.kind);
  const named = await push(tag.tag, target, promotion, mayPush);
  if (named === target.digest) return knownOutcome(tag, verdict, target.digest, repository);
  if (named === undefined || !isOfRelease(tag, promotion)) throw overwritten(tag.tag, target.digest, named, promotion);
  // Which image the release is by now is looked at next.
  return knownOutcome(tag, { kind: "stays", why: "another run pushed its image there" }, named, repository);
}

/** The tag of the source hash stays where it is, unless what it names is not what it says. */
async function pushSourceTag(
  target: StoredManifest,
  exact: readonly ImageTag[],
  promotion: Promoting,
): Promise<undefined> {
  const { sourceHash, identity, history } = promotion;
  // What a pull request made is never found again.
  if (sourceHash === null || isPullRequestRef(identity.ref)) return;
  const tag = sourceTag(sourceHash);
  if (exact.some((each) => each.tag === tag)) return;
  const mayPush = async (): Promise<boolean> => {
    const tagState = await promotion.readTag(tag);
    if (tagState?.digest === target.digest) return false;
    const isRight = tagState?.record?.sourceHash === sourceHash && hasPlatforms(tagState, identity.platforms);
    return tagState === undefined || !isRight || (await history.attested?.(tagState.digest)) === false;
  };
  if (!(await mayPush())) return;
  // Another run of the same sources may be as quick: who finds its image there checks it.
  const named = await push(tag, target, promotion, mayPush);
  if (named === undefined) throw overwritten(tag, target.digest, named, promotion);
}

/**
 * @param mayPush whether it may be pushed once more: the registry shows nothing for a minute but what was there before.
 * @returns what it names then.
 */
async function push(
  tag: Tag,
  target: StoredManifest,
  { access }: Promoting,
  mayPush: () => Promise<boolean>,
): Promise<Digest | undefined> {
  for (;;) {
    await access.push(target, tag);
    const named = await access.read(tag);
    if (!access.isFromBefore(tag, named)) return named;
    if (!(await mayPush())) return access.read(tag);
  }
}

function overwritten(tag: Tag, digest: Digest, now: Digest | undefined, { repository }: Promoting) {
  return overtaken(`${repository}:${tag} was pushed as ${digest}, and now ${now ? `names ${now}` : "isn't there"}`);
}

function isOfRelease({ tag }: ImageTag, { tags, identity }: Promoting): boolean {
  const { kind, name } = gitRef(identity.ref);
  return tagsOfRelease(tags, identity.release, kind === "tag" ? name : undefined).includes(tag);
}
