/**
 * Tags that move. A registry can't compare and swap: each is read directly before it is put, and again after more than the time
 * in which another run may have read what was there before; then the newer one puts its own again.
 */
import { UserError } from "../../errors.ts";
import { formatDuration } from "../../lib/quantities.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Tag } from "../../model/reference.ts";
import type { StoredManifest } from "../../oci/manifest.ts";
import type { PublishedRelease } from "../../plan/version-line.ts";
import { judge } from "../guard.ts";
import { historyIn, notShown, overtaken, type PromotedTag, type Promoting, together, told } from "../promotion.ts";
import { withinAMinute } from "./within-a-minute.ts";

export interface Written {
  readonly tag: ImageTag;
  /** Milliseconds from reading what was there to its being replaced. */
  readonly window: number;
  /** When it was done, in milliseconds. */
  readonly at: number;
  /** For which lateness of the registry it has been looked at, in milliseconds. */
  readonly late: number;
}

/** @param later tags of steps to come, which stay as well where one of these may not move. @throws UserError that names all that stay. */
export async function moveAll(
  tags: readonly ImageTag[],
  target: StoredManifest,
  promotion: Promoting,
  done: PromotedTag[],
  later: readonly ImageTag[],
): Promise<readonly Written[]> {
  const moved = await together(tags.map((tag) => move(tag, target, promotion, done)));
  const stayed = moved.filter((each) => each !== undefined && "why" in each);
  const [first] = stayed;
  if (first !== undefined) throw notMoved([...stayed.map(({ tag }) => tag), ...later], first, promotion);
  return moved.filter((each) => each !== undefined && "window" in each);
}

/** A tag that may not move, as it is unknown whether it would go back. */
interface Stayed {
  readonly tag: ImageTag;
  readonly why: string;
  readonly hint: string;
}

async function move(
  tag: ImageTag,
  target: StoredManifest,
  promotion: Promoting,
  done: PromotedTag[],
  round = 0,
): Promise<Written | Stayed | undefined> {
  const { clock } = promotion;
  const history = historyIn(promotion);
  const tagState = await promotion.tagStates(tag.tag);
  const verdict = await judge(tag, tagState, target.digest, promotion.identity, history);
  if (verdict.kind === "unknown") return { tag, why: verdict.why, hint: verdict.hint };
  if (verdict.kind === "there" || verdict.kind === "stays") {
    done.push(told(tag, verdict, tagState?.digest ?? target.digest, promotion));
    return undefined;
  }
  // What the judgement took may have been long: what counts is what the tag names now.
  const before = clock.now().getTime();
  const now = await promotion.access.read(tag.tag);
  if (now !== tagState?.digest) {
    if (round === mostRounds) throw overtaken(tag.tag, target.digest, now, promotion);
    await clock.sleep(pauseBetween * round);
    return move(tag, target, promotion, done, round + 1);
  }
  await promotion.access.put(target, tag.tag);
  done.push(told(tag, verdict, target.digest, promotion));
  const at = clock.now().getTime();
  return { tag, window: at - before, at, late: 0 };
}

/** More rounds than runs that could publish at once. */
const mostRounds = 8;

/** A registry of several machines may answer in turn what it was and what it is: milliseconds, more each time. */
const pauseBetween = 250;

/**
 * Reads tags again after they were pushed, once another run that read the state before has pushed its own.
 * @param follow the digest that a release's exact tag names by then, in place of the one before. @returns the tagged digest.
 */
export async function settle(
  written: readonly Written[],
  first: StoredManifest,
  promotion: Promoting,
  done: PromotedTag[],
  follow: (target: StoredManifest) => Promise<StoredManifest>,
): Promise<StoredManifest> {
  let target = first;
  let open = written;
  for (let round = 0; open.length > 0; round++) {
    if (round === mostRounds) throw overtaken(open[0]?.tag.tag, target.digest, undefined, promotion);
    const pause = pauseBeforeLooking(open, promotion.clock.now().getTime());
    if (pause >= 5_000)
      promotion.onWait(
        `${promotion.repository} shows tags late: they are read again in ${formatDuration(pause / 1000)}`,
      );
    await promotion.clock.sleep(pause);
    target = await follow(target);
    const now = target;
    open = (await together(open.map((each) => settled(each, now, promotion, done)))).filter(
      (each) => each !== undefined,
    );
  }
  return target;
}

