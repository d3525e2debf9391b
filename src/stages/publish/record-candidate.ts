/** A candidate gets its record: later runs know it by that. */
import type { Candidate } from "../../model/candidate.ts";
import { type RunContext, repositoryName, sourceCommit } from "../../model/run-context.ts";
import type { CheckoutTrust } from "../../model/trust.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { missingManifest } from "../../oci/registry/registry-error.ts";
import { type PlannedBuild, publicNameOf } from "../../plan/plan.ts";
import type { PublicationRecord } from "../../plan/record.ts";
import { withRecord } from "../../publish/recorded-index.ts";

export interface Recording {
  readonly context: RunContext;
  readonly registry: Registry;
  readonly trust: CheckoutTrust;
}

/**
 * The candidate as it is to be published: an index of the same manifests that says what it was made from. It is made after the
 * build, as only then the digests of its bases are known. What wasn't pushed stays as it is.
 */
export async function recordCandidate(
  planned: PlannedBuild,
  candidate: Candidate,
  { context, registry, trust }: Recording,
): Promise<Candidate> {
  const [repository] = planned.repositories;
  // A record is the repository's own word for what an image was made from.
  if (trust.kind === "untrusted") return candidate;
  if (candidate.layout !== undefined || repository === undefined) return candidate;
  const index = await registry.manifest(repository, candidate.digest);
  if (index === undefined) throw missingManifest(repository, candidate.digest);
  const recorded = withRecord(index, recordOf(planned, candidate, context), candidate.baseAnnotations);
  await registry.putManifest(repository, recorded, recorded.digest);
  return { ...candidate, digest: recorded.digest };
}

function recordOf(planned: PlannedBuild, { bases, seconds }: Candidate, context: RunContext): PublicationRecord {
  const { sourceHash, bakedVersion, args } = planned;
  // Who sets it wants the same bytes whenever they are made.
  const isReproducible = args.SOURCE_DATE_EPOCH !== undefined;
  return {
    repository: repositoryName(context),
    image: publicNameOf(planned),
    sourceHash,
    revision: sourceCommit(context),
    ref: context.ref.full,
    bakedVersion,
    bases: Object.fromEntries(bases.map(({ name, digest }) => [name, digest])),
    started: isReproducible ? null : `${context.startedAt.toISOString().slice(0, 19)}Z`,
    seconds: isReproducible ? null : Math.round(seconds),
  };
}
