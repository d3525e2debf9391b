/** What a tag of a registry holds. */
import { type Commit, isCommit, isPullRequestRef } from "../context/run-context.ts";
import type { Digest } from "../oci/digest.ts";
import type { StoredManifest } from "../oci/manifest.ts";
import { platformsOf } from "../oci/manifest.ts";
import type { Platform } from "../oci/platform.ts";
import type { Repository } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { type PublicationRecord, readRecord } from "../plan/record.ts";

export interface Holding {
  readonly digest: Digest;
  /** Of an index, attestations left out; of a lone manifest none, as its platform stands elsewhere. */
  readonly platforms: readonly Platform[];
  readonly record: PublicationRecord | undefined;
  /** The commit that it was made from, by its record, else by the annotation that others write as well. */
  readonly revision: Commit | undefined;
}

/**
 * The same, with what others than we write: where neither record nor annotation names a commit, the label of one platform's
 * config does, as docker's own actions set it. Two more requests, for such images alone.
 */
export async function readHolding(
  stored: StoredManifest,
  repository: Repository,
  registry: Pick<Registry, "manifest" | "blob">,
): Promise<Holding> {
  const holding = holdingOf(stored);
  if (holding.revision !== undefined) return holding;
  const { document } = stored;
  const [first] = document.kind === "index" ? platformsOf(document) : [];
  const found = first && (await registry.manifest(repository, first.manifest.digest));
  const image = found === undefined ? document : found.document;
  if (image.kind !== "manifest") return holding;
  return { ...holding, revision: revisionIn(await registry.blob(repository, image.config)) };
}

/** Whatever else it is, is no revision. */
function revisionIn(config: Uint8Array): Commit | undefined {
  try {
    const parsed = JSON.parse(new TextDecoder().decode(config)) as Record<string, Record<string, unknown>> | null;
    const labels = parsed?.config?.Labels as Record<string, unknown> | null | undefined;
    const said = labels?.["org.opencontainers.image.revision"];
    return typeof said === "string" && isCommit(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

export function holdingOf({ digest, document }: StoredManifest): Holding {
  const record = readRecord(document.annotations);
  const said = document.annotations["org.opencontainers.image.revision"];
  return {
    digest,
    platforms: document.kind === "index" ? platformsOf(document).map(({ platform }) => platform) : [],
    record,
    revision: record?.revision ?? (isCommit(said) ? said : undefined),
  };
}

/** What goes into an image. */
export interface Making {
  /** `null`: it can't be named, and so is like nothing that was made before. */
  readonly sourceHash: string | null;
  readonly platforms: readonly Platform[];
  readonly bakedVersion: string | null;
}

/** Whether it was made from the same, with the same version baked in, and by no pull request. */
export function isMadeOf(holding: Holding, { sourceHash, platforms, bakedVersion }: Making): boolean {
  const { record } = holding;
  if (record === undefined || sourceHash === null || record.sourceHash !== sourceHash) return false;
  return !isPullRequestRef(record.ref) && record.bakedVersion === bakedVersion && hasPlatforms(holding, platforms);
}

/** Whether an index has all platforms that are wanted. */
export function hasPlatforms({ platforms }: Holding, wanted: readonly Platform[]): boolean {
  return wanted.every((each) => platforms.includes(each));
}
