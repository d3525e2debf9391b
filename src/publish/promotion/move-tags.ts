/**
 * Tags that move. A registry can't compare and swap: each is read directly before it is pushed, and again after more than the time
 * in which another run may have read what was there before; then the newer one pushes its own again.
 */
import { UserError } from "../../errors.ts";
import { formatDuration } from "../../lib/quantities.ts";
import { retryUntil } from "../../lib/retry.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Tag } from "../../model/reference.ts";
import type { StoredManifest } from "../../oci/manifest.ts";
import type { PublishedRelease } from "../../plan/version-line.ts";
import { judge, type Verdict } from "../guard.ts";
import { whileLate } from "../registry-tags/late-registry.ts";
import type { TagState } from "../registry-tags/tag-state.ts";
import { historyIn, notShown, overtaken, type Promoting } from "./promotion.ts";
import {
  errorIn,
  knownOutcome,
  orFailed,
  type Progress,
  type TagOutcome,
  type TagPush,
  withOutcomes,
} from "./promotion-progress.ts";
import { followRelease } from "./subject.ts";

/** @param later tags of steps to come, which stay as well where it is unknown whether one of these may move. */
export async function moveTags(
  tags: readonly ImageTag[],
  later: readonly ImageTag[],
  progress: Progress,
  promotion: Promoting,
): Promise<Progress> {
  const { target } = progress;
  const outcomes = await Promise.all(
    tags.map((tag) => orFailed(tag, undefined, () => moveTag(tag, target, promotion))),
  );
  const error = errorIn(outcomes, later, promotion.repository);
  return { target, outcomes: withOutcomes(progress, outcomes), error };
}

async function moveTag(tag: ImageTag, target: StoredManifest, promotion: Promoting): Promise<TagOutcome> {
  const { access, clock, repository } = promotion;
  const { tagState, verdict, isSteady, since } = await retryUntil(
    () => lookBeforeMove(tag, target.digest, promotion),
    (look) => look.isSteady,
    { attempts: mostRounds + 1, wait: (looks) => pauseBetween * (looks - 1) },
    { clock },
  );
  if (verdict.kind === "unknown") return { kind: "unknown", tag, why: verdict.why, hint: verdict.hint };
  if (verdict.kind === "there" || verdict.kind === "stays")
    return knownOutcome(tag, verdict, tagState?.digest ?? target.digest, repository);
  if (!isSteady) {
    throw overtaken(
      `${repository}:${tag.tag} was not moved to ${target.digest}: it named another image each time it was read`,
    );
  }
  await access.push(target, tag.tag);
  return knownOutcome(tag, verdict, target.digest, repository, pushedJustNow(since, promotion));
}

/** More rounds than runs that could publish at once. */
const mostRounds = 8;

/** A registry of several machines may answer in turn what it was and what it is: milliseconds, more each time. */
const pauseBetween = 250;

interface Look {
  readonly tagState: TagState | undefined;
  readonly verdict: Verdict;
  /** The tag won't be pushed, or still names what was judged. */
  readonly isSteady: boolean;
  /** When what it names was read the last time, in milliseconds. */
  readonly since: number;
}

async function lookBeforeMove(tag: ImageTag, digest: Digest, promotion: Promoting): Promise<Look> {
  const { access, clock, identity, readTag } = promotion;
  const tagState = await readTag(tag.tag);
  const verdict = await judge(tag, tagState, digest, identity, historyIn(promotion));
  const since = clock.now().getTime();
  const wouldMove = verdict.kind === "free" || verdict.kind === "moves";
  // The verdict may have taken long: what counts is what the tag names now.
  const isSteady = !wouldMove || (await access.read(tag.tag)) === tagState?.digest;
  return { tagState, verdict, isSteady, since };
}

function pushedJustNow(since: number, { clock }: Promoting): TagPush {
  const at = clock.now().getTime();
  return { window: at - since, at, late: 0 };
}

type Pushed = TagOutcome & { readonly kind: "known"; readonly push: TagPush };

function isPushed(outcome: TagOutcome): outcome is Pushed {
  return outcome.kind === "known" && outcome.push !== undefined;
}

/** Reads tags again after they were pushed, once another run that read the state before has pushed its own. */
export async function settle(start: Progress, promotion: Promoting): Promise<Progress> {
  const { clock, repository, onWait } = promotion;
  let progress = start;
  for (let round = 0; ; round++) {
    const open = progress.outcomes.filter(isPushed);
    const [first] = open;
    if (first === undefined) return progress;
    if (round === mostRounds) return { ...progress, error: neverSettled(first.tag.tag, progress, promotion) };
    const pause = pauseBeforeReading(
      open.map(({ push }) => push),
      clock.now().getTime(),
    );
    if (pause >= 5_000) onWait(`${repository} shows tags late: they are read again in ${formatDuration(pause / 1000)}`);
    await clock.sleep(pause);
    progress = await followRelease(progress, promotion);
    if (progress.error !== undefined) return progress;
    const { target } = progress;
    const outcomes = await Promise.all(open.map((each) => settleTag(each, target, promotion)));
    const error = errorIn(outcomes, [], repository);
    progress = { target, outcomes: withOutcomes(progress, outcomes), error };
    if (error !== undefined) return progress;
  }
}

