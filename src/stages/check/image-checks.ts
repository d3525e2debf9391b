/** The checks that an image gets: what this run built, what it promotes, and what another run put in its place. */
import type { Candidate } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { FoundDigest } from "../../publish/promotion/promotion.ts";
import type { RecordRules } from "../../publish/registry-tags/tag-state.ts";
import { attestationCheck } from "./attestation-check.ts";
import { type Check, type CheckResult, oneByOne, passed, sideBySide } from "./check.ts";
import { type GateResult, type GateResults, gate } from "./gate.ts";
import { platformsCheck } from "./platforms-check.ts";
import { type FoundAs, readFound } from "./read-found.ts";
import { publishedSizes, sizeCheck } from "./size-check.ts";

/** Of one image. */
export interface CheckRules {
  /** Compressed bytes that a platform may have; `undefined`: any. */
  readonly maxSize: number | undefined;
  readonly registry: Registry;
  /** `undefined` where the image is not to be scanned. */
  readonly scan: Check | undefined;
  readonly records: RecordRules;
  /** With `attest`: whether GitHub lists an attestation; it may take a moment after a run has signed. */
  readonly attested: ((digest: Digest) => Promise<boolean | undefined>) | undefined;
  readonly signal: AbortSignal;
}

/** `ancestors` are the images of this run that it is based on, however far up. */
export function passBuilt(
  planned: PlannedBuild,
  candidate: Candidate,
  ancestors: GateResults,
  { maxSize, registry, scan, signal }: CheckRules,
): Promise<GateResult> {
  const check = sideBySide(
    ...(maxSize === undefined ? [] : [sizeCheck(planned.name, maxSize, () => publishedSizes(planned, registry))]),
    ...(scan === undefined ? [] : [scan]),
  );
  return gate(check(candidate), ancestors, signal);
}

/** What is published passed the checks of some run once, or of none: it passes those of this run before it gets a tag. */
export async function passPromoted(
  planned: PlannedPromote,
  ancestors: GateResults,
  rules: CheckRules,
): Promise<GateResult> {
  const [repository] = planned.repositories;
  const checking = repository === undefined ? passed : checkPromoted(planned, repository, rules);
  return gate(Promise.resolve(checking), ancestors, rules.signal);
}

async function checkPromoted(planned: PlannedPromote, repository: Repository, rules: CheckRules): Promise<CheckResult> {
  const { digest } = planned;
  const isContent = await isUnderContentTag(planned, repository, rules);
  return checkAs(planned, { repository, digest }, isContent ? "content" : "same-content", rules);
}

/**
 * If another run replaced the image that this one has checked, its digest passes the same checks. No image whose parent was
 * blocked gets here.
 */
export function checkFound(
  planned: PlannedBuild | PlannedPromote,
  { as, ...found }: FoundDigest,
  rules: Omit<CheckRules, "signal">,
): Promise<CheckResult> {
  return checkAs(planned, found, as, rules);
}

async function checkAs(
  planned: PlannedBuild | PlannedPromote,
  where: Omit<FoundDigest, "as">,
  as: FoundAs,
  { maxSize, registry, records, attested, scan }: Omit<CheckRules, "signal">,
): Promise<CheckResult> {
  const found = await readFound(planned, where, as, { registry, records });
  if (found.kind === "refused") return found;
  const check = oneByOne(
    // What others pushed under a content tag may be sloppy about its configs.
    ...(as === "content" ? [] : [platformsCheck(registry, where.repository)]),
    ...(maxSize === undefined ? [] : [sizeCheck(planned.name, maxSize)]),
    ...(attested === undefined ? [] : [attestationCheck(where.repository, attested)]),
    ...(scan === undefined ? [] : [scan]),
  );
  return check(found.image);
}

/** A tag that names the content is right whoever put it. */
async function isUnderContentTag(
  { tags, digest }: PlannedPromote,
  repository: Repository,
  { registry }: CheckRules,
): Promise<boolean> {
  const named = tags.filter(({ of }) => of === "content").map(({ tag }) => registry.head(repository, tag));
  return (await Promise.all(named)).includes(digest);
}
