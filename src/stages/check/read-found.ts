/** What another run pushed, read as what this one takes it for. */
import { UserError } from "../../errors.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import { missingManifest } from "../../oci/registry/registry-error.ts";
import type { PlannedBuild, PlannedPromote } from "../../plan/plan.ts";
import type { FoundDigest } from "../../publish/promotion/promotion.ts";
import { readPlatforms } from "../../publish/published.ts";
import {
  missingPlatform,
  otherContent,
  parseTagState,
  type RecordRules,
  type TagState,
} from "../../publish/registry-tags/tag-state.ts";
import { type Checkable, type RefusedCheck, refused } from "./check.ts";

/** `content`: a tag that names the content is on it. */
export type FoundAs = FoundDigest["as"] | "content";

/** What it is, or that it is something else. */
export type ReadFound = { readonly kind: "read"; readonly image: Checkable } | RefusedCheck;

/** @throws RegistryError for what can't be read. */
export async function readFound(
  planned: PlannedBuild | PlannedPromote,
  { repository, digest }: Omit<FoundDigest, "as">,
  as: FoundAs,
  { registry, records }: { readonly registry: Registry; readonly records: RecordRules },
): Promise<ReadFound> {
  const found = await registry.manifest(repository, digest);
  if (found === undefined) throw missingManifest(repository, digest);
  const tagState = parseTagState(found, records);
  const why = whyRefused(planned, tagState, as);
  if (why !== undefined) return refused("content", otherThanPlanned(repository, digest, why));
  const bases = Object.entries(tagState.record?.bases ?? {});
  return {
    kind: "read",
    image: {
      repository,
      digest,
      layout: undefined,
      platforms: await readPlatforms(registry, repository, digest),
      bases: bases.map(([name, each]) => ({ name, digest: each })),
    },
  };
}

function whyRefused(planned: PlannedBuild | PlannedPromote, tagState: TagState, as: FoundAs): string | undefined {
  if (as === "same-content") return otherContent(tagState, planned);
  if (as === "higher-release" && tagState.record === undefined) {
    return tagState.doubt ?? "it has no record of its sources";
  }
  return missingPlatform(tagState, planned.platforms);
}

function otherThanPlanned(repository: Repository, digest: Digest, why: string): UserError {
  return new UserError(`${repository}@${digest} may not be tagged: ${why}`, {
    hint: "run again, so that the image is built from this commit's sources",
  });
}
