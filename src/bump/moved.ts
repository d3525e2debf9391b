/** What a bump comes to in the repository's files, before anybody is asked to take it. */

import type { Digest } from "../model/digest.ts";
import type { Repository, Tag } from "../model/reference.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import type { TagStyle } from "./versions/tag-form.ts";

/** What pins may follow: an image that this run published, or found published as it wants it. */
export interface PublishedVersion {
  readonly name: string;
  readonly repositories: readonly Repository[];
  /** What names it now in its repositories. */
  readonly tags: readonly Tag[];
  readonly digest: Digest;
  /** The version of its tag rules; `undefined`: none. */
  readonly version: string | undefined;
  /** Of a release or a release-like version: not a prerelease. */
  readonly isRelease: boolean;
  /** How its tags are written, as far as it is known. */
  readonly style?: TagStyle;
}

/** One value that moves. */
export interface MovedPin {
  /** The published image that it follows. */
  readonly image: string;
  /** 1-based, in the file as it was. */
  readonly line: number;
  /** Both as written in the file: a reference, a tag, a digest, a version. */
  readonly from: string;
  readonly to: string;
}

export interface MovedFile {
  readonly path: RepositoryPath;
  readonly before: Uint8Array;
  /** Differs from `before` in the values alone. */
  readonly after: Uint8Array;
  readonly pins: readonly MovedPin[];
}

/** A place that names a published image and is left as it is. */
export type LeftPin = ReasonToStay & {
  readonly path: RepositoryPath;
  /** 1-based, as the column. */
  readonly line: number;
  readonly column: number;
};

/** `image` is the published image that the pin names, and `why` a clause. */
export type ReasonToStay =
  | { readonly kind: "current" | "not-newer"; readonly image: string; readonly why: string }
  /** A person has to decide: `remedy` is a command. */
  | { readonly kind: "ambiguous"; readonly image: string; readonly why: string; readonly remedy: string };
