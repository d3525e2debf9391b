/** What reading a config file needs of the checkout: the places that a pattern of `discover` finds. */
import type { SourceLocation } from "../../errors.ts";
import type { CaptureGlob } from "../../lib/globs/capture-glob.ts";
import type { Captures } from "../../lib/globs/segment.ts";
import type { Placed } from "../../model/placed.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";

export interface Layout {
  /** The name of the image at the root. */
  readonly rootName: string;
  /** @throws UserError for a list of exclusions that can't be understood */
  find(pattern: PlacePattern): Promise<FoundPlaces>;
}

export interface PlacePattern {
  /** Directories that hold an image, or files that say how one is built. */
  readonly kind: "path" | "file";
  /** As it is written. */
  readonly text: string;
  readonly at: SourceLocation;
  readonly globs: readonly CaptureGlob[];
  readonly exclude: readonly Placed<string>[];
}

export interface FoundPlaces {
  /** Sorted by path. */
  readonly places: readonly FoundPlace[];
  /** Where bake files count. */
  readonly directories: readonly RepositoryPath[];
  /** Why there is no place, and what to do; `undefined` where there is one, or a bake file. */
  readonly nothing: { readonly because: string; readonly hint: string } | undefined;
  /** Exclusions that exclude nothing. */
  readonly idle: readonly Placed<string>[];
}

export interface FoundPlace {
  /** The directory, or the file. */
  readonly path: RepositoryPath;
  /** The file that says how it is built. */
  readonly recipe: RepositoryPath;
  readonly captures: Captures;
}