/**
 * How long others may still push tags that they decided on by the state before. A registry that shows tags late shows them that
 * state for as long, and their own tags as late.
 */
function pauseBeforeLooking(written: readonly Written[], now: number): number {
  const ends = written.map(({ window, at, late }) => 2 * window + (late === 0 ? 0 : Math.max(0, at + 2 * late - now)));
  return Math.max(...ends) + 1;
}

/** What has to be looked at again: it was put again, or the registry is later than was known. */
async function settled(
  written: Written,
  target: StoredManifest,
  promotion: Promoting,
  done: PromotedTag[],
): Promise<Written | undefined> {
  const { tag } = written;
  const tagState = await promotion.tagStates(tag.tag);
  const verdict = await judge(tag, tagState, undefined, promotion.identity, historyIn(promotion));
  const higher = verdict.kind === "stays" ? verdict.higher : undefined;
  // Where it was shown late, others may have seen for as long what was there before, and what they put then is as late.
  const lookAgain = (): Written | undefined => {
    const late = promotion.access.lateness();
    return late > written.late ? { ...written, late } : undefined;
  };
  if (tagState?.digest === target.digest && higher === undefined) return lookAgain();
  forget(tag.tag, done);
  if (verdict.kind === "unknown") throw notMoved([tag], verdict, promotion);
  if (verdict.kind === "free" || verdict.kind === "moves") {
    const moved = await move(tag, target, promotion, done);
    if (moved !== undefined && "why" in moved) throw notMoved([tag], moved, promotion);
    return moved ?? lookAgain();
  }
  // A higher release is up, whose own run saw the tag before we put it: the tag goes where it belongs.
  const better = higher && (await listedRelease(higher, promotion));
  if (better === undefined || better.digest === tagState?.digest) {
    done.push(told(tag, verdict, tagState?.digest ?? target.digest, promotion));
    return undefined;
  }
  const { repository } = promotion;
  const refused = await promotion.check({ repository, digest: better.digest, as: "higher-release" });
  if (refused !== undefined) throw untrustedRelease(tag.tag, higher?.version ?? "", target.digest, refused, promotion);
  const before = promotion.clock.now().getTime();
  await promotion.access.put(better, tag.tag);
  done.push(told(tag, verdict, better.digest, promotion));
  const at = promotion.clock.now().getTime();
  return { tag, window: at - before, at, late: 0 };
}

/** What a release that the registry lists names. @throws RegistryError where it isn't there within a minute. */
async function listedRelease(
  { tag }: PublishedRelease,
  { registry, repository, clock, onWait }: Promoting,
): Promise<StoredManifest> {
  const found = await withinAMinute(
    clock,
    async () => {
      const found = await registry.manifest(repository, tag);
      return { isFinal: found !== undefined, found };
    },
    () => onWait(`${repository}:${tag} is listed, and the registry doesn't show it yet`),
  );
  if (found === undefined) throw notShown(`${repository}:${tag}`, undefined);
  return found;
}

function forget(tag: Tag, done: PromotedTag[]): void {
  const at = done.findIndex((each) => each.tag === tag);
  if (at >= 0) done.splice(at, 1);
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

function notMoved(
  tags: readonly ImageTag[],
  { why, hint }: Pick<Stayed, "why" | "hint">,
  { repository }: Promoting,
): UserError {
  const names = new Intl.ListFormat("en").format(tags.map(({ tag }) => tag));
  const what = tags.length === 1 ? `${repository}:${names} was` : `the tags ${names} of ${repository} were`;
  return new UserError(`${what} not moved: ${why}`, { hint });
}
