/** What happens to one image after it was built: its tags are put on the digest, and the outcome is told as data. */
import type { Candidate } from "../build/candidate.ts";
import { Problems, UserError } from "../errors.ts";
import type { Registry } from "../oci/registry-client.ts";
import type { PlannedBuild } from "../plan/plan.ts";
import { promote } from "../publish/promote.ts";
import type { ImageResult } from "../report/run-result.ts";

/** Puts the planned tags on a candidate. Never rejects for what is the user's or the registry's fault: that is an outcome. */
export async function publishCandidate(
  planned: PlannedBuild,
  candidate: Candidate,
  registry: Registry,
  { isRelease, signal }: { readonly isRelease: boolean; readonly signal: AbortSignal },
): Promise<ImageResult> {
  if (candidate.layout !== undefined) return { planned, outcome: "built", candidate };
  const [first, ...others] = planned.repositories;
  const { tags, failures } = await promote({
    registry,
    repositories: first === undefined ? [] : [first, ...others],
    digest: candidate.digest,
    tags: planned.tags,
    isRelease,
  });
  if (failures.length === 0) return { planned, outcome: "published", candidate, tags };
  const errors = failures.map(({ error }) => error);
  if (signal.aborted && errors.every((error) => error === signal.reason)) return { planned, outcome: "cancelled" };
  return { planned, outcome: "failed", error: oneError(planned, errors), candidate };
}

function oneError(planned: PlannedBuild, errors: readonly UserError[]): UserError {
  const [first, ...others] = errors;
  if (first === undefined) return new UserError(`${planned.name} could not be published`, { hint: "run again" });
  return others.length === 0 ? first : new Problems(errors);
}
