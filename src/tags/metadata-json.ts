/** The output `json`, in the shape of docker/metadata-action's. */
import { formatReference, type Repository } from "../oci/reference.ts";
import type { ImageTag } from "./image-tags.ts";

export interface MetadataJson {
  /** Full references: every tag of the first repository, then of the next. */
  readonly tags: readonly string[];
  readonly "tag-names": readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `level:key=value`. */
  readonly annotations: readonly string[];
}

/** What `fromJSON(steps.….outputs.json)` gives for one image. */
export function metadataJson(
  repositories: readonly Repository[],
  tags: readonly ImageTag[],
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): MetadataJson {
  return {
    tags: repositories.flatMap((repository) => tags.map(({ tag }) => formatReference({ repository, tag }))),
    "tag-names": tags.map(({ tag }) => tag),
    labels,
    annotations: Object.entries(annotations).map(([key, value]) => `${key}=${value}`),
  };
}
