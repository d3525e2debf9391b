/** The gate: whether a candidate may be tagged, by its size and by what is found in it. What builds on one that may not, may not either. */
import type { Candidate } from "../build/candidate.ts";
import { Problems, UserError } from "../errors.ts";
import type { Registry } from "../oci/registry-client.ts";
import type { PlannedBuild, PlannedPromote } from "../plan/plan.ts";
import { holdingOf } from "../publish/holding.ts";
import { oversized, tooLarge } from "../publish/max-size.ts";
import { publishedDigest, readPlatforms } from "../publish/published.ts";
import { heldBy } from "../scan/complaint.ts";
import type { ImageScan } from "../scan/judged.ts";
import type { Scannable } from "./scanning.ts";

export type Passage =
  | { readonly kind: "passed" }
  /** The candidate stays without a tag; the next run builds it again, until it passes. */
  | { readonly kind: "held"; readonly error: UserError }
  /** It is built on one that was held, however far up. */
  | { readonly kind: "blocked"; readonly by: string };

export interface GateRules {
  /** Compressed bytes that a platform may have; `undefined`: any. */
  readonly maxSize: number | undefined;
  readonly registry: Registry;
  /** `undefined` where it is not to be scanned. */
  readonly scan: (planned: PlannedBuild | PlannedPromote, made: Scannable) => Promise<ImageScan | undefined>;
}

/** `parents` are those of the candidates of this run that it is built on. */
export async function passGate(
  planned: PlannedBuild,
  candidate: Candidate,
  parents: ReadonlyMap<string, Promise<Passage>>,
  rules: GateRules,
): Promise<Passage> {
  const own = await judgeCandidate(planned, candidate, rules);
  if (own !== undefined) return { kind: "held", error: own };
  for (const [name, passage] of parents) {
    const above = await passage;
    if (above.kind !== "passed") return { kind: "blocked", by: above.kind === "blocked" ? above.by : name };
  }
  return { kind: "passed" };
}

async function judgeCandidate(
  planned: PlannedBuild,
  candidate: Candidate,
  rules: GateRules,
): Promise<UserError | undefined> {
  const [size, scan] = await Promise.all([tooLargeFor(planned, candidate, rules), rules.scan(planned, candidate)]);
  const found = scan && heldBy(scan);
  return size !== undefined && found !== undefined ? new Problems([size, found]) : (size ?? found);
}

async function tooLargeFor(
  planned: PlannedBuild,
  { platforms }: Candidate,
  { maxSize, registry }: GateRules,
): Promise<UserError | undefined> {
  if (maxSize === undefined || oversized(platforms, maxSize).length === 0) return undefined;
  return tooLarge(planned.name, maxSize, oversized(platforms, maxSize, await publishedNow(planned, registry)));
}

/**
 * A release of bytes that passed the gate before passes it once more: what is known of them has grown since. Other tags only follow
 * what a release or a branch has already.
 */
export async function passRelease(planned: PlannedPromote, rules: GateRules): Promise<UserError | undefined> {
  const [repository] = planned.repositories;
  if (planned.release === null || repository === undefined) return undefined;
  const found = await rules.registry.manifest(repository, planned.digest);
  const bases = found === undefined ? {} : (holdingOf(found).record?.bases ?? {});
  const scan = await rules.scan(planned, {
    digest: planned.digest,
    layout: undefined,
    platforms: await readPlatforms(rules.registry, repository, planned.digest),
    bases: Object.entries(bases).map(([name, digest]) => ({ name, digest })),
  });
  return scan === undefined ? undefined : heldBy(scan);
}

/** What the candidate would take the place of; nothing where nobody can tell, as it is only told beside. */
async function publishedNow({ repositories: [repository], tags }: PlannedBuild, registry: Registry) {
  const moving = tags.filter(({ moves }) => moves).map(({ tag }) => tag);
  if (repository === undefined) return [];
  try {
    const found = await publishedDigest(registry, repository, moving);
    return found === undefined ? [] : await readPlatforms(registry, repository, found);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
