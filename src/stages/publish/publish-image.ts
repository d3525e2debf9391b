/** What happens to one image once it is there: copies for the other registries, its tags, and the outcome as data. */

import { Problems, problemsIn, UserError } from "../../errors.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import { isPullRequestRef } from "../../model/run-context.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import { sourceTag } from "../../plan/record.ts";
import type { Clock } from "../../ports.ts";
import { type History, isFromOwnHistory, type RunIdentity } from "../../publish/guard.ts";
import { promote, subjectOf } from "../../publish/promotion/promote.ts";
import type { FoundDigest, PromotedTag, Promotion } from "../../publish/promotion/promotion.ts";
import { readPlatforms } from "../../publish/published.ts";
import { isMadeOf, parseTagState, type RecordRules } from "../../publish/registry-tags/tag-state.ts";
import type { ImageResult } from "../../results/run-result.ts";
import type { ImageScan } from "../../scan/judged.ts";
import type { CheckResult } from "../check/check.ts";

export interface Publishing {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly history: Omit<History, "published">;
  readonly identity: Omit<RunIdentity, "release" | "platforms">;
  readonly signal: AbortSignal;
  readonly recordsOf: (planned: PlannedBuild | PlannedPromote) => RecordRules;
  /** When the run started. */
  readonly started: Date;
  /** Brings an image with everything in it from one repository into another, without a tag. */
  readonly copy: (digest: Digest, from: Repository, to: Repository) => Promise<void>;
  /** Called once for each longer wait for a registry, with a clause. */
  readonly onWait: (what: string) => void;
}

/** The checks of this run, of what took the place of what has passed them. */
export type CheckFoundDigest = (found: FoundDigest) => Promise<CheckResult>;

/** Puts the planned tags on a candidate. Never rejects for what is the user's or the registry's fault: that is an outcome. */
export async function publishCandidate(
  planned: PlannedBuild,
  candidate: Candidate,
  publishing: Publishing,
  check: CheckFoundDigest,
): Promise<ImageResult> {
  if (candidate.layout !== undefined) return { planned, outcome: "built", candidate };
  const checked = remembering(check, publishing);
  const found = await madeMeanwhile(planned, publishing, checked.check);
  const made = await publishDigest(planned, found ?? candidate.digest, publishing, checked.check);
  const scan = checked.scanOf(made.digest);
  if (made.error === undefined) return published(planned, candidate, { ...made, ...scan }, publishing);
  if (isCancelled(made.error, publishing)) return { planned, outcome: "cancelled" };
  return { planned, outcome: "failed", error: made.error, candidate, tags: made.tags, ...scan };
}

/** What was built, or the image of another run that took its place. */
async function published(
  planned: PlannedBuild,
  candidate: Candidate,
  { digest, tags, scan }: Published,
  { registry }: Publishing,
): Promise<ImageResult> {
  const [repository] = planned.repositories;
  if (digest === candidate.digest || repository === undefined) {
    return { planned, outcome: "published", candidate, tags };
  }
  const platforms = await readPlatforms(registry, repository, digest);
  const found = { ...candidate, digest, platforms };
  return { planned, outcome: "published", candidate: found, tags, isFound: true, ...(scan && { scan }) };
}

/** Puts the planned tags on what is published already. */
export async function publishAgain(
  planned: PlannedPromote,
  publishing: Publishing,
  check: CheckFoundDigest,
): Promise<ImageResult> {
  const checked = remembering(check, publishing);
  const { digest, tags, error } = await publishDigest(planned, planned.digest, publishing, checked.check);
  const scan = checked.scanOf(digest);
  if (error !== undefined) {
    if (isCancelled(error, publishing)) return { planned, outcome: "cancelled" };
    return { planned, outcome: "failed", error, tags, ...scan };
  }
  const [repository] = planned.repositories;
  const platforms = repository === undefined ? [] : await readPlatforms(publishing.registry, repository, digest);
  return { planned, outcome: "promoted", image: { digest, platforms }, tags, ...scan };
}

