/** How far a promotion is: what became of each tag, as values that one step passes on to the next. Pure. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageTag } from "../../model/image-tags.ts";
import type { Repository } from "../../model/reference.ts";
import type { StoredManifest } from "../../oci/manifest.ts";
import type { Verdict } from "../guard.ts";
import type { PromotedTag, PromotionResult } from "./promotion.ts";

export type TagOutcome =
  /** `push`: this run pushed it, and has to read it again. */
  | {
      readonly kind: "known";
      readonly tag: ImageTag;
      readonly result: PromotedTag;
      readonly push: TagPush | undefined;
    }
  /** It may not move, as it is unknown whether it would go backwards; `why` is a clause. */
  | { readonly kind: "unknown"; readonly tag: ImageTag; readonly why: string; readonly hint: string }
  /** `result`: what is known of it in spite of that. */
  | {
      readonly kind: "failed";
      readonly tag: ImageTag;
      readonly error: UserError;
      readonly result: PromotedTag | undefined;
    };

/** A push of a mutable tag. */
export interface TagPush {
  /** Milliseconds from reading what was there to its being replaced. */
  readonly window: number;
  /** When it ended, in milliseconds. */
  readonly at: number;
  /** For which lateness of the registry it has been read again, in milliseconds. */
  readonly late: number;
}

export interface Progress {
  /** What gets the tags. */
  readonly target: StoredManifest;
  /** At most one for each tag. */
  readonly outcomes: readonly TagOutcome[];
  /** Why promotion ends here. */
  readonly error: UserError | undefined;
}

/** A tag's new outcome takes the place of the one before. */
export function withOutcomes({ outcomes }: Progress, fresh: readonly TagOutcome[]): readonly TagOutcome[] {
  return [...new Map([...outcomes, ...fresh].map((each) => [each.tag.tag, each])).values()];
}

/** @param digest what was tagged. */
export function promotionResult({ outcomes, error }: Omit<Progress, "target">, digest: Digest): PromotionResult {
  const tags = outcomes.flatMap((each) => (each.kind === "unknown" || each.result === undefined ? [] : [each.result]));
  return { digest, tags, error };
}

/** What became of a tag by the guard's verdict. @param digest what it names now. */
export function knownOutcome(
  tag: ImageTag,
  verdict: Exclude<Verdict, { kind: "unknown" }>,
  digest: Digest,
  repository: Repository,
  push?: TagPush,
): TagOutcome {
  return { kind: "known", tag, result: { repository, tag: tag.tag, digest, ...changeOf(verdict) }, push };
}

function changeOf(verdict: Exclude<Verdict, { kind: "unknown" }>): Pick<PromotedTag, "outcome" | "because"> {
  switch (verdict.kind) {
    case "there":
      return { outcome: "already-there" };
    case "free":
      return { outcome: "put" };
    case "moves":
      return { outcome: "put", ...(verdict.remark && { because: verdict.remark }) };
    case "stays":
      return { outcome: "held", because: verdict.why };
  }
}

/** What the registry refuses is a result; a defect of ours is thrown. */
export async function orRefused<T>(work: () => Promise<T>, refused: (error: UserError) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return refused(error);
  }
}

/** @param known what is known of the tag in spite of a failure. */
export function orFailed(
  tag: ImageTag,
  known: PromotedTag | undefined,
  work: () => Promise<TagOutcome>,
): Promise<TagOutcome> {
  return orRefused(work, (error) => ({ kind: "failed", tag, error, result: known }));
}

/**
 * Why promotion ends after these outcomes; `undefined`: it goes on.
 * @param later tags of steps to come, which stay as well.
 */
export function errorIn(
  outcomes: readonly TagOutcome[],
  later: readonly ImageTag[],
  repository: Repository,
): UserError | undefined {
  const failed = outcomes.find((each) => each.kind === "failed");
  if (failed !== undefined) return failed.error;
  const stayed = outcomes.filter((each) => each.kind === "unknown");
  const [first] = stayed;
  if (first === undefined) return undefined;
  const tags = [...stayed.map(({ tag }) => tag), ...later].map(({ tag }) => tag);
  const names = new Intl.ListFormat("en").format(tags);
  const what = tags.length === 1 ? `${repository}:${names} was` : `the tags ${names} of ${repository} were`;
  return new UserError(`${what} not moved: ${first.why}`, { hint: first.hint });
}
