/** What a tag of a registry holds. */
import { type Commit, isCommit } from "../context/run-context.ts";
import type { Digest } from "../oci/digest.ts";
import type { StoredManifest } from "../oci/manifest.ts";
import { platformsOf } from "../oci/manifest.ts";
import type { Platform } from "../oci/platform.ts";
import { type PublicationRecord, readRecord } from "../plan/record.ts";

export interface Holding {
  readonly digest: Digest;
  /** Of an index, attestations left out; of a lone manifest none, as its platform stands elsewhere. */
  readonly platforms: readonly Platform[];
  readonly record: PublicationRecord | undefined;
  /** The commit that it was made from, by its record, else by the annotation that others write as well. */
  readonly revision: Commit | undefined;
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

/** Whether an index has all platforms that are wanted. */
export function hasPlatforms({ platforms }: Holding, wanted: readonly Platform[]): boolean {
  return wanted.every((each) => platforms.includes(each));
}
