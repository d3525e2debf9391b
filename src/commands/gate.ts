/** The gate: whether a candidate may be tagged. What builds on one that may not, may not either. */
import type { Candidate } from "../build/candidate.ts";
import { UserError } from "../errors.ts";
import type { Registry } from "../oci/registry-client.ts";
import type { PlannedBuild } from "../plan/plan.ts";
import { oversized, tooLarge } from "../publish/max-size.ts";
import { publishedDigest, readPlatforms } from "../publish/published.ts";

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
  { platforms }: Candidate,
  { maxSize, registry }: GateRules,
): Promise<UserError | undefined> {
  if (maxSize === undefined || oversized(platforms, maxSize).length === 0) return undefined;
  return tooLarge(planned.name, maxSize, oversized(platforms, maxSize, await publishedNow(planned, registry)));
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
