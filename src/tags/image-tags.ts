/** What the rules make of an event for one image. */
import type { Tag } from "../oci/reference.ts";

export interface ImageTag {
  readonly tag: Tag;
  /** An exact tag is set once (a full version, a git tag, a commit); a moving one follows (`main`, `1.2`, `latest`). */
  readonly moves: boolean;
}

export interface ImageTags {
  /** In the order in which they are put: by priority of the rules, `latest` last. */
  readonly tags: readonly ImageTag[];
  /** What `org.opencontainers.image.version` says: the first tag. `undefined` when no rule gives a tag. */
  readonly version: string | undefined;
}

export interface TagWarning {
  readonly message: string;
  readonly hint: string;
}
