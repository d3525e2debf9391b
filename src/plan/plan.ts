/**
 * What will be done, as data: versioned, printable, handed from job to job. Everything in it is JSON, in a fixed order of
 * keys, so that the same inputs give the same bytes.
 */
import type { NamedContext, Variant, Via } from "../catalog/catalog.ts";
import type { SourceLocation } from "../errors.ts";
import type { BuildOptions } from "../model/buildflags/build-options.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageTag } from "../model/image-tags.ts";
import type { Platform } from "../model/platform.ts";
import type { Reason } from "../model/reason.ts";
import type { Repository } from "../model/reference.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import type { Commit } from "../model/run-context.ts";
import type { Release } from "./version-line.ts";

export interface Plan {
  readonly schema: 1;
  readonly event: string;
  readonly ref: string;
  /** The event's own, where another commit than one of it is checked out: `ref` is that commit then. */
  readonly eventRef?: string;
  readonly commit: Commit;
  /** Compared with this commit; `null` where everything was taken. */
  readonly base: Commit | null;
  /** Whether candidates are pushed and tagged; `false` builds them into local OCI layouts. */
  readonly push: boolean;
  /** Where the event is of something that is gone: what happened to it, as a clause. */
  readonly nothing?: string;
  /** Parents before children. */
  readonly images: readonly PlannedImage[];
}

export type PlannedImage = PlannedBuild | PlannedPromote | PlannedSkip;

interface Planned {
  readonly name: string;
  readonly repositories: readonly Repository[];
  /** The hash of all its sources in this repository: 64 hexadecimal digits; `null` where they are unknown. */
  readonly sourceHash: string | null;
  readonly reasons: readonly Reason[];
  /** The line that brings its base. */
  readonly at: SourceLocation;
}

/** What is published gets tags. */
interface Publishing extends Planned {
  /** What it is called in public, where that isn't its name: the Nix variant beside a Dockerfile. */
  readonly publicName?: string;
  /** Other images have tags in its repositories. */
  readonly sharesRepository?: true;
  readonly tags: readonly ImageTag[];
  readonly version: string | null;
  /** Where the tags are a release's: by what they are compared with others. */
  readonly release: Release | null;
  /** The value of the build argument VERSION, where the run gives it one: it is in the bytes. */
  readonly bakedVersion: string | null;
  /** Empty: the builder's own. */
  readonly platforms: readonly Platform[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PlannedBuild extends Publishing {
  readonly kind: "build";
  readonly variant: Variant;
  /** Of a Nix file, its directory. */
  readonly context: RepositoryPath;
  /** The Dockerfile, or the Nix file. */
  readonly dockerfile: RepositoryPath;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string>>;
  /** The base of its final stage; `null` for one from scratch, and where it is unknown before the build. */
  readonly base: PlannedBase | null;
  /** Named contexts that are no parents. */
  readonly contexts: readonly NamedContext[];
  readonly parents: readonly PlannedParent[];
  readonly cache: { readonly from: readonly string[]; readonly to: readonly string[] };
  /** As the user wrote it; `null`: the default. */
  readonly provenance: string | null;
  readonly sbom: string | null;
  /** Attributes of the output, as `compression=zstd`; `null`: BuildKit's own. */
  readonly compression: string | null;
  /** How its RUN steps are run; not there: as BuildKit runs them. */
  readonly options?: BuildOptions;
  /** Fetch bases anew and use no cache: a scheduled rebuild. */
  readonly fresh: boolean;
}

export interface PlannedBase {
  /** In full: the repository for an image of this repository, with the tag for another: `docker.io/library/debian:13`. */
  readonly name: string;
  /** The image of this repository that it is. */
  readonly parent: string | null;
  /** Where the Dockerfile says it. */
  readonly digest: Digest | null;
}

/** What is made of these sources is in the registry already: it gets the tags. */
export interface PlannedPromote extends Publishing {
  readonly kind: "promote";
  readonly digest: Digest;
}

export interface PlannedParent {
  readonly name: string;
  /** The key of the named context; `null` where the build takes nothing of it. */
  readonly contextName: string | null;
  readonly via: Via;
  readonly at: SourceLocation;
  /** The published digest to build on, where the parent is not built in this run and was asked for. */
  readonly published: Digest | null;
}

export interface PlannedSkip extends Planned {
  readonly kind: "skip";
}

/** What an image is called in public, by which records name it. */
export function publicNameOf({ name, publicName }: Pick<Publishing, "name" | "publicName">): string {
  return publicName ?? name;
}
