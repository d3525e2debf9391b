/** Promotion: an existing digest gets its tags. What has a tag is what people pull, so the order is the point here. */
import { isPullRequestRef } from "../context/run-context.ts";
import { UserError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import type { ManifestBytes, StoredManifest } from "../oci/manifest.ts";
import type { Repository, Tag } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { missingManifest, RegistryError } from "../oci/registry-error.ts";
import { sourceTag } from "../plan/record.ts";
import type { Clock } from "../ports.ts";
import type { ImageTag } from "../tags/image-tags.ts";
import { type History, judge, type Mover, type Verdict } from "./guard.ts";
import { type Holding, holdingOf, readHolding } from "./holding.ts";
import { withRevision } from "./recorded-index.ts";

export interface Promotion {
  readonly registry: Registry;
  readonly clock: Clock;
  /** It must hold the digest. */
  readonly repository: Repository;
  readonly digest: Digest;
  readonly tags: readonly ImageTag[];
  /** The tag of the source hash is put as well, where it is free; `null`: there is none. */
  readonly sourceHash: string | null;
  readonly mover: Mover;
  /** How commits stand to one another. */
  readonly history: Omit<History, "published">;
}

export interface PromotedTag {
  readonly repository: Repository;
  readonly tag: Tag;
  /** `held`: it was left where it is. */
  readonly outcome: "put" | "already-there" | "held";
  /** What it names now. */
  readonly digest: Digest;
  /** Why it was left, or what is to know of its move; a clause. */
  readonly because?: string;
}

export interface PromotionResult {
  /** What the tags were put on: the digest, or another index of the same manifests that bears this run's revision. */
  readonly digest: Digest;
  /** Every tag whose position is known to be right (or held), in the order of promotion. */
  readonly tags: readonly PromotedTag[];
  /** Why tags are missing; the next run puts them. */
  readonly error: UserError | undefined;
}

/**
 * Puts the tags on the digest: exact tags first, then moving ones, `latest` last, and none of a step before all of the step
 * before it are there. So a run that ends anywhere leaves no moving tag on an image that cannot be named exactly.
 *
 * A registry can't compare and swap: moving tags are read directly before they are put, and again after more than the time
 * in which another run may have read what was there before; then the newer one puts its own again. Never rejects for what is
 * the registry's fault: tags that were put by then are told with the error.
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

type HolderOf = (tag: Tag) => Promise<Holding | undefined>;

/** What tags hold, each read when it is asked for; what a digest says of itself is read once. */
function holdersIn({ registry, repository }: Promotion): HolderOf {
  const known = new Map<Digest, Promise<Holding | undefined>>();
  return async (tag) => {
    const digest = await registry.head(repository, tag);
    if (digest === undefined) return undefined;
    const read = async (): Promise<Holding | undefined> => {
      const found = await registry.manifest(repository, digest);
      return found && readHolding(found, repository, registry);
    };
    const holding = known.get(digest) ?? read();
    known.set(digest, holding);
    // Deleted between two questions: what it was is not known any more.
    return (await holding) ?? { digest, platforms: [], record: undefined, revision: undefined };
  };
}

function historyIn({ history, registry, repository }: Promotion): History {
  return { ...history, published: async () => (await registry.tags(repository)) ?? [] };
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

interface Written {
  readonly tag: ImageTag;
  /** Milliseconds from reading what was there to its being replaced. */
  readonly window: number;
}

async function moveAll(
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

/** Reads what was put once more, after another run that read what was there before has put its own. */
async function settle(
  written: readonly Written[],
  target: StoredManifest,
  promotion: Promotion,
  done: PromotedTag[],
): Promise<void> {
  let open = written;
  for (let round = 0; open.length > 0; round++) {
    if (round === mostRounds) throw overtaken(open[0]?.tag.tag, target.digest, undefined, promotion);
    await promotion.clock.sleep(2 * Math.max(...open.map(({ window }) => window)) + 1);
    open = (await together(open.map((each) => settled(each, target, promotion, done)))).filter(
      (each) => each !== undefined,
    );
  }
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
  const before = promotion.clock.now().getTime();
  await put(better, tag.tag, promotion);
  done.push(told(tag, verdict, better.digest, promotion));
  return { tag, window: promotion.clock.now().getTime() - before };
}

function forget(tag: Tag, done: PromotedTag[]): void {
  const at = done.findIndex((each) => each.tag === tag);
  if (at >= 0) done.splice(at, 1);
}

async function put(manifest: ManifestBytes, tag: Tag, { registry, repository }: Promotion): Promise<void> {
  await registry.putManifest(repository, manifest, tag);
}

/** All of them, whatever becomes of one; then the first that failed. */
async function together<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const ended = await Promise.allSettled(calls);
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

function told({ tag }: ImageTag, verdict: Verdict, digest: Digest, { repository }: Promotion): PromotedTag {
  switch (verdict.kind) {
    case "there":
      return { repository, tag, digest, outcome: "already-there" };
    case "free":
      return { repository, tag, digest, outcome: "put" };
    case "moves":
      return { repository, tag, digest, outcome: "put", ...(verdict.remark && { because: verdict.remark }) };
    case "stays":
    case "unknown":
      return { repository, tag, digest, outcome: "held", because: verdict.why };
  }
}

function unknownAncestry(tag: Tag, why: string, { repository }: Promotion): UserError {
  return new UserError(`${repository}:${tag} was not moved: ${why}`, {
    hint: "check out with `fetch-depth: 0`, or give `token` the right to read the repository; `move: any` moves it whatever it holds",
  });
}

function overtaken(
  tag: Tag | undefined,
  wanted: Digest,
  now: Digest | undefined,
  { repository }: Promotion,
): RegistryError {
  return new RegistryError(
    "invalid",
    `${repository}:${tag} was put on ${wanted} and names ${now ?? "something else"}`,
    {
      hint: "another run may publish at the same time: give the workflow a `concurrency` group, and run again",
    },
  );
}
