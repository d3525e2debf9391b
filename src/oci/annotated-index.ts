/** Indexes that we make ourselves: the manifests of another one, under other annotations. */
import { UserError } from "../errors.ts";
import { type Digest, digestOf } from "../model/digest.ts";
import { type ManifestBytes, mediaTypes, parseManifest, type StoredManifest } from "./manifest.ts";

/**
 * An index over the same manifests in the same order, with these annotations alone: the caller chooses what to keep of
 * the other one's `document.annotations`. The same arguments give the same bytes. Docker's list becomes an OCI index, as
 * it can't have annotations. Where nothing changes the bytes stay what they are. @throws UserError where it isn't an index.
 */
export function annotatedIndex(
  of: Pick<StoredManifest, "bytes" | "mediaType">,
  annotations: Readonly<Record<string, string>>,
): ManifestBytes & { readonly digest: Digest } {
  const parsed = parseManifest(of.bytes, of.mediaType);
  if (parsed.kind !== "index") {
    throw new UserError("a lone manifest has no index whose annotations could be replaced", {
      hint: "publish the image as an index, as every image is that this action builds",
    });
  }
  if (parsed.mediaType === mediaTypes.index && areSame(parsed.annotations, annotations)) {
    return { bytes: of.bytes, mediaType: parsed.mediaType, digest: digestOf(of.bytes) };
  }
  // Parsed once more for what our reading of it leaves out: a subject, an artifact type, what a later specification adds.
  const whole: Record<string, unknown> = JSON.parse(new TextDecoder().decode(of.bytes));
  const { annotations: _, ...document } = whole;
  const sorted = Object.entries(annotations).sort(([one], [other]) => (one < other ? -1 : 1));
  const made = {
    ...document,
    mediaType: mediaTypes.index,
    ...(sorted.length === 0 ? {} : { annotations: Object.fromEntries(sorted) }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(made, undefined, 2));
  return { bytes, mediaType: mediaTypes.index, digest: digestOf(bytes) };
}

function areSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