/**
 * How long others may still push tags that they decided on by the state before. A registry that shows tags late shows them that
 * state for as long, and their own tags as late.
 */
function pauseBeforeReading(pushes: readonly TagPush[], now: number): number {
  const ends = pushes.map(({ window, at, late }) => 2 * window + (late === 0 ? 0 : Math.max(0, at + 2 * late - now)));
  return Math.max(...ends) + 1;
}

/** Settled, or to be read again: it was pushed again, or the registry is later than was known. */
function settleTag(outcome: Pushed, target: StoredManifest, promotion: Promoting): Promise<TagOutcome> {
  const { tag, result } = outcome;
  return orFailed(tag, result, async () => {
    const tagState = await promotion.readTag(tag.tag);
    const verdict = await judge(tag, tagState, undefined, promotion.identity, historyIn(promotion));
    const isRight = tagState?.digest === target.digest && higherThan(verdict) === undefined;
    if (isRight) return settled(outcome, outcome.push, promotion);
    return orFailed(tag, undefined, () => corrected(outcome, { tagState, verdict }, target, promotion));
  });
}

/** The published release because of which a tag stays. */
function higherThan(verdict: Verdict): PublishedRelease | undefined {
  return verdict.kind === "stays" ? verdict.higher : undefined;
}

/** Where the registry was late, others may have seen for as long what was there before, and what they push then is as late. */
function settled(outcome: TagOutcome & { readonly kind: "known" }, push: TagPush, { access }: Promoting): TagOutcome {
  const late = access.lateness();
  return { ...outcome, push: late > push.late ? { ...push, late } : undefined };
}

/** Another run's image is there, or a higher release is published. */
async function corrected(
  { tag, push }: Pushed,
  { tagState, verdict }: Pick<Look, "tagState" | "verdict">,
  target: StoredManifest,
  promotion: Promoting,
): Promise<TagOutcome> {
  const { repository, clock, access } = promotion;
  if (verdict.kind === "unknown") return { kind: "unknown", tag, why: verdict.why, hint: verdict.hint };
  if (verdict.kind === "free" || verdict.kind === "moves") {
    const moved = await moveTag(tag, target, promotion);
    return moved.kind === "known" && moved.push === undefined ? settled(moved, push, promotion) : moved;
  }
  // A higher release is published, whose own run saw the tag before it was pushed here: the tag goes where it belongs.
  const higher = higherThan(verdict);
  const better = higher && (await listedRelease(higher, promotion));
  if (better === undefined || better.digest === tagState?.digest)
    return knownOutcome(tag, verdict, tagState?.digest ?? target.digest, repository);
  const refused = await promotion.check({ repository, digest: better.digest, as: "higher-release" });
  if (refused !== undefined) throw untrustedRelease(tag.tag, higher?.version ?? "", target.digest, refused, promotion);
  const since = clock.now().getTime();
  await access.push(better, tag.tag);
  return knownOutcome(tag, verdict, better.digest, repository, pushedJustNow(since, promotion));
}

/** What a release that the registry lists names. @throws RegistryError where it isn't there within a minute. */
async function listedRelease(
  { tag }: PublishedRelease,
  { registry, repository, clock, onWait }: Promoting,
): Promise<StoredManifest> {
  const found = await retryUntil(
    () => registry.manifest(repository, tag),
    (answer) => answer !== undefined,
    whileLate,
    { clock, onSlow: () => onWait(`${repository}:${tag} is listed, and the registry doesn't show it yet`) },
  );
  if (found === undefined) throw notShown(`${repository}:${tag}`, undefined);
  return found;
}

function untrustedRelease(
  tag: Tag,
  version: string,
  digest: Digest,
  why: UserError,
  { repository }: Promoting,
): UserError {
  const message = `${repository}:${tag} names ${digest}, as the higher release ${version} can't get it: ${why.message}`;
  return new UserError(message, { hint: why.hint, cause: why });
}

function neverSettled(tag: Tag, { target }: Progress, { repository }: Promoting): UserError {
  return overtaken(
    `${repository}:${tag} was pushed as ${target.digest} ${mostRounds} times, and another run moved it each time`,
  );
}
