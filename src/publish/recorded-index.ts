/** Indexes with a record of their sources. */
import { annotatedIndex } from "../oci/annotated-index.ts";
import { parseManifest, type StoredManifest } from "../oci/manifest.ts";
import { isOfRecord, type PublicationRecord, recordAnnotations } from "../plan/record.ts";
import type { RunIdentity } from "./guard.ts";

/**
 * The same manifests in an index with this record, in place of any that it had, and with more annotations.
 * @throws UserError where it isn't an index.
 */
export function withRecord(
  index: StoredManifest,
  record: PublicationRecord,
  more: Readonly<Record<string, string>> = {},
): StoredManifest {
  const kept = Object.entries(index.document.annotations).filter(([key]) => !isOfRecord(key));
  const made = annotatedIndex(index, { ...Object.fromEntries(kept), ...more, ...recordAnnotations(record) });
  return { ...made, document: parseManifest(made.bytes, made.mediaType) };
}

/** What was published for an earlier commit, as this run's commit publishes it again. */
export function withRevision(
  index: StoredManifest,
  record: PublicationRecord,
  { commit, ref }: Pick<RunIdentity, "commit" | "ref">,
): StoredManifest {
  return withRecord(index, { ...record, revision: commit, ref });
}