/** The checks of what is found, and the scans of what passed them. */
function remembering(check: CheckFoundDigest, { signal }: Pick<Publishing, "signal">) {
  const scans = new Map<Digest, ImageScan>();
  return {
    async check(found: FoundDigest): Promise<UserError | undefined> {
      try {
        const result = await check(found);
        if (result.kind === "refused") return oneError(result.by.map(({ error }) => error));
        if (result.scan !== undefined) scans.set(found.digest, result.scan);
        return undefined;
      } catch (error) {
        // A canceled run has checked nothing.
        if (error instanceof UserError && error !== signal.reason) return error;
        throw error;
      }
    },
    scanOf(digest: Digest): Pick<ImageResult, "scan"> {
      const scan = scans.get(digest);
      return scan === undefined ? {} : { scan };
    },
  };
}

type CheckDigest = Promotion["check"];

interface Published {
  readonly digest: Digest;
  readonly tags: readonly PromotedTag[];
  readonly error: UserError | undefined;
  readonly scan?: ImageScan;
}

/** One repository's failure does not keep the others from their tags. */
async function publishDigest(
  planned: PlannedBuild | PlannedPromote,
  digest: Digest,
  publishing: Publishing,
  check: CheckDigest,
): Promise<Published> {
  const { registry, clock, history, copy, onWait } = publishing;
  const records = publishing.recordsOf(planned);
  const [first] = planned.repositories;
  const identity: RunIdentity = {
    ...publishing.identity,
    release: planned.release ?? undefined,
    platforms: planned.platforms,
  };
  const { tags, sourceHash, bakedVersion } = planned;
  const made = { digest, tags, sourceHash, bakedVersion };
  const common: Omit<Promotion, "repository"> = { ...made, registry, clock, identity, history, records, check, onWait };
  // Decided by the first repository for all of them, so that the digest is the same everywhere.
  const isCopied = planned.repositories.length > 1 && first !== undefined;
  const decided = isCopied ? await subjectOf({ ...common, repository: first }) : { digest, tags: [], error: undefined };
  if (decided.error !== undefined) return decided;
  const subject = decided.digest;
  const ended = await Promise.all(
    planned.repositories.map(async (repository): Promise<Published> => {
      try {
        if (repository !== first && first !== undefined) await copy(subject, first, repository);
        return await promote({ ...common, digest: subject, repository });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { digest: subject, tags: [], error };
      }
    }),
  );
  return {
    digest: ended[0]?.digest ?? subject,
    tags: ended.flatMap(({ tags }) => tags),
    error: oneError(ended.flatMap(({ error }) => (error === undefined ? [] : [error]))),
  };
}

/** What another run published from the same sources while this one was building: one source hash is one image. */
async function madeMeanwhile(
  planned: PlannedBuild,
  publishing: Publishing,
  check: CheckDigest,
): Promise<Digest | undefined> {
  const { sourceHash } = planned;
  const [repository] = planned.repositories;
  const { registry, identity, history, started } = publishing;
  const records = publishing.recordsOf(planned);
  if (repository === undefined || sourceHash === null || identity.isRebuild || isPullRequestRef(identity.ref))
    return undefined;
  try {
    const found = await registry.manifest(repository, sourceTag(sourceHash, records.sharing?.image));
    const tagState = found && parseTagState(found, records);
    if (tagState === undefined || !isMadeOf(tagState, planned)) return undefined;
    // What was there before the plan was made, the plan has seen, and wants it built all the same.
    const madeAt = Date.parse(tagState.record?.started ?? "");
    const isMeanwhile = madeAt >= Math.floor(started.getTime() / 1000) * 1000;
    if (!isMeanwhile || !(await isFromOwnHistory(tagState, identity, history))) return undefined;
    const { digest } = tagState;
    // What is refused is none of ours: the image that was built has passed.
    const refused = await check({ repository, digest, as: "same-content" });
    return refused === undefined ? digest : undefined;
  } catch (error) {
    // The built image is as good; if the registry has an error, pushing the tags reports it.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function isCancelled(error: UserError, { signal }: Publishing): boolean {
  return signal.aborted && problemsIn(error).every((each) => each === signal.reason);
}

function oneError(errors: readonly UserError[]): UserError | undefined {
  return errors.length > 1 ? new Problems(errors) : errors[0];
}
