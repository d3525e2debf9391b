/**
 * The gate: whether a digest may be tagged, by its size and by what is found in it; one that this run did not make, by its sources
 * and platforms too. What builds on one that may not, may not either.
 */

import { Problems, UserError } from "../../errors.ts";
import type { Candidate } from "../../model/candidate.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { missingManifest } from "../../oci/registry/registry-error.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import { attestationDoubt, attestationHint } from "../../publish/attestation-doubt.ts";
import { oversized, tooLarge } from "../../publish/max-size.ts";
import type { FoundDigest } from "../../publish/promotion.ts";
import { checkPlatforms, publishedDigest, readPlatforms } from "../../publish/published.ts";
import {
  missingPlatform,
  otherContent,
  type RecordRules,
  type TagState,
  tagStateIn,
} from "../../publish/tags/tag-state.ts";
import { heldBy } from "../../scan/complaint.ts";
import type { ImageScan } from "../../scan/judged.ts";
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
  readonly scanning: Pick<Scanning, "judge" | "judgeFound" | "confirm"> | undefined;
  readonly records: RecordRules;
  /** With `attest`: whether GitHub lists an attestation; it may take a moment after a run has signed. */
  readonly attested: ((digest: Digest) => Promise<boolean | undefined>) | undefined;
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

/** What is published passed the checks of some run once, or of none: it passes those of this run before it gets a tag. */
export async function passAgain(planned: PlannedPromote, parents: Passages, rules: GateRules): Promise<Passage> {
  const [repository] = planned.repositories;
  if (repository === undefined) return behind(parents);
  try {
    const { digest } = planned;
    const isContent = await isUnderContentTag(planned, repository, rules);
    const made = await readFound(planned, { repository, digest, as: isContent ? "content" : "same-content" }, rules);
    const scan = await rules.scanning?.judge(planned, made);
    const error = scan && heldBy(scan);
    return error === undefined ? throughParents(planned, made, scan, parents, rules) : { kind: "held", error };
  } catch (error) {
    if (error instanceof UserError) return { kind: "held", error };
    throw error;
  }
}

/**
 * What another run put in the place of what this one has checked passes the same checks, as that digest. What builds on a parent
 * that was held got here for no image. @returns why it may not have tags.
 */
export async function passFound(
  planned: PlannedBuild | PlannedPromote,
  found: FoundDigest,
  rules: GateRules,
): Promise<UserError | undefined> {
  try {
    const made = await readFound(planned, found, rules);
    const scan = await rules.scanning?.judgeFound(planned, made);
    return scan && heldBy(scan);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** A tag that names the content is right whoever put it. */
async function isUnderContentTag(
  { tags, digest }: PlannedPromote,
  repository: Repository,
  { registry }: GateRules,
): Promise<boolean> {
  const named = tags.filter(({ of }) => of === "content").map(({ tag }) => registry.head(repository, tag));
  return (await Promise.all(named)).includes(digest);
}

interface FoundImage extends Omit<FoundDigest, "as"> {
  readonly as: FoundDigest["as"] | "content";
}

/** All checks but the scan. @throws UserError for what doesn't pass, RegistryError for what can't be read. */
async function readFound(
  planned: PlannedBuild | PlannedPromote,
  { repository, digest, as }: FoundImage,
  { registry, records, maxSize, attested }: GateRules,
): Promise<Scannable> {
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  const tagState = tagStateIn(found, records);
  const why = whyRefused(planned, tagState, as);
  if (why !== undefined) throw refused(repository, digest, why);
  const platforms = await readPlatforms(registry, repository, digest);
  // What others pushed under a content tag may be sloppy about its configs.
  if (as !== "content") await checkPlatforms(registry, repository, platforms);
  const oversize = maxSize === undefined ? [] : oversized(platforms, maxSize);
  if (maxSize !== undefined && oversize.length > 0) throw tooLarge(planned.name, maxSize, oversize);
  const doubt = attested && attestationDoubt(`${repository}@${digest}`, await attested(digest));
  if (doubt !== undefined) throw new UserError(doubt, { hint: attestationHint });
  const bases = Object.entries(tagState.record?.bases ?? {});
  return {
    repository,
    digest,
    layout: undefined,
    platforms,
    bases: bases.map(([name, each]) => ({ name, digest: each })),
  };
}

function whyRefused(
  planned: PlannedBuild | PlannedPromote,
  tagState: TagState,
  as: FoundImage["as"],
): string | undefined {
  if (as === "same-content") return otherContent(tagState, planned);
  if (as === "higher-release" && tagState.record === undefined) {
    return tagState.doubt ?? "it has no record of its sources";
  }
  return missingPlatform(tagState, planned.platforms);
}

function refused(repository: Repository, digest: Digest, why: string): UserError {
  return new UserError(`${repository}@${digest} may not be tagged: ${why}`, {
    hint: "run again, so that the image is built from this commit's sources",
  });
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
