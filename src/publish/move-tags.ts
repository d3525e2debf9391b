/**
 * Tags that move. A registry can't compare and swap: each is read directly before it is put, and again after more than the time
 * in which another run may have read what was there before; then the newer one puts its own again.
 */
import { UserError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import type { StoredManifest } from "../oci/manifest.ts";
import type { Tag } from "../oci/reference.ts";
import type { ImageTag } from "../tags/image-tags.ts";
import { judge } from "./guard.ts";
import { historyIn, holdersIn, overtaken, type PromotedTag, type Promotion, put, together, told } from "./promotion.ts";

export interface Written {
  readonly tag: ImageTag;
  /** Milliseconds from reading what was there to its being replaced. */
  readonly window: number;
}

export async function moveAll(
  tags: readonly ImageTag[],
  target: StoredManifest,
  promotion: Promotion,
  done: PromotedTag[],
): Promise<readonly Written[]> {
  const written = await together(tags.map((tag) => move(tag, target, promotion, done)));
  return written.filter((each) => each !== undefined);
}

async function move(
  tag: ImageTag,
  target: StoredManifest,
  promotion: Promotion,
  done: PromotedTag[],
  round = 0,
): Promise<Written | undefined> {
  const { clock } = promotion;
  const history = historyIn(promotion);
  const holder = await holdersIn(promotion)(tag.tag);
  const verdict = await judge(tag, holder, target.digest, promotion.mover, history);
  if (verdict.kind === "unknown") throw unknownAncestry(tag.tag, verdict.why, promotion);
  if (verdict.kind === "there" || verdict.kind === "stays") {
    done.push(told(tag, verdict, holder?.digest ?? target.digest, promotion));
    return undefined;
  }
  // What the judgement took may have been long: what counts is what the tag names now.
  const before = clock.now().getTime();
  const now = await promotion.registry.head(promotion.repository, tag.tag);
  if (now !== holder?.digest) {
    if (round === mostRounds) throw overtaken(tag.tag, target.digest, now, promotion);
    await clock.sleep(pauseBetween * round);
    return move(tag, target, promotion, done, round + 1);
  }
  await put(target, tag.tag, promotion);
  done.push(told(tag, verdict, target.digest, promotion));
  return { tag, window: clock.now().getTime() - before };
}

/** More rounds than runs that could publish at once. */
const mostRounds = 8;

/** A registry of several machines may answer in turn what it was and what it is: milliseconds, more each time. */
const pauseBetween = 250;

/**
 * Reads what was put once more, after another run that read what was there before has put its own.
 * @param follow what a release's exact tag names by then, in place of what it named before. @returns what the tags were put on.
 */
export async function settle(
  written: readonly Written[],
  first: StoredManifest,
  promotion: Promotion,
  done: PromotedTag[],
  follow: (target: StoredManifest) => Promise<StoredManifest>,
): Promise<StoredManifest> {
  let target = first;
  let open = written;
  for (let round = 0; open.length > 0; round++) {
    if (round === mostRounds) throw overtaken(open[0]?.tag.tag, target.digest, undefined, promotion);
    await promotion.clock.sleep(2 * Math.max(...open.map(({ window }) => window)) + 1);
    target = await follow(target);
    const now = target;
    open = (await together(open.map((each) => settled(each, now, promotion, done)))).filter(
      (each) => each !== undefined,
    );
  }
  return target;
}

/** What has to be looked at again, as it was put again. */
async function settled(
  { tag }: Written,
  target: StoredManifest,
  promotion: Promotion,
  done: PromotedTag[],
): Promise<Written | undefined> {
  const holder = await holdersIn(promotion)(tag.tag);
  const verdict = await judge(tag, holder, undefined, promotion.mover, historyIn(promotion));
  const higher = verdict.kind === "stays" ? verdict.higher : undefined;
  if (holder?.digest === target.digest && higher === undefined) return undefined;
  forget(tag.tag, done);
  if (verdict.kind === "free" || verdict.kind === "moves") return move(tag, target, promotion, done);
  // A higher release is up, whose own run saw the tag before we put it: the tag goes where it belongs.
  const better = higher && (await promotion.registry.manifest(promotion.repository, higher.tag));
  if (better === undefined || better.digest === holder?.digest) {
    done.push(told(tag, verdict, holder?.digest ?? target.digest, promotion));
    return undefined;
  }
  const { repository } = promotion;
  const refused = await promotion.check({ repository, digest: better.digest, as: "higher-release" });
  if (refused !== undefined) throw untrustedRelease(tag.tag, higher?.version ?? "", target.digest, refused, promotion);
  const before = promotion.clock.now().getTime();
  await put(better, tag.tag, promotion);
  done.push(told(tag, verdict, better.digest, promotion));
  return { tag, window: promotion.clock.now().getTime() - before };
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
  { repository }: Promotion,
): UserError {
  const message = `${repository}:${tag} names ${digest}, as the higher release ${version} can't get it: ${why.message}`;
  return new UserError(message, { hint: why.hint, cause: why });
}

function unknownAncestry(tag: Tag, why: string, { repository }: Promotion): UserError {
  return new UserError(`${repository}:${tag} was not moved: ${why}`, {
    hint: "check out with `fetch-depth: 0`, or give `token` the right to read the repository; `move: any` moves it whatever it holds",
  });
}
