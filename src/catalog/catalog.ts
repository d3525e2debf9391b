/** All images of the repository and the edges between them. */
import type { SourceLocation } from "../errors.ts";
import type { Placed } from "../model/placed.ts";
import type { Platform } from "../model/platform.ts";
import type { Reference, Repository } from "../model/reference.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import type { Dockerfile } from "./dockerfile/dockerfile.ts";

/** By what an image is built. */
export type Variant = "dockerfile" | "nix";

/** What an image is called. */
export interface ImageName {
  /** Its own: the catalog has it once. */
  readonly name: string;
  /** What `{{name}}` stands for: the two variants of an image share it, and with it their repositories. */
  readonly publicName: string;
  /** The entry whose matrix makes it: a name for all that it makes. */
  readonly group?: string;
  readonly variant: Variant;
}

export type Image = DockerfileImage | NixImage;

interface AnyImage extends ImageName {
  /** The directory that holds the image; it identifies the image when the catalog changes. */
  readonly directory: RepositoryPath;
  /** Where it is pushed, the first being where it is built to. Empty for an image that is not published. */
  readonly repositories: readonly Repository[];
  /** The repositories by which others name it: those above, or what they would be for an image that is not published, those of other runs, and aliases. */
  readonly knownAs: readonly Repository[];
  /** Other images, and not just its other variant, have tags in one of these repositories. */
  readonly isSharing: boolean;
  /** Empty: the builder's own. */
  readonly platforms: readonly Platform[];
  /** As the user wrote them, expressions unexpanded. A Nix file takes none. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Names of those that an input gives, and no file of the repository: another run may give them otherwise. */
  readonly inputArguments: readonly string[];
  /** Names of those that a file of arguments gives: their values are taken word for word. */
  readonly literalArguments: readonly string[];
  /** The files of arguments that its settings name. */
  readonly argumentFiles: readonly RepositoryPath[];
  /** Named contexts, but those that stand for an image of the repository: these are edges. Sorted by name. */
  readonly contexts: readonly NamedContext[];
  /** What its bake file says that labels are, word for word. */
  readonly labels: Readonly<Record<string, string>>;
  /** Likewise annotations, in the form of buildx' `--annotation`. */
  readonly annotations: readonly string[];
  /** Files whose changes affect it though the build doesn't read them: patterns as in an ignore file, from the root. */
  readonly watch: readonly Placed<string>[];
  /** The paths of the bake files that define it, or would define it. */
  readonly bakeFiles: readonly RepositoryPath[];
  readonly parents: readonly ParentEdge[];
  readonly bases: readonly ExternalBase[];
  /** Bases that nobody knows before the build: any image may be one. */
  readonly unsettled: readonly UnsettledBase[];
}

export interface DockerfileImage extends AnyImage {
  readonly variant: "dockerfile";
  readonly dockerfilePath: RepositoryPath;
  readonly dockerfile: Dockerfile;
  readonly context: RepositoryPath;
  readonly target: string | undefined;
}

export interface NixImage extends AnyImage {
  readonly variant: "nix";
  readonly nixFile: RepositoryPath;
  readonly reads: NixReads;
}

/** What an expression of Nix reads of the repository. */
export type NixReads =
  /** Files, and directories with all that is in them; sorted. */
  | { readonly kind: "paths"; readonly paths: readonly RepositoryPath[] }
  /** Any file of the repository may be read, because it is unknown which; `what` is a noun. */
  | { readonly kind: "whole"; readonly what: string; readonly at: SourceLocation }
  /** Something that lies outside the repository; a noun. */
  | { readonly kind: "outside"; readonly what: string };

/** The file that says how an image is built. */
export function recipeOf(image: Image): RepositoryPath {
  return image.variant === "nix" ? image.nixFile : image.dockerfilePath;
}

/** A named context (`--build-context`) that is no image of the repository. */
export type NamedContext =
  | { readonly kind: "directory"; readonly name: string; readonly path: RepositoryPath }
  /** An image, a git repository, a directory outside of the checkout: `value` is what buildx takes. */
  | { readonly kind: "elsewhere"; readonly name: string; readonly value: string };

/**
 * How something of another image is taken. `build-contexts`: from the named context, because the Dockerfile isn't
 * understood well enough to show where it is used. `depends`: from the config file alone.
 */
export type Via = "FROM" | "COPY --from" | "RUN --mount" | "build-contexts" | "depends";

/** A dependency: this image is based on another image of the repository. */
export interface ParentEdge {
  readonly parent: string;
  /**
   * The name under which BuildKit looks up a named context for it: the reference as it stands after ARG expansion, in
   * familiar form, without `:latest`. `undefined` where the build takes nothing of the parent.
   */
  readonly contextName: string | undefined;
  readonly via: Via;
  readonly at: SourceLocation;
  /** It is named by an immutable tag that this event gives the parent: for every other event the reference is a pin. */
  readonly isExact?: true;
}

/** An image from outside (or a pin of one of ours), on which this image is built. */
export interface ExternalBase {
  readonly reference: Reference;
  readonly via: Via;
  readonly at: SourceLocation;
}

/** A base that depends on variables without a value: a platform, an expression that is filled in later. */
export interface UnsettledBase {
  /** As written. */
  readonly text: string;
  readonly variables: readonly string[];
  readonly via: Via;
  readonly at: SourceLocation;
}

/** Images in topological order, parents first; names break ties, so that equal repositories give equal catalogs. */
export interface Catalog {
  readonly images: readonly Image[];
}

/** A target of a bake file whose only output is a folder or an archive, and that no image needs. */
export interface FileTarget {
  readonly target: string;
  /** What its image would be called, if it gave one. */
  readonly name: string;
  readonly file: RepositoryPath;
}
