/** The gate: whether a candidate may be tagged, by its size and by what is found in it. What builds on one that may not, may not either. */
import type { Candidate } from "../build/candidate.ts";
import { Problems, UserError } from "../errors.ts";
import type { Repository } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import type { PlannedBuild, PlannedPromote } from "../plan/plan.ts";
import { holdingOf } from "../publish/holding.ts";
import { oversized, tooLarge } from "../publish/max-size.ts";
import { publishedDigest, readPlatforms } from "../publish/published.ts";
import { heldBy } from "../scan/complaint.ts";
import type { ImageScan } from "../scan/judged.ts";
import type { Scannable, Scanning } from "./scanning.ts";

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
  /** `undefined` where nothing is to be scanned. */
  readonly scanning: Pick<Scanning, "judge" | "confirm"> | undefined;
}

/** By name of the image; of those alone that the gate was asked about. */
export type Passages = ReadonlyMap<string, Promise<Passage>>;

/** `parents` are those of this run that it is built on. */
export async function passGate(
  planned: PlannedBuild,
  candidate: Candidate,
  parents: Passages,
  rules: GateRules,
): Promise<Passage> {
  const [size, scan] = await Promise.all([
    tooLargeFor(planned, candidate, rules),
    rules.scanning?.judge(planned, candidate),
  ]);
  const found = scan && heldBy(scan);
  if (size !== undefined && found !== undefined) return { kind: "held", error: new Problems([size, found]) };
  const error = size ?? found;
  return error === undefined ? throughParents(planned, candidate, scan, parents, rules) : { kind: "held", error };
}

/**
 * Bytes that are published passed the gate once, by what was known then, or unseen; they pass it again where a tag would go from
 * other bytes to them, and where they are released.
 */
export async function passAgain(planned: PlannedPromote, parents: Passages, rules: GateRules): Promise<Passage> {
  const [repository] = planned.repositories;
  const { registry, scanning } = rules;
  if (repository === undefined || scanning === undefined || !(await replaces(planned, repository, registry))) {
    return behind(parents);
  }
  const found = await registry.manifest(repository, planned.digest);
  const bases = found === undefined ? {} : (holdingOf(found).record?.bases ?? {});
  const made: Scannable = {
    digest: planned.digest,
    layout: undefined,
    platforms: await readPlatforms(registry, repository, planned.digest),
    bases: Object.entries(bases).map(([name, digest]) => ({ name, digest })),
  };
  const scan = await scanning.judge(planned, made);
  const error = heldBy(scan);
  return error === undefined ? throughParents(planned, made, scan, parents, rules) : { kind: "held", error };
}

/** Whether other bytes lose a tag to it, or a version gets its name. */
async function replaces(
  { release, tags, digest }: PlannedPromote,
  repository: Repository,
  registry: Registry,
): Promise<boolean> {
  if (release !== null) return true;
  const held = await Promise.all(tags.filter(({ moves }) => moves).map(({ tag }) => registry.head(repository, tag)));
  return held.some((each) => each !== undefined && each !== digest);
}

/** While it waited, other bytes may have come to be published: what passed for them may not pass for these. */
async function throughParents(
  planned: PlannedBuild | PlannedPromote,
  made: Scannable,
  scan: ImageScan | undefined,
  parents: Passages,
  { scanning }: GateRules,
): Promise<Passage> {
  const passage = await behind(parents);
  if (passage.kind !== "passed" || scan === undefined || scanning === undefined) return passage;
  const error = heldBy(await scanning.confirm(planned, made, scan));
  return error === undefined ? passage : { kind: "held", error };
}

async function behind(parents: Passages): Promise<Passage> {
  for (const [name, passage] of parents) {
    const above = await passage;
    if (above.kind !== "passed") return { kind: "blocked", by: above.kind === "blocked" ? above.by : name };
  }
  return { kind: "passed" };
}

async function tooLargeFor(
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
